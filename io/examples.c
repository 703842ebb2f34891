#include "io/examples.h"
#include "comm/base/memory.h"
#include <string.h>

struct examples {
    const char *paths[SIDES]; // with pairs the source's alone
    struct lines *files[SIDES];
    int tabs;
};

struct examples *examples_open(const struct examples_options *options, struct reason *why)
{
    struct examples *examples = memory_take(sizeof *examples);
    examples->tabs = options->pairs != NULL;
    if (examples->tabs)
        examples->paths[SOURCE] = options->pairs;
    else
        memcpy(examples->paths, options->paths, sizeof examples->paths);
    for (int side = 0; side < SIDES; side++) {
        struct reason inner;
        if (!examples->paths[side])
            continue;
        examples->files[side] = lines_open(examples->paths[side], &inner);
        if (!examples->files[side]) {
            fail(why, "'%s': %s", examples->paths[side], inner.text);
            examples_close(examples);
            return NULL;
        }
    }
    return examples;
}

static int next_of(struct examples *examples, enum side side, struct raw *raw, struct reason *why)
{
    struct reason inner;
    int got = lines_next(examples->files[side], &raw->bytes, &raw->length, &inner);
    if (got < 0)
        fail(why, "'%s': %s", examples->paths[side], inner.text);
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
             (long long)example->number);
        return -1;
    }
    const char *next = memchr(tab + 1, '\t', (size_t)(end - tab - 1));
    source->length = (size_t)(tab - bytes);
    example->side[TARGET] = (struct raw){tab + 1, (size_t)((next ? next : end) - tab - 1)};
    return 1;
}

/* How many lines one side has beyond the other's end, for a message that helps. */
static int unequal(struct examples *examples, enum side longer, enum side shorter, int64_t common,
                   struct reason *why)
{
    int64_t lines = common + 1;
    struct raw raw;
    int got;
    while ((got = next_of(examples, longer, &raw, why)) > 0)
        lines++;
    if (got == 0)
        fail(why, "'%s' has %lld lines, but '%s' has %lld", examples->paths[longer],
             (long long)lines, examples->paths[shorter], (long long)common);
    return -1;
}

int examples_next(struct examples *examples, struct example *example, struct reason *why)
{
    int first = -1, got[SIDES];
    *example = (struct example){0};
    for (enum side side = 0; side < SIDES; side++) {
        example->side[side].bytes = "";
        if (!examples->files[side])
            continue;
        got[side] = next_of(examples, side, &example->side[side], why);
        if (got[side] < 0)
            return -1;
        first = first < 0 ? (int)side : first;
        if (got[side] == got[first])
            continue;
        enum side longer = got[side] ? side : (enum side)first;
        return unequal(examples, longer, longer == side ? (enum side)first : side,
                       lines_number(examples->files[longer]) - 1, why);
    }
    example->number = lines_number(examples->files[first]);
    return examples->tabs && got[first] ? split_at_tab(examples, example, why) : got[first];
}

struct lines_marks examples_marks(const struct examples *examples, enum side side)
{
    struct lines_marks none = {0};
    return examples->files[side] ? lines_marks(examples->files[side]) : none;
}

void examples_close(struct examples *examples)
{
    for (int side = 0; side < SIDES; side++)
        if (examples->files[side])
            lines_close(examples->files[side]);
    memory_free(examples);
}
