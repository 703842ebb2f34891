#include "comm/base/text.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void text_init(struct text *text)
{
    *text = (struct text){0};
}

/* Room for count more bytes and the NUL. */
static void make_room(struct text *text, size_t count)
{
    size_t needed = text->length + count + 1;
    if (needed <= text->capacity)
        return;
    size_t capacity = text->capacity ? text->capacity : 64;
    while (capacity < needed)
        capacity *= 2;
    text->bytes = memory_grow(text->bytes, text->capacity, capacity);
    text->capacity = capacity;
}

void text_clear(struct text *text)
{
    make_room(text, 0);
    text->length = 0;
    text->bytes[0] = '\0';
}

void text_add(struct text *text, const char *bytes, size_t count)
{
    make_room(text, count);
    if (count)
        memcpy(text->bytes + text->length, bytes, count);
    text->length += count;
    text->bytes[text->length] = '\0';
}

void text_add_format(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int count = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    require(count >= 0);
    make_room(text, (size_t)count);
    va_start(arguments, format);
    vsnprintf(text->bytes + text->length, (size_t)count + 1, format, arguments);
    va_end(arguments);
    text->length += (size_t)count;
}

void text_release(struct text *text)
{
    memory_free(text->bytes);
    text_init(text);
}

static size_t least(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* Optimal string alignment: insertions, deletions, substitutions, swaps of neighbours. */
enum { LONGEST_NAME = 63 };
static size_t edit_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][LONGEST_NAME + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b_length; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *oldest = before;
        before = above, above = row, row = oldest;
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            row[j] = least(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], before[j - 2] + 1, row[j]);
        }
    }
    return row[b_length];
}

const char *text_nearest(const char *word, const char *const *names, int count)
{
    const char *nearest = NULL;
    size_t length = strlen(word);
    size_t limit = length / 3 > 2 ? length / 3 : 2;
    for (int i = 0; i < count && length <= LONGEST_NAME; i++) {
        size_t name_length = strlen(names[i]);
        if (name_length > LONGEST_NAME)
            continue;
        size_t distance = edit_distance(word, length, names[i], name_length);
        if (distance <= limit && (!nearest || distance < limit)) {
            nearest = names[i];
            limit = distance;
        }
    }
    return nearest;
}
