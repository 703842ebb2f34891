#include "io/text/columns.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/base/text.h"
#include "io/text/blank.h"
#include <string.h>

struct columns {
    const char *path;
    struct lines *lines;
    int wanted[2];
    struct text sides[2];
    int64_t first_line;
    bool tabs; // of the file's first word
    int width; // its fields; 0 before it
};

struct field {
    const char *bytes;
    size_t length;
};

struct columns *columns_open(const char *path, int source, int target, struct reason *why)
{
    require(source >= 0);
    struct lines *lines = lines_open(path, why);
    if (!lines) {
        fail_about(why, "'%s'", path);
        return NULL;
    }
    struct columns *columns = memory_take(sizeof *columns);
    columns->path = path;
    columns->lines = lines;
    columns->wanted[0] = source;
    columns->wanted[1] = target;
    return columns;
}

static struct field trim(const char *bytes, const char *end)
{
    bytes = skip_blanks(bytes, end);
    return (struct field){bytes, (size_t)(drop_blanks(bytes, end) - bytes)};
}

/* The field that starts at *at, which moves on to the next, or to NULL behind the last. */
static struct field next_field(const char **at, const char *end, bool tabs)
{
    const char *start = *at;
    const char *stop = memchr(start, tabs ? '\t' : ' ', (size_t)(end - start));
    struct field field = trim(start, stop ? stop : end);
    while (stop && !tabs && stop < end && *stop == ' ')
        stop++;
    *at = stop ? stop + tabs : NULL;
    return field;
}

/* A line of text as fields: what it has, how many, and those that are wanted. */
struct row {
    bool tabs;
    int width;
    struct field first, wanted[2];
};

static struct row split(const struct columns *columns, const char *line, size_t length)
{
    struct row row = {.tabs = memchr(line, '\t', length) != NULL};
    struct field whole = {line, length};
    if (!row.tabs)
        whole = trim(line, line + length);
    for (const char *at = whole.bytes; at; row.width++) {
        struct field field = next_field(&at, whole.bytes + whole.length, row.tabs);
        if (row.width == 0)
            row.first = field;
        for (int side = 0; side < 2; side++)
            if (columns->wanted[side] == row.width)
                row.wanted[side] = field;
    }
    return row;
}

static bool is_comment(const struct columns *columns, const struct row *row, const char *line)
{
    bool head = !columns->sides[0].length;
    return head && line[0] == '#' && !row->tabs && (columns->tabs || row->width != columns->width);
}

/* As 1-2 or 1.1. */
static bool is_range(struct field field)
{
    size_t digits = 0, at = 0;
    while (at < field.length && field.bytes[at] >= '0' && field.bytes[at] <= '9')
        at++;
    if (at == 0 || at == field.length || (field.bytes[at] != '-' && field.bytes[at] != '.'))
        return false;
    for (at++; at < field.length && field.bytes[at] >= '0' && field.bytes[at] <= '9'; at++)
        digits++;
    return digits > 0 && at == field.length;
}

static bool is_left_out(const struct columns *columns, const struct row *row, const char *line)
{
    static const char document[] = "-DOCSTART-";
    bool ids = columns->wanted[0] != 0 && columns->wanted[1] != 0;
    return is_comment(columns, row, line) ||
           (row->first.length == strlen(document) &&
            memcmp(row->first.bytes, document, strlen(document)) == 0) ||
           (ids && is_range(row->first));
}

static bool add_field(struct text *side, struct field field)
{
    if (side->length)
        text_add(side, " ", 1);
    for (size_t i = 0; i < field.length; i++)
        if (field.bytes[i] == ' ')
            text_add(side, "\xC2\xA0", 2);
        else
            text_add(side, &field.bytes[i], 1);
    return side->length <= LINE_MOST;
}

static bool add_word(struct columns *columns, const struct row *row, struct reason *why)
{
    if (!columns->sides[0].length)
        columns->first_line = lines_number(columns->lines);
    if (!columns->width) {
        columns->width = row->width;
        columns->tabs = row->tabs;
    }
    for (int side = 0; side < 2; side++) {
        int wanted = columns->wanted[side];
        if (wanted < 0)
            continue;
        if (wanted >= row->width)
            return fail(why, "has %d column%s, column %d (the first is 0) is wanted", row->width,
                        row->width == 1 ? "" : "s", wanted);
        if (!row->wanted[side].length)
            return fail(why, "column %d (the first is 0) is empty", wanted);
        if (!add_field(&columns->sides[side], row->wanted[side]))
            return fail(why, "the sentence is longer than 1 MiB");
    }
    return true;
}

/* 1: there is a sentence in `sides`; 0: the file ended; -1. Reasons without the path. */
static int read_sentence(struct columns *columns, struct reason *why)
{
    const char *line;
    size_t length;
    int got;
    while ((got = lines_next(columns->lines, &line, &length, why)) > 0) {
        if (!trim(line, line + length).length) {
            if (columns->sides[0].length)
                return 1;
            continue;
        }
        struct row row = split(columns, line, length);
        if (is_left_out(columns, &row, line) || add_word(columns, &row, why))
            continue;
        fail_about(why, "line %lld", (long long)lines_number(columns->lines));
        return -1;
    }
    return got < 0 ? -1 : columns->sides[0].length > 0;
}

int columns_next(struct columns *columns, struct columns_sentence *sentence, struct reason *why)
{
    for (int side = 0; side < 2; side++)
        text_clear(&columns->sides[side]);
    int got = read_sentence(columns, why);
    if (got < 0)
        fail_about(why, "'%s'", columns->path);
    for (int side = 0; side < 2; side++) {
        sentence->bytes[side] = columns->sides[side].bytes;
        sentence->length[side] = columns->sides[side].length;
    }
    sentence->line = columns->first_line;
    return got;
}

struct lines_marks columns_marks(const struct columns *columns)
{
    return lines_marks(columns->lines);
}

void columns_close(struct columns *columns)
{
    if (!columns)
        return;
    lines_close(columns->lines);
    for (int side = 0; side < 2; side++)
        text_release(&columns->sides[side]);
    memory_free(columns);
}
