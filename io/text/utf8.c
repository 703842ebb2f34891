#include "io/text/utf8.h"
#include "comm/base/die.h"
#include <string.h>

static bool continues(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/* RFC 3629, section 4: what may follow each first byte. */
int utf8_check(const char *bytes, size_t length)
{
    const unsigned char *b = (const unsigned char *)bytes;
    if (b[0] < 0x80)
        return 1;
    if (b[0] < 0xC2 || b[0] > 0xF4)
        return 0;
    int step = b[0] < 0xE0 ? 2 : b[0] < 0xF0 ? 3 : 4;
    if (length < (size_t)step)
        return 0;
    for (int i = 1; i < step; i++)
        if (!continues(b[i]))
            return 0;
    bool overlong = (b[0] == 0xE0 && b[1] < 0xA0) || (b[0] == 0xF0 && b[1] < 0x90);
    bool surrogate = b[0] == 0xED && b[1] > 0x9F;
    bool too_large = b[0] == 0xF4 && b[1] > 0x8F;
    return overlong || surrogate || too_large ? 0 : step;
}

bool utf8_valid(const char *bytes, size_t length)
{
    size_t at = 0;
    while (at < length) {
        uint64_t eight;
        if (length - at >= sizeof eight) {
            memcpy(&eight, bytes + at, sizeof eight);
            if (!(eight & 0x8080808080808080u)) {
                at += sizeof eight;
                continue;
            }
        }
        int step = utf8_check(bytes + at, length - at);
        if (!step)
            return false;
        at += (size_t)step;
    }
    return true;
}

int utf8_step(const char *bytes, size_t length)
{
    unsigned char first = (unsigned char)bytes[0];
    int step = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    require((size_t)step <= length);
    return step;
}

uint32_t utf8_code_point(const char *bytes, int step)
{
    static const unsigned char first_bits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t point = (unsigned char)bytes[0] & first_bits[step];
    for (int i = 1; i < step; i++)
        point = point << 6 | ((unsigned char)bytes[i] & 0x3Fu);
    return point;
}

void utf8_add_repaired(struct text *text, const char *bytes, size_t length)
{
    size_t at = 0;
    while (at < length) {
        int step = utf8_check(bytes + at, length - at);
        if (step)
            text_add(text, bytes + at, (size_t)step);
        else
            text_add(text, "\xEF\xBF\xBD", 3);
        at += step ? (size_t)step : 1;
    }
}

int64_t utf8_characters(const char *bytes, size_t length)
{
    int64_t count = 0;
    for (size_t at = 0; at < length; at++)
        count += !continues((unsigned char)bytes[at]);
    return count;
}

int64_t utf8_words(const char *bytes, size_t length)
{
    int64_t count = 0;
    bool inside = false;
    for (size_t at = 0; at < length; at++) {
        bool space = bytes[at] == ' ' || (bytes[at] >= '\t' && bytes[at] <= '\r');
        count += !space && !inside;
        inside = !space;
    }
    return count;
}
