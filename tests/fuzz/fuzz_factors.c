/* Words with features: how many, then the line. */
#include "given.h"
#include "io/text/factors.h"

static int64_t count(const struct text *line, char letter)
{
    int64_t found = 0;
    for (size_t i = 0; i < line->length; i++)
        found += line->bytes[i] == letter;
    return found;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct given given = {data, size};
    struct factors factors;
    struct reason why;
    factors_init(&factors, given_byte(&given) % (FACTORS_MOST + 1));
    if (factors_split(&factors, (const char *)given.data, given.size, &why))
        for (int i = 1; i <= factors.features; i++) {
            require(count(&factors.lines[i], ' ') == count(&factors.lines[0], ' '));
            require(count(&factors.lines[i], '|') == 0);
        }
    factors_release(&factors);
    return 0;
}
