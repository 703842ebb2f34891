/* The half of text.h that is numbers to and from words. */
#include "comm/base/text.h"
#include <ctype.h>
#include <errno.h>
#include <float.h>
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

/* digits * 10^power; exact unless more digits were given than 64 bits hold. */
struct decimal {
    bool negative, exact;
    uint64_t digits;
    int64_t power;
};

static bool is_digit(char letter)
{
    return letter >= '0' && letter <= '9';
}

/* The digits from *at on; how many. Zeros at the head cost nothing. */
static int64_t take_digits(const char **at, const char *end, struct decimal *number)
{
    const char *start = *at;
    for (; *at < end && is_digit(**at); ++*at) {
        number->exact = number->exact && number->digits < UINT64_MAX / 10 - 1;
        if (number->exact)
            number->digits = 10 * number->digits + (uint64_t)(**at - '0');
    }
    return *at - start;
}

static bool take_power(const char *at, const char *end, struct decimal *number)
{
    enum { MOST = 100000 }; // beyond which nothing is but 0 and infinity
    bool down = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    if (at == end)
        return false;
    int64_t power = 0;
    for (; at < end && is_digit(*at); at++)
        if (power < MOST)
            power = 10 * power + (*at - '0');
    number->power += down ? -power : power;
    return at == end;
}

/* [sign] digits [. digits] [e [sign] digits], of the digits before and behind the point at least
 * one. */
static bool take_decimal(const char *at, const char *end, struct decimal *number)
{
    *number = (struct decimal){.exact = true, .negative = at < end && *at == '-'};
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    int64_t count = take_digits(&at, end, number);
    if (at < end && *at == '.') {
        at++;
        int64_t behind = take_digits(&at, end, number);
        number->power = -behind;
        count += behind;
    }
    if (count == 0)
        return false;
    return at == end || ((*at == 'e' || *at == 'E') && take_power(at + 1, end, number));
}

/* Clinger 1990: digits and a power of ten that a double holds exactly give, by one operation, the
 * nearest double; and that rounds to the nearest float unless it lies just between two. */
static bool convert_quickly(const struct decimal *number, float *value)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    enum { POWER_MOST = sizeof powers / sizeof *powers - 1 };
    const uint64_t between = (uint64_t)1 << 28, below = ((uint64_t)1 << 29) - 1;
    if (!number->exact || number->digits > (uint64_t)1 << DBL_MANT_DIG ||
        number->power > POWER_MOST || number->power < -POWER_MOST)
        return false;
    double nearest = (double)number->digits;
    nearest =
        number->power < 0 ? nearest / powers[-number->power] : nearest * powers[number->power];
    uint64_t bits;
    memcpy(&bits, &nearest, sizeof bits);
    if (nearest != 0 && (nearest < FLT_MIN || nearest > FLT_MAX || (bits & below) == between))
        return false;
    *value = (float)(number->negative ? -nearest : nearest);
    return true;
}

bool text_to_float(const char *word, size_t length, float *value)
{
    struct decimal number;
    *value = 0;
    if (!take_decimal(word, word + length, &number))
        return false;
    if (convert_quickly(&number, value))
        return true;
    struct text copy = {0};
    text_add(&copy, word, length);
    *value = strtof(copy.bytes, NULL);
    text_release(&copy);
    return isfinite(*value);
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
