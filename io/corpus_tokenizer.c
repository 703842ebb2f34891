/* The tokenizers in a file of ours: under /source and /target of a corpus and of a checkpoint. */
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "io/corpus.h"
#include <stdio.h>
#include <string.h>

enum { NAME_MOST = 64 };

static void array_name(char name[NAME_MOST], enum side side, const char *array)
{
    snprintf(name, NAME_MOST, "/%s/%s", side_names[side], array);
}

bool corpus_write_tokenizer(struct sealed *file, enum side side, const struct tokenizer *tokenizer,
                            struct reason *why)
{
    const struct vocabulary *vocabulary = &tokenizer->vocabulary;
    int64_t offsets = vocabulary->size + 1, bytes = vocabulary->offsets[vocabulary->size];
    int64_t model = (int64_t)tokenizer->model.length;
    char group[NAME_MOST], name[NAME_MOST];
    snprintf(group, sizeof group, "/%s", side_names[side]);
    sealed_write_text(file, group, "kind", tokenizer_kind_name(tokenizer->kind), why);
    array_name(name, side, "vocabulary/bytes");
    sealed_write_array(file, name, SEALED_BYTES, 1, &bytes, vocabulary->bytes, why);
    array_name(name, side, "vocabulary/offsets");
    sealed_write_array(file, name, SEALED_INT64, 1, &offsets, vocabulary->offsets, why);
    array_name(name, side, "tokenizer");
    return sealed_write_array(file, name, SEALED_BYTES, 1, &model, tokenizer->model.bytes, why);
}

/* The whole of a 1-d array; the memory is the caller's to free. NULL with a reason. */
static void *read_whole(struct sealed *file, const char *name, enum sealed_type type,
                        size_t element_bytes, int64_t *count, struct reason *why)
{
    if (!sealed_dimensions(file, name, type, 1, count, why))
        return NULL;
    void *data = memory_take((size_t)*count * element_bytes);
    if (sealed_read(file, name, type, 0, *count, data, why))
        return data;
    memory_free(data);
    return NULL;
}

static bool read_kind(struct sealed *file, enum side side, enum tokenizer_kind *kind,
                      struct reason *why)
{
    char group[NAME_MOST], found[NAME_MOST];
    snprintf(group, sizeof group, "/%s", side_names[side]);
    if (!sealed_read_text(file, group, "kind", found, sizeof found, why))
        return false;
    for (int k = 0; k < TOKENIZER_KINDS; k++) {
        *kind = (enum tokenizer_kind)k;
        if (strcmp(found, tokenizer_kind_name(*kind)) == 0)
            return true;
    }
    return fail(why, "%s tokenizer is of an unknown kind", side_names[side]);
}

bool corpus_read_tokenizer(struct sealed *file, enum side side, struct tokenizer *tokenizer,
                           struct reason *why)
{
    enum tokenizer_kind kind;
    char name[NAME_MOST];
    int64_t byte_count = 0, offset_count = 0, model_count = 0;
    if (!read_kind(file, side, &kind, why))
        return false;
    array_name(name, side, "vocabulary/bytes");
    char *bytes = read_whole(file, name, SEALED_BYTES, 1, &byte_count, why);
    array_name(name, side, "vocabulary/offsets");
    int64_t *offsets =
        bytes ? read_whole(file, name, SEALED_INT64, sizeof *offsets, &offset_count, why) : NULL;
    array_name(name, side, "tokenizer");
    char *model_bytes = offsets ? read_whole(file, name, SEALED_BYTES, 1, &model_count, why) : NULL;
    bool done = false;
    if (model_bytes && (offset_count < 1 || offset_count > INT32_MAX))
        fail(why, "%s vocabulary has no offsets", side_names[side]);
    else if (model_bytes) {
        struct text model;
        text_init(&model);
        text_add(&model, model_bytes, (size_t)model_count);
        done = tokenizer_restore(tokenizer, kind, &model, bytes, byte_count, offsets,
                                 offset_count - 1, why);
        text_release(&model);
    }
    memory_free(model_bytes);
    memory_free(offsets);
    memory_free(bytes);
    return done;
}

static bool same_bytes(const char *a, size_t a_length, const char *b, size_t b_length)
{
    return a_length == b_length && (a_length == 0 || memcmp(a, b, a_length) == 0);
}

bool corpus_tokenizers_alike(const struct tokenizer *a, const struct tokenizer *b, const char *side,
                             struct reason *why)
{
    const struct vocabulary *x = &a->vocabulary, *y = &b->vocabulary;
    if (a->kind != b->kind)
        return fail(why, "%s tokenizers differ: %s and %s", side, tokenizer_kind_name(a->kind),
                    tokenizer_kind_name(b->kind));
    if (x->size != y->size)
        return fail(why, "%s vocabularies differ: %d and %d symbols", side, x->size, y->size);
    size_t offset_bytes = ((size_t)x->size + 1) * sizeof *x->offsets;
    if (memcmp(x->offsets, y->offsets, offset_bytes) != 0 ||
        memcmp(x->bytes, y->bytes, (size_t)x->offsets[x->size]) != 0)
        return fail(why, "%s vocabularies differ", side);
    return same_bytes(a->model.bytes, a->model.length, b->model.bytes, b->model.length) ||
           fail(why, "%s tokenizers differ", side);
}

bool corpus_alike(const struct tokenizer *a, const struct tokenizer *b, struct reason *why)
{
    for (int side = 0; side < SIDES; side++)
        if (!corpus_tokenizers_alike(&a[side], &b[side], side_names[side], why))
            return false;
    return true;
}
