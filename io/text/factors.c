#include "io/text/factors.h"
#include "comm/base/die.h"
#include "io/text/blank.h"

void factors_init(struct factors *factors, int features)
{
    require(features >= 0 && features <= FACTORS_MOST);
    *factors = (struct factors){.features = features};
    for (int i = 0; i <= features; i++)
        text_init(&factors->lines[i]);
}

void factors_release(struct factors *factors)
{
    for (int i = 0; i <= factors->features; i++)
        text_release(&factors->lines[i]);
}

static void add(struct text *line, const char *bytes, size_t length)
{
    if (line->length)
        text_add(line, " ", 1);
    text_add(line, bytes, length);
}

/* Cuts the features off the word's end, the last first. */
static bool split_word(struct factors *factors, const char *word, size_t length, int64_t number,
                       struct reason *why)
{
    enum { SHOWN = 100 };
    int shown = length < SHOWN ? (int)length : SHOWN;
    size_t stops[1 + FACTORS_MOST];
    stops[factors->features] = length;
    for (int i = factors->features; i > 0; i--) {
        size_t start = stops[i];
        while (start > 0 && word[start - 1] != '|')
            start--;
        if (start == 0)
            return fail(why, "word %lld, '%.*s', has %d feature%s, not %d", (long long)number,
                        shown, word, factors->features - i, factors->features - i == 1 ? "" : "s",
                        factors->features);
        if (start == stops[i])
            return fail(why, "word %lld, '%.*s', has an empty feature", (long long)number, shown,
                        word);
        stops[i - 1] = start - 1;
    }
    if (stops[0] == 0)
        return fail(why, "word %lld, '%.*s', has features only", (long long)number, shown, word);
    add(&factors->lines[0], word, stops[0]);
    for (int i = 1; i <= factors->features; i++)
        add(&factors->lines[i], word + stops[i - 1] + 1, stops[i] - stops[i - 1] - 1);
    return true;
}

bool factors_split(struct factors *factors, const char *line, size_t length, struct reason *why)
{
    for (int i = 0; i <= factors->features; i++)
        text_clear(&factors->lines[i]);
    const char *end = line + length, *word = skip_blanks(line, end), *stop;
    for (int64_t number = 1; word < end; word = skip_blanks(stop, end), number++) {
        stop = skip_word(word, end);
        if (!split_word(factors, word, (size_t)(stop - word), number, why))
            return false;
    }
    return true;
}
