#include "io/tokenizer/tokenizer.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "io/tokenizer/tokenizer_kinds.h"
#include <string.h>

#define FUNCTIONS(kind, name) [kind] = &tokenizer_##name,
#define NAME(kind, name) [kind] = #name,
static const struct tokenizer_functions *const kinds[] = {TOKENIZERS(FUNCTIONS)};
const char *const tokenizer_names[] = {TOKENIZERS(NAME) NULL};

void ids_add(struct ids *ids, int32_t id)
{
    ids_add_all(ids, &id, 1);
}

void ids_add_all(struct ids *ids, const int32_t *list, int64_t count)
{
    if (count > ids->capacity - ids->count) {
        int64_t capacity = 2 * (ids->count + count > 32 ? ids->count + count : 32);
        ids->list = memory_grow(ids->list, (size_t)ids->capacity * sizeof *ids->list,
                                (size_t)capacity * sizeof *ids->list);
        ids->capacity = capacity;
    }
    if (count)
        memcpy(ids->list + ids->count, list, (size_t)count * sizeof *list);
    ids->count += count;
}

void ids_release(struct ids *ids)
{
    memory_free(ids->list);
    *ids = (struct ids){0};
}

struct learner {
    enum tokenizer_kind kind;
    void *learning;
};

struct learner *learner_open(const struct learner_options *options)
{
    require(options->kind < TOKENIZER_KINDS);
    struct learner *learner = memory_take(sizeof *learner);
    learner->kind = options->kind;
    learner->learning = kinds[options->kind]->learn_open(options);
    return learner;
}

void learner_line(struct learner *learner, const char *bytes, size_t length, int64_t number)
{
    kinds[learner->kind]->learn_line(learner->learning, bytes, length, number);
}

bool learner_finish(struct learner *learner, struct tokenizer *tokenizer, bool *shrunk,
                    struct reason *why)
{
    *tokenizer = (struct tokenizer){.kind = learner->kind};
    *shrunk = false;
    bool learnt = kinds[learner->kind]->learn_finish(learner->learning, tokenizer, shrunk, why);
    memory_free(learner);
    if (!learnt)
        tokenizer_release(tokenizer);
    return learnt;
}

bool tokenizer_restore(struct tokenizer *tokenizer, enum tokenizer_kind kind,
                       const struct text *model, const char *bytes, int64_t byte_count,
                       const int64_t *offsets, int64_t count, struct reason *why)
{
    *tokenizer = (struct tokenizer){.kind = kind};
    if (kind >= TOKENIZER_KINDS)
        return fail(why, "a tokenizer of unknown kind %d", (int)kind);
    if (!vocabulary_restore(&tokenizer->vocabulary, bytes, byte_count, offsets, count, why))
        return false;
    text_add(&tokenizer->model, model->bytes, model->length);
    if (kinds[kind]->restore(tokenizer, why))
        return true;
    tokenizer_release(tokenizer);
    return false;
}

void tokenizer_release(struct tokenizer *tokenizer)
{
    if (tokenizer->processor)
        kinds[tokenizer->kind]->release(tokenizer->processor);
    vocabulary_release(&tokenizer->vocabulary);
    text_release(&tokenizer->model);
    *tokenizer = (struct tokenizer){0};
}

void tokenizer_encode(const struct tokenizer *tokenizer, const char *line, size_t length,
                      struct ids *ids)
{
    kinds[tokenizer->kind]->encode(tokenizer, line, length, ids);
}

bool tokenizer_unknown(const struct tokenizer *tokenizer, const char *line, size_t length,
                       const char **symbol, size_t *symbol_length)
{
    struct vocabulary_key unknown;
    require(kinds[tokenizer->kind]->unknown);
    if (!kinds[tokenizer->kind]->unknown(tokenizer, line, length, &unknown))
        return false;
    *symbol = unknown.bytes;
    *symbol_length = unknown.length;
    return true;
}

void tokenizer_decode(const struct tokenizer *tokenizer, const int32_t *ids, int64_t count,
                      struct text *line)
{
    for (int64_t i = 0; i < count; i++)
        require(ids[i] >= 0 && ids[i] < tokenizer->vocabulary.size);
    kinds[tokenizer->kind]->decode(tokenizer, ids, count, line);
}

void tokenizer_tokens(const struct tokenizer *tokenizer, const int32_t *ids, int64_t count,
                      struct text *line)
{
    for (int64_t i = 0; i < count; i++) {
        size_t length;
        const char *token = vocabulary_string(&tokenizer->vocabulary, ids[i], &length);
        if (i)
            text_add(line, " ", 1);
        text_add(line, token, length);
    }
}
