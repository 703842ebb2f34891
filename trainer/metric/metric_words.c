#include "comm/base/memory.h"
#include "io/text/utf8.h"
#include "trainer/metric/metric_rows.h"
#include <math.h>
#include <string.h>

static void add(struct slices *slices, const char *bytes, size_t length)
{
    if (slices->count == slices->capacity) {
        int64_t wanted = slices->capacity ? 2 * slices->capacity : 64;
        slices->list = memory_grow(slices->list, (size_t)slices->capacity * sizeof *slices->list,
                                   (size_t)wanted * sizeof *slices->list);
        slices->capacity = wanted;
    }
    slices->list[slices->count++] = (struct slice){bytes, length};
}

void slices_release(struct slices *slices)
{
    memory_free(slices->list);
    *slices = (struct slices){0};
}

/* What Python's str.split() takes for white space. */
static bool is_space(uint32_t point)
{
    return (point >= 0x09 && point <= 0x0d) || (point >= 0x1c && point <= 0x20) || point == 0x85 ||
           point == 0xa0 || point == 0x1680 || (point >= 0x2000 && point <= 0x200a) ||
           point == 0x2028 || point == 0x2029 || point == 0x202f || point == 0x205f ||
           point == 0x3000;
}

void slices_words(struct slices *slices, struct slice line)
{
    const char *end = line.bytes + line.length, *start = NULL;
    slices->count = 0;
    for (const char *at = line.bytes; at < end;) {
        int step = utf8_step(at, (size_t)(end - at));
        bool space = is_space(utf8_code_point(at, step));
        if (space && start)
            add(slices, start, (size_t)(at - start));
        start = space ? NULL : start ? start : at;
        at += step;
    }
    if (start)
        add(slices, start, (size_t)(end - start));
}

void slices_characters(struct slices *slices, struct slice line)
{
    const char *end = line.bytes + line.length;
    slices->count = 0;
    for (const char *at = line.bytes; at < end;) {
        int step = utf8_step(at, (size_t)(end - at));
        add(slices, at, (size_t)step);
        at += step;
    }
}

bool slice_equal(struct slice a, struct slice b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.bytes, b.bytes, a.length) == 0);
}

bool alternatives_next(struct alternatives *alternatives, struct slice *one)
{
    struct slice *rest = &alternatives->rest;
    if (alternatives->ended)
        return false;
    const char *tab = rest->length ? memchr(rest->bytes, '\t', rest->length) : NULL;
    *one = *rest;
    alternatives->ended = !tab;
    if (tab) {
        one->length = (size_t)(tab - rest->bytes);
        *rest = (struct slice){tab + 1, rest->length - one->length - 1};
    }
    return true;
}

static int64_t equal_in_place(const struct slices *a, const struct slices *b)
{
    int64_t count = 0;
    for (int64_t i = 0; i < a->count && i < b->count; i++)
        count += slice_equal(a->list[i], b->list[i]);
    return count;
}

void slices_labels(struct slices *slices, const struct metric_case *one, struct slice line)
{
    if (!one->whole) {
        slices_words(slices, line);
        return;
    }
    while (line.length && strchr(" \t", line.bytes[line.length - 1]))
        line.length--;
    for (; line.length && strchr(" \t", *line.bytes); line.bytes++)
        line.length--;
    slices->count = 0;
    if (line.length)
        add(slices, line.bytes, line.length);
}

int64_t slices_in_step(const struct metric_case *one, struct slices *output,
                       struct slices *reference)
{
    struct alternatives alternatives = {.rest = one->reference};
    struct slice alternative, nearest = {0};
    int64_t most = -1;
    slices_labels(output, one, one->output);
    while (alternatives_next(&alternatives, &alternative)) {
        slices_labels(reference, one, alternative);
        int64_t equal = equal_in_place(output, reference);
        if (equal > most) {
            most = equal;
            nearest = alternative;
        }
    }
    slices_labels(reference, one, nearest);
    return most;
}

double share_value(const void *share)
{
    const struct share *s = share;
    return s->of ? (double)s->part / (double)s->of : (double)NAN;
}

void share_words(const void *share, struct text *text)
{
    const struct share *s = share;
    char part[32], of[32];
    text_of_count(s->part, part);
    text_of_count(s->of, of);
    text_add_format(text, "(%s of %s)", part, of);
}
