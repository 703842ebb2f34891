#include "io/corpus/examples.h"
#include "comm/base/memory.h"
#include "io/text/columns.h"
#include "io/vectors/vectors.h"
#include <string.h>

struct examples {
    const char *paths[SIDES]; // a file for two sides is the source's
    struct lines *lines[SIDES];
    struct vectors *vectors[SIDES];
    struct columns *columns;
    int tabs;
    int64_t number;
};

const char *examples_unit(enum examples_format format)
{
    return format == EXAMPLES_FRAMES || format == EXAMPLES_HDF5 ? "sequence" : "line";
}

static bool is_open(const struct examples *examples, enum side side)
{
    return examples->lines[side] || examples->vectors[side];
}

static bool open_side(struct examples *examples, enum side side, enum examples_format format,
                      struct reason *why)
{
    static const enum vectors_format of[EXAMPLES_FORMATS] = {
        [EXAMPLES_FRAMES] = VECTORS_FRAMES,
        [EXAMPLES_VECTORS] = VECTORS_LINES,
        [EXAMPLES_HDF5] = VECTORS_HDF5,
    };
    const char *path = examples->paths[side];
    if (format == EXAMPLES_TEXT)
        examples->lines[side] = lines_open(path, why);
    else
        examples->vectors[side] = vectors_open(path, of[format], why);
    return is_open(examples, side) || fail_about(why, "'%s'", path);
}

static bool open_all(struct examples *examples, const struct examples_options *options,
                     struct reason *why)
{
    if (options->columns) {
        examples->columns =
            columns_open(options->columns, options->column[SOURCE], options->column[TARGET], why);
        return examples->columns != NULL;
    }
    for (enum side side = 0; side < SIDES; side++)
        if (examples->paths[side] && !open_side(examples, side, options->formats[side], why))
            return false;
    return true;
}

struct examples *examples_open(const struct examples_options *options, struct reason *why)
{
    struct examples *examples = memory_take(sizeof *examples);
    examples->tabs = options->pairs != NULL;
    if (options->columns || options->pairs)
        examples->paths[SOURCE] = options->columns ? options->columns : options->pairs;
    else
        memcpy(examples->paths, options->paths, sizeof examples->paths);
    if (open_all(examples, options, why))
        return examples;
    examples_close(examples);
    return NULL;
}

static int next_vectors(struct vectors *vectors, struct raw *raw, struct reason *why)
{
    struct vectors_item item;
    int got = vectors_next(vectors, &item, why);
    if (got > 0)
        *raw = (struct raw){.line = item.line,
                            .bytes = "",
                            .values = item.values,
                            .frames = item.frames,
                            .dimension = item.dimension};
    return got;
}

static int next_of(struct examples *examples, enum side side, struct raw *raw, struct reason *why)
{
    int got;
    if (examples->vectors[side]) {
        got = next_vectors(examples->vectors[side], raw, why);
    } else {
        got = lines_next(examples->lines[side], &raw->bytes, &raw->length, why);
        raw->line = lines_number(examples->lines[side]);
    }
    if (got < 0)
        fail_about(why, "'%s'", examples->paths[side]);
    return got;
}

static int split_at_tab(const struct examples *examples, struct example *example,
                        struct reason *why)
{
    struct raw *source = &example->side[SOURCE];
    const char *bytes = source->bytes, *end = bytes + source->length;
    const char *tab = memchr(bytes, '\t', source->length);
    if (!tab) {
        fail(why, "'%s': line %lld: has no TAB between source and target", examples->paths[SOURCE],
             (long long)source->line);
        return -1;
    }
    const char *next = memchr(tab + 1, '\t', (size_t)(end - tab - 1));
    source->length = (size_t)(tab - bytes);
    example->side[TARGET] = (struct raw){
        .line = source->line, .bytes = tab + 1, .length = (size_t)((next ? next : end) - tab - 1)};
    return 1;
}

/* How many examples one side has beyond the other's end, for a message that helps. */
static int unequal(struct examples *examples, enum side longer, enum side shorter,
                   struct reason *why)
{
    bool lines = examples->lines[longer] && examples->lines[shorter];
    int64_t common = examples->number, all = common + 1;
    struct raw raw;
    int got;
    while ((got = next_of(examples, longer, &raw, why)) > 0)
        all++;
    if (got == 0)
        fail(why, "'%s' has %lld %s, but '%s' has %lld", examples->paths[longer], (long long)all,
             lines ? "lines" : "examples", examples->paths[shorter], (long long)common);
    return -1;
}

static int next_of_columns(struct examples *examples, struct example *example, struct reason *why)
{
    struct columns_sentence sentence;
    int got = columns_next(examples->columns, &sentence, why);
    if (got <= 0)
        return got;
    for (int i = 0; i < 2; i++)
        example->side[i ? TARGET : SOURCE] = (struct raw){
            .line = sentence.line, .bytes = sentence.bytes[i], .length = sentence.length[i]};
    return got;
}

static int next_of_sides(struct examples *examples, struct example *example, struct reason *why)
{
    int first = -1, got[SIDES] = {0};
    for (enum side side = 0; side < SIDES; side++) {
        if (!is_open(examples, side))
            continue;
        got[side] = next_of(examples, side, &example->side[side], why);
        if (got[side] < 0)
            return -1;
        first = first < 0 ? (int)side : first;
        if (got[side] == got[first])
            continue;
        enum side other = (enum side)first, longer = got[side] ? side : other;
        return unequal(examples, longer, longer == side ? other : side, why);
    }
    return got[first];
}

int examples_next(struct examples *examples, struct example *example, struct reason *why)
{
    *example = (struct example){0};
    for (int side = 0; side < SIDES; side++)
        example->side[side].bytes = "";
    int got = examples->columns ? next_of_columns(examples, example, why)
                                : next_of_sides(examples, example, why);
    if (got > 0 && examples->tabs)
        got = split_at_tab(examples, example, why);
    if (got > 0)
        example->number = ++examples->number;
    return got;
}

struct lines_marks examples_marks(const struct examples *examples, enum side side)
{
    struct lines_marks none = {0};
    if (examples->columns)
        return side == SOURCE ? columns_marks(examples->columns) : none;
    return examples->lines[side] ? lines_marks(examples->lines[side]) : none;
}

void examples_close(struct examples *examples)
{
    if (!examples)
        return;
    for (int side = 0; side < SIDES; side++) {
        if (examples->lines[side])
            lines_close(examples->lines[side]);
        vectors_close(examples->vectors[side]);
    }
    columns_close(examples->columns);
    memory_free(examples);
}
