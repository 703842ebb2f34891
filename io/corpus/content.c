#include "io/corpus/content.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include <stdio.h>
#include <string.h>

const char *const side_names[SIDES] = {"source", "second", "target"};

int content_width(const struct content *content)
{
    return content->form == FORM_SYMBOLS   ? 1 + content->feature_count
           : content->form == FORM_VECTORS ? content->dimension
                                           : 0;
}

void content_release(struct content *content)
{
    if (content->form == FORM_SYMBOLS)
        tokenizer_release(&content->tokenizer);
    for (int i = 0; i < content->feature_count; i++)
        tokenizer_release(&content->features[i]);
    memory_free(content->mean);
    memory_free(content->deviation);
    *content = (struct content){0};
}

static void copy_tokenizer(struct tokenizer *to, const struct tokenizer *from)
{
    struct reason why;
    const struct vocabulary *v = &from->vocabulary;
    require(tokenizer_restore(to, from->kind, &from->model, v->bytes, v->offsets[v->size],
                              v->offsets, v->size, &why));
}

static float *copy_reals(const float *from, int count)
{
    size_t bytes = (size_t)count * sizeof *from;
    return from ? memcpy(memory_take(bytes), from, bytes) : NULL;
}

void content_copy(struct content *to, const struct content *from)
{
    *to = (struct content){.form = from->form,
                           .closed = from->closed,
                           .feature_count = from->feature_count,
                           .dimension = from->dimension,
                           .stack = from->stack};
    if (from->form == FORM_SYMBOLS)
        copy_tokenizer(&to->tokenizer, &from->tokenizer);
    for (int i = 0; i < from->feature_count; i++)
        copy_tokenizer(&to->features[i], &from->features[i]);
    to->mean = copy_reals(from->mean, from->dimension);
    to->deviation = copy_reals(from->deviation, from->dimension);
}

static void hash_tokenizer(const struct tokenizer *tokenizer, struct hash *hash)
{
    const struct vocabulary *vocabulary = &tokenizer->vocabulary;
    const char *kind = tokenizer_names[tokenizer->kind];
    hash_add(hash, kind, strlen(kind) + 1);
    hash_add(hash, vocabulary->offsets, ((size_t)vocabulary->size + 1) * sizeof(int64_t));
    hash_add(hash, vocabulary->bytes, (size_t)vocabulary->offsets[vocabulary->size]);
    hash_add(hash, &tokenizer->model.length, sizeof tokenizer->model.length);
    hash_add(hash, tokenizer->model.bytes, tokenizer->model.length);
}

void content_hash(const struct content *content, struct hash *hash)
{
    if (content->form == FORM_SYMBOLS)
        hash_tokenizer(&content->tokenizer, hash);
    for (int i = 0; i < content->feature_count; i++)
        hash_tokenizer(&content->features[i], hash);
    if (content->form != FORM_VECTORS)
        return;
    hash_add(hash, &content->stack, sizeof content->stack);
    hash_add(hash, content->mean, (size_t)content->dimension * sizeof *content->mean);
    hash_add(hash, content->deviation, (size_t)content->dimension * sizeof *content->deviation);
}

static bool same_bytes(const char *a, size_t a_length, const char *b, size_t b_length)
{
    return a_length == b_length && (a_length == 0 || memcmp(a, b, a_length) == 0);
}

static bool tokenizers_alike(const struct tokenizer *a, const struct tokenizer *b, const char *side,
                             struct reason *why)
{
    const struct vocabulary *x = &a->vocabulary, *y = &b->vocabulary;
    if (a->kind != b->kind)
        return fail(why, "%s tokenizers differ: %s and %s", side, tokenizer_names[a->kind],
                    tokenizer_names[b->kind]);
    if (x->size != y->size)
        return fail(why, "%s vocabularies differ: %d and %d symbols", side, x->size, y->size);
    size_t offset_bytes = ((size_t)x->size + 1) * sizeof *x->offsets;
    if (memcmp(x->offsets, y->offsets, offset_bytes) != 0 ||
        memcmp(x->bytes, y->bytes, (size_t)x->offsets[x->size]) != 0)
        return fail(why, "%s vocabularies differ", side);
    return same_bytes(a->model.bytes, a->model.length, b->model.bytes, b->model.length) ||
           fail(why, "%s tokenizers differ", side);
}

static bool vectors_alike(const struct content *a, const struct content *b, const char *side,
                          struct reason *why)
{
    if (a->dimension != b->dimension || a->stack != b->stack)
        return fail(why, "%s vectors differ: %d numbers of %d frames and %d of %d", side,
                    a->dimension, a->stack, b->dimension, b->stack);
    size_t bytes = (size_t)a->dimension * sizeof *a->mean;
    return (memcmp(a->mean, b->mean, bytes) == 0 &&
            memcmp(a->deviation, b->deviation, bytes) == 0) ||
           fail(why, "%s vectors are normalised differently", side);
}

bool content_alike(const struct content *a, const struct content *b, const char *side,
                   struct reason *why)
{
    static const char *const words[] = {"nothing", "symbols", "vectors"};
    if (a->form != b->form)
        return fail(why, "%s sides differ: %s and %s", side, words[a->form], words[b->form]);
    if (a->form == FORM_VECTORS)
        return vectors_alike(a, b, side, why);
    if (a->feature_count != b->feature_count)
        return fail(why, "%s words have %d features and %d", side, a->feature_count,
                    b->feature_count);
    if (a->form == FORM_SYMBOLS && !tokenizers_alike(&a->tokenizer, &b->tokenizer, side, why))
        return false;
    for (int i = 0; i < a->feature_count; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s feature %d", side, i + 1);
        if (!tokenizers_alike(&a->features[i], &b->features[i], name, why))
            return false;
    }
    return true;
}

bool contents_alike(const struct content *a, const struct content *b, struct reason *why)
{
    for (int side = 0; side < SIDES; side++)
        if (!content_alike(&a[side], &b[side], side_names[side], why))
            return false;
    return true;
}
