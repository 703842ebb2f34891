/* The international part of mteval-v13a.pl and its rules for western languages, in sacreBLEU's
 * order. The rules look at ASCII alone, so they work on bytes. */
#include "trainer/metric/metric_rows.h"
#include <string.h>

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* All ASCII but digits, letters, and the four of the rules below: ' , - . */
static bool stands_alone(char c)
{
    return (c >= '{' && c <= '~') || (c >= '[' && c <= '`') || (c >= ' ' && c <= '&') ||
           (c >= '(' && c <= '+') || (c >= ':' && c <= '@') || c == '/';
}

static bool period_or_comma(char c)
{
    return c == '.' || c == ',';
}

static void replace_all(struct text *line, const char *old, const char *new)
{
    struct text from = *line;
    const char *at = from.bytes, *end = from.bytes + from.length, *found;
    size_t length = strlen(old);
    text_init(line);
    text_add(line, "", 0);
    for (; (found = strstr(at, old)) && found < end; at = found + length) {
        text_add(line, at, (size_t)(found - at));
        text_add(line, new, strlen(new));
    }
    text_add(line, at, (size_t)(end - at));
    text_release(&from);
}

/* Two characters become what `format` makes of them wherever `left` and `right` hold of them, read
 * from the left, none twice: re.sub of a pattern of two. */
static void cut_pairs(struct text *line, bool (*left)(char), bool (*right)(char),
                      const char *format)
{
    struct text from = *line;
    text_init(line);
    for (size_t i = 0; i < from.length; i++) {
        bool both = i + 1 < from.length && left(from.bytes[i]) && right(from.bytes[i + 1]);
        if (both) {
            text_add_format(line, format, from.bytes[i], from.bytes[i + 1]);
            i++;
        } else {
            text_add(line, &from.bytes[i], 1);
        }
    }
    text_release(&from);
}

static bool no_digit(char c)
{
    return !digit(c);
}

static bool dash(char c)
{
    return c == '-';
}

void metric_13a(struct slice line, struct text *words)
{
    struct text text = {0}, apart = {0};
    text_add(&text, line.bytes, line.length);
    replace_all(&text, "<skipped>", "");
    replace_all(&text, "&quot;", "\"");
    replace_all(&text, "&amp;", "&");
    replace_all(&text, "&lt;", "<");
    replace_all(&text, "&gt;", ">");
    text_add(&apart, " ", 1);
    for (size_t i = 0; i < text.length; i++) {
        char c = text.bytes[i];
        if (stands_alone(c))
            text_add_format(&apart, " %c ", c);
        else
            text_add(&apart, &c, 1);
    }
    text_add(&apart, " ", 1);
    cut_pairs(&apart, no_digit, period_or_comma, "%c %c ");
    cut_pairs(&apart, period_or_comma, no_digit, " %c %c");
    cut_pairs(&apart, digit, dash, "%c %c ");
    text_add(words, apart.bytes, apart.length);
    text_release(&text);
    text_release(&apart);
}
