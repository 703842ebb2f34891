#include "io/corpus/encode.h"
#include "comm/base/memory.h"
#include "io/text/utf8.h"
#include "io/vectors/moments.h"
#include "io/vectors/vectors.h"

void encode_init(struct encode_room *room, const struct content *content)
{
    *room = (struct encode_room){0};
    factors_init(&room->factors, content->feature_count);
}

void encode_release(struct encode_room *room)
{
    factors_release(&room->factors);
    for (int i = 0; i < 1 + CONTENT_FEATURES; i++)
        ids_release(&room->ids[i]);
    memory_free(room->values);
}

static bool check_closed(const struct content *content, const char *line, size_t length,
                         struct reason *why)
{
    const char *symbol;
    size_t bytes;
    if (!content->closed || !tokenizer_unknown(&content->tokenizer, line, length, &symbol, &bytes))
        return true;
    return fail(why, "'%.*s' was not seen in training", (int)(bytes < 200 ? bytes : 200), symbol);
}

/* Word, features, word, features, ... */
static bool encode_factors(const struct content *content, const struct raw *raw,
                           struct encode_room *room, struct ids *cells, int *places,
                           struct reason *why)
{
    if (!factors_split(&room->factors, raw->bytes, raw->length, why))
        return false;
    for (int i = 0; i <= content->feature_count; i++) {
        const struct tokenizer *of = i ? &content->features[i - 1] : &content->tokenizer;
        const struct text *line = &room->factors.lines[i];
        room->ids[i].count = 0;
        tokenizer_encode(of, line->bytes, line->length, &room->ids[i]);
    }
    *places = (int)room->ids[0].count;
    for (int place = 0; place < *places; place++)
        for (int i = 0; i <= content->feature_count; i++)
            ids_add(cells, room->ids[i].list[place]);
    return true;
}

static bool encode_text(const struct content *content, const struct raw *raw,
                        struct encode_room *room, struct ids *cells, int *places,
                        struct reason *why)
{
    if (!utf8_valid(raw->bytes, raw->length))
        return fail(why, "is not valid UTF-8");
    if (content->feature_count)
        return encode_factors(content, raw, room, cells, places, why);
    int64_t before = cells->count;
    tokenizer_encode(&content->tokenizer, raw->bytes, raw->length, cells);
    *places = (int)(cells->count - before);
    return check_closed(content, raw->bytes, raw->length, why);
}

static bool encode_vectors(const struct content *content, const struct raw *raw,
                           struct encode_room *room, struct ids *cells, int *places,
                           struct reason *why)
{
    int by = content->stack, dimension = content->dimension;
    if ((int64_t)raw->dimension * by != dimension)
        return fail(why, "has %d numbers a frame instead of %d", raw->dimension, dimension / by);
    *places = vectors_stacked(raw->frames, by);
    int64_t count = (int64_t)*places * dimension;
    room->values = memory_room(room->values, sizeof *room->values, &room->capacity, count);
    vectors_stack(raw->values, raw->frames, raw->dimension, by, room->values);
    moments_normalise(room->values, *places, dimension, content->mean, content->deviation);
    ids_add_all(cells, (const int32_t *)(const void *)room->values, count);
    return true;
}

bool encode(const struct content *content, const struct raw *raw, struct encode_room *room,
            struct ids *cells, int *places, struct reason *why)
{
    return content->form == FORM_VECTORS ? encode_vectors(content, raw, room, cells, places, why)
                                         : encode_text(content, raw, room, cells, places, why);
}
