/* Growing strings, and numbers to and from words. A struct text is always NUL-terminated after its
 * first text_ call; it may hold NULs, length is the truth. Calling sequence: text_init, text_add
 * ..., text_release. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
    char *bytes;
    size_t length, capacity;
};
void text_init(struct text *text);
void text_clear(struct text *text); // length 0, memory kept
void text_add(struct text *text, const char *bytes, size_t count);
void text_add_format(struct text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void text_release(struct text *text);

/* The whole string must be the number: decimal, no spaces; false otherwise or out of range. */
bool text_to_integer(const char *word, int64_t *value);
bool text_to_real(const char *word, double *value); // finite only
/* The same of `length` bytes that need no end, many of them: the float nearest to the number (a tie
 * goes to the even one). False with *value infinite: a number, but beyond what a float holds. */
bool text_to_float(const char *word, size_t length, float *value);
/* Shortest form that reads back as the same double ("0.1", "1e-08"). */
void text_of_real(double value, char word[32]);
/* "1,234,567"; "3.4 MB" (powers of 1000); "2 h 05 min", "41 s", "0.35 s". */
void text_of_count(int64_t value, char word[32]);
void text_of_bytes(int64_t bytes, char word[32]);
void text_of_duration(double seconds, char word[32]);
/* "90s", "15m", "2h30m", "1d", or plain seconds ("90", "0.5"); more than none. */
bool text_to_duration(const char *word, double *seconds);

/* The nearest of count names by edit distance with swaps, or NULL if none is near (more than a
 * third of the word's length, at least 2, away). */
const char *text_nearest(const char *word, const char *const *names, int count);

#endif
