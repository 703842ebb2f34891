/* The half of text.h that is numbers to and from words. */
#include "comm/base/text.h"
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD = 32 };

bool text_to_integer(const char *word, int64_t *value)
{
    const char *digits = word[0] == '-' || word[0] == '+' ? word + 1 : word;
    if (!isdigit((unsigned char)digits[0]))
        return false;
    char *end;
    errno = 0;
    long long number = strtoll(word, &end, 10);
    if (*end || errno)
        return false;
    *value = number;
    return true;
}

/* strtod alone would take spaces, "inf", "nan" and hexadecimal too. */
bool text_to_real(const char *word, double *value)
{
    if (!word[0] || strspn(word, "0123456789+-.eE") != strlen(word))
        return false;
    char *end;
    double number = strtod(word, &end);
    if (*end || !isfinite(number))
        return false;
    *value = number;
    return true;
}

/* 1000 rather than 1e+03: whole numbers that a double holds exactly are written out. */
void text_of_real(double value, char word[32])
{
    int digits = 1;
    if (fabs(value) < 1e15 && value == floor(value))
        digits = 15;
    for (; digits <= 17; digits++) {
        snprintf(word, WORD, "%.*g", digits, value);
        if (strtod(word, NULL) == value)
            return;
    }
}

void text_of_count(int64_t value, char word[32])
{
    char digits[WORD];
    int length = snprintf(digits, sizeof digits, "%lld", (long long)value);
    int out = 0;
    for (int i = 0; i < length; i++) {
        int left = length - i;
        if (i > 0 && left % 3 == 0 && digits[i - 1] != '-')
            word[out++] = ',';
        word[out++] = digits[i];
    }
    word[out] = '\0';
}

void text_of_bytes(int64_t bytes, char word[32])
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    double value = (double)bytes;
    int unit = 0;
    for (; value >= (unit ? 999.5 : 1000); unit++)
        value /= 1000;
    snprintf(word, WORD, "%.*f %s", unit && value < 99.95 ? 1 : 0, value, units[unit]);
}

void text_of_duration(double seconds, char word[32])
{
    long long whole = (long long)(seconds + 0.5);
    if (seconds < 9.995)
        snprintf(word, WORD, "%.2f s", seconds);
    else if (whole < 60)
        snprintf(word, WORD, "%lld s", whole);
    else if (whole < 3600)
        snprintf(word, WORD, "%lld min %02lld s", whole / 60, whole % 60);
    else
        snprintf(word, WORD, "%lld h %02lld min", whole / 3600, whole % 3600 / 60);
}

bool text_to_duration(const char *word, double *seconds)
{
    static const struct {
        char letter;
        double seconds;
    } units[] = {{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};
    const double most = 1e9;
    *seconds = 0;
    const char *rest = word;
    for (int i = 0; i < (int)(sizeof units / sizeof *units); i++) {
        size_t digits = strspn(rest, "0123456789");
        if (digits == 0 || rest[digits] != units[i].letter)
            continue;
        *seconds += strtod(rest, NULL) * units[i].seconds;
        rest += digits + 1;
    }
    bool well = *rest == '\0' || (rest == word && text_to_real(word, seconds));
    return well && *seconds > 0 && *seconds <= most;
}
