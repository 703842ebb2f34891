#include "io/bitext.h"
#include "comm/base/memory.h"
#include <string.h>

struct bitext {
    const char *paths[2]; // the second NULL with --pairs
    struct lines *files[2];
    int tabs;
};

struct bitext *bitext_open(const char *source, const char *target, const char *pairs,
                           struct reason *why)
{
    struct bitext *bitext = memory_take(sizeof *bitext);
    bitext->tabs = pairs != NULL;
    bitext->paths[0] = pairs ? pairs : source;
    bitext->paths[1] = pairs ? NULL : target;
    for (int i = 0; i < 2 && bitext->paths[i]; i++) {
        struct reason inner;
        bitext->files[i] = lines_open(bitext->paths[i], &inner);
        if (!bitext->files[i]) {
            fail(why, "'%s': %s", bitext->paths[i], inner.text);
            bitext_close(bitext);
            return NULL;
        }
    }
    return bitext;
}

static int next_of(struct bitext *bitext, int side, struct bitext_line *line, struct reason *why)
{
    struct reason inner;
    int got = lines_next(bitext->files[side], &line->bytes[side], &line->length[side], &inner);
    if (got < 0)
        fail(why, "'%s': %s", bitext->paths[side], inner.text);
    return got;
}

static int split_at_tab(const struct bitext *bitext, struct bitext_line *line, struct reason *why)
{
    const char *bytes = line->bytes[0], *end = bytes + line->length[0];
    const char *tab = memchr(bytes, '\t', line->length[0]);
    if (!tab) {
        fail(why, "'%s': line %lld: has no TAB between source and target", bitext->paths[0],
             (long long)line->number);
        return -1;
    }
    const char *next = memchr(tab + 1, '\t', (size_t)(end - tab - 1));
    line->length[0] = (size_t)(tab - bytes);
    line->bytes[1] = tab + 1;
    line->length[1] = (size_t)((next ? next : end) - tab - 1);
    return 1;
}

/* How many lines one side has beyond the other's end, for a message that helps. */
static int unequal(struct bitext *bitext, int longer, int64_t common, struct bitext_line *line,
                   struct reason *why)
{
    int64_t lines = common + 1;
    int got;
    while ((got = next_of(bitext, longer, line, why)) > 0)
        lines++;
    if (got == 0)
        fail(why, "'%s' has %lld lines, but '%s' has %lld", bitext->paths[longer], (long long)lines,
             bitext->paths[!longer], (long long)common);
    return -1;
}

int bitext_next(struct bitext *bitext, struct bitext_line *line, struct reason *why)
{
    int first = next_of(bitext, 0, line, why);
    line->number = lines_number(bitext->files[0]);
    if (first < 0)
        return -1;
    if (bitext->tabs)
        return first == 0 ? 0 : split_at_tab(bitext, line, why);
    if (!bitext->files[1]) {
        line->bytes[1] = "";
        line->length[1] = 0;
        return first;
    }
    int second = next_of(bitext, 1, line, why);
    if (second < 0)
        return -1;
    if (first != second) {
        int longer = first ? 0 : 1;
        return unequal(bitext, longer, lines_number(bitext->files[longer]) - 1, line, why);
    }
    return first;
}

struct lines_marks bitext_marks(const struct bitext *bitext, int side)
{
    struct lines_marks none = {0};
    return bitext->files[side] ? lines_marks(bitext->files[side]) : none;
}

void bitext_close(struct bitext *bitext)
{
    for (int i = 0; i < 2; i++)
        if (bitext->files[i])
            lines_close(bitext->files[i]);
    memory_free(bitext);
}
