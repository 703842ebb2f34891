/* Words that should be numbers or names, and numbers in words. */
#include "given.h"
#include <math.h>
#include <stdlib.h>

/* A float is what the C library makes of the word. */
static void read_float(const struct text *word)
{
    float value;
    if (text_to_float(word->bytes, word->length, &value))
        require(value == strtof(word->bytes, NULL) && isfinite(value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"hidden", "batch-tokens", "seed"};
    struct given given = {data, size};
    struct text word = {0};
    char shown[32];
    double real, again;
    int64_t integer;
    text_of_bytes(given_integer(&given, 8), shown);
    text_of_count(given_integer(&given, 8), shown);
    text_of_duration((double)given_integer(&given, 8) / 1000, shown);
    text_add(&word, (const char *)given.data, given.size);
    if (text_to_integer(word.bytes, &integer)) {
        text_of_count(integer, shown);
        text_of_bytes(integer, shown);
    }
    if (text_to_real(word.bytes, &real)) {
        text_of_real(real, shown);
        require(text_to_real(shown, &again) && again == real);
    }
    read_float(&word);
    text_nearest(word.bytes, names, 3);
    text_release(&word);
    return 0;
}
