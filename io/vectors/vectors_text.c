/* Vectors as text, a vector a line. */
#include "comm/base/memory.h"
#include "comm/base/text.h"
#include "io/text/blank.h"
#include "io/text/lines.h"
#include "io/vectors/vectors_formats.h"
#include <math.h>

struct reading {
    struct lines *lines;
    float *values; // of the sequence
    int64_t room;
    int frames;
    int dimension; // 0 before the first frame
    const char *noun;
};

static const char *skip_number(const char *at, const char *end)
{
    while (at < end && !is_blank(*at) && *at != ',')
        at++;
    return at;
}

static bool read_number(const char *word, size_t length, float *value, struct reason *why)
{
    enum { SHOWN = 40 };
    if (text_to_float(word, length, value))
        return true;
    return fail(why, "'%.*s' is %s", length < SHOWN ? (int)length : SHOWN, word,
                isinf(*value) ? "beyond what a float holds" : "no number");
}

/* The numbers of a line, appended; how many, or -1. */
static int read_numbers(struct reading *reading, const char *line, size_t length,
                        struct reason *why)
{
    const char *end = line + length, *at = skip_blanks(line, end);
    int64_t start = (int64_t)reading->frames * reading->dimension;
    int count = 0;
    for (bool more = true; more;) {
        const char *word = at;
        float value;
        at = skip_number(at, end);
        if (at == word) {
            fail(why, "no number stands beside a comma");
            return -1;
        }
        if (!read_number(word, (size_t)(at - word), &value, why))
            return -1;
        if (count == VECTORS_DIMENSION_MOST) {
            fail(why, "has more than %d numbers", VECTORS_DIMENSION_MOST);
            return -1;
        }
        reading->values =
            memory_room(reading->values, sizeof value, &reading->room, start + count + 1);
        reading->values[start + count++] = value;
        at = skip_blanks(at, end);
        more = at < end;
        if (more && *at == ',')
            at = skip_blanks(at + 1, end);
    }
    return count;
}

static bool add_frame(struct reading *reading, const char *line, size_t length, struct reason *why)
{
    if (reading->frames == VECTORS_FRAMES_MOST)
        return fail(why, "the sequence has more than %d frames", VECTORS_FRAMES_MOST);
    int count = read_numbers(reading, line, length, why);
    if (count < 0)
        return false;
    if (reading->dimension && count != reading->dimension)
        return fail(why, "has %d number%s, the first %s has %d", count, count == 1 ? "" : "s",
                    reading->noun, reading->dimension);
    reading->dimension = count;
    reading->frames++;
    if ((int64_t)reading->frames * count > VECTORS_NUMBERS_MOST)
        return fail(why, "the sequence has more than %d numbers", VECTORS_NUMBERS_MOST);
    return true;
}

static int of_line(const struct reading *reading, struct reason *why)
{
    fail_about(why, "line %lld", (long long)lines_number(reading->lines));
    return -1;
}

static int give(struct reading *reading, struct vectors_item *item)
{
    item->values = reading->values;
    item->frames = reading->frames;
    item->dimension = reading->dimension;
    return reading->frames > 0;
}

static int next_frames(void *state, struct vectors_item *item, struct reason *why)
{
    struct reading *reading = state;
    const char *line;
    size_t length;
    int got;
    reading->frames = 0;
    while ((got = lines_next(reading->lines, &line, &length, why)) > 0) {
        bool blank = skip_blanks(line, line + length) == line + length;
        if (blank && reading->frames)
            break;
        if (blank)
            continue;
        if (!reading->frames)
            item->line = lines_number(reading->lines);
        if (!add_frame(reading, line, length, why))
            return of_line(reading, why);
    }
    return got < 0 ? -1 : give(reading, item);
}

static int next_line(void *state, struct vectors_item *item, struct reason *why)
{
    struct reading *reading = state;
    const char *line;
    size_t length;
    reading->frames = 0;
    int got = lines_next(reading->lines, &line, &length, why);
    if (got <= 0)
        return got;
    item->line = lines_number(reading->lines);
    if (skip_blanks(line, line + length) == line + length) {
        fail(why, "holds no number");
        return of_line(reading, why);
    }
    return add_frame(reading, line, length, why) ? give(reading, item) : of_line(reading, why);
}

static void *open_text(const char *path, const char *noun, struct reason *why)
{
    struct lines *lines = lines_open(path, why);
    if (!lines)
        return NULL;
    struct reading *reading = memory_take(sizeof *reading);
    reading->lines = lines;
    reading->noun = noun;
    return reading;
}

static void *open_frames(const char *path, struct reason *why)
{
    return open_text(path, "frame", why);
}

static void *open_lines(const char *path, struct reason *why)
{
    return open_text(path, "vector", why);
}

static void close_text(void *state)
{
    struct reading *reading = state;
    lines_close(reading->lines);
    memory_free(reading->values);
    memory_free(reading);
}

const struct vectors_functions vectors_frames = {
    .open = open_frames, .next = next_frames, .close = close_text};
const struct vectors_functions vectors_lines = {
    .open = open_lines, .next = next_line, .close = close_text};
