#include "comm/base/memory.h"
#include "io/corpus/content.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NAME_MOST = 64 };
static const char vectors_kind[] = "vectors";

static void array_name(char name[NAME_MOST], const char *group, const char *array)
{
    snprintf(name, NAME_MOST, "%.31s/%.31s", group, array);
}

static void feature_group(char name[NAME_MOST], const char *group, int feature)
{
    snprintf(name, NAME_MOST, "%.31s/feature%d", group, feature);
}

static bool write_tokenizer(struct sealed *file, const char *group,
                            const struct tokenizer *tokenizer, struct reason *why)
{
    const struct vocabulary *vocabulary = &tokenizer->vocabulary;
    int64_t offsets = vocabulary->size + 1, bytes = vocabulary->offsets[vocabulary->size];
    int64_t model = (int64_t)tokenizer->model.length;
    char name[NAME_MOST];
    sealed_write_text(file, group, "kind", tokenizer_names[tokenizer->kind], why);
    array_name(name, group, "vocabulary/bytes");
    sealed_write_array(file, name, SEALED_BYTES, 1, &bytes, vocabulary->bytes, why);
    array_name(name, group, "vocabulary/offsets");
    sealed_write_array(file, name, SEALED_INT64, 1, &offsets, vocabulary->offsets, why);
    array_name(name, group, "tokenizer");
    return sealed_write_array(file, name, SEALED_BYTES, 1, &model, tokenizer->model.bytes, why);
}

static bool write_symbols(struct sealed *file, const char *group, const struct content *content,
                          struct reason *why)
{
    bool well = write_tokenizer(file, group, &content->tokenizer, why);
    if (content->closed)
        well = sealed_write_integer(file, group, "closed", content->closed, why);
    if (content->feature_count)
        well = sealed_write_integer(file, group, "features", content->feature_count, why);
    for (int i = 0; i < content->feature_count; i++) {
        char of[NAME_MOST];
        feature_group(of, group, i);
        well = write_tokenizer(file, of, &content->features[i], why);
    }
    return well;
}

static bool write_vectors(struct sealed *file, const char *group, const struct content *content,
                          struct reason *why)
{
    const int64_t dimension = content->dimension;
    char name[NAME_MOST];
    sealed_write_text(file, group, "kind", vectors_kind, why);
    sealed_write_integer(file, group, "stack", content->stack, why);
    array_name(name, group, "mean");
    sealed_write_array(file, name, SEALED_FLOAT32, 1, &dimension, content->mean, why);
    array_name(name, group, "deviation");
    return sealed_write_array(file, name, SEALED_FLOAT32, 1, &dimension, content->deviation, why);
}

bool content_write(struct sealed *file, enum side side, const struct content *content,
                   struct reason *why)
{
    char group[NAME_MOST];
    snprintf(group, sizeof group, "/%s", side_names[side]);
    return content->form == FORM_NONE      ? true
           : content->form == FORM_SYMBOLS ? write_symbols(file, group, content, why)
                                           : write_vectors(file, group, content, why);
}

/* The whole of a 1-d array; the memory is the caller's to free. NULL with a reason. */
static void *read_whole(struct sealed *file, const char *name, enum sealed_type type,
                        int64_t *count, struct reason *why)
{
    if (!sealed_dimensions(file, name, type, 1, count, why))
        return NULL;
    void *data = memory_take((size_t)*count * sealed_type_bytes(type));
    if (sealed_read(file, name, type, 0, *count, data, why))
        return data;
    memory_free(data);
    return NULL;
}

static bool kind_of(const char *found, enum tokenizer_kind *kind)
{
    for (int k = 0; k < TOKENIZER_KINDS; k++) {
        *kind = (enum tokenizer_kind)k;
        if (strcmp(found, tokenizer_names[*kind]) == 0)
            return true;
    }
    return false;
}

/* group + 1: its name in words. */
static bool read_tokenizer(struct sealed *file, const char *group, const char *found,
                           struct tokenizer *tokenizer, struct reason *why)
{
    enum tokenizer_kind kind;
    char name[NAME_MOST];
    int64_t byte_count = 0, offset_count = 0, model_count = 0;
    if (!kind_of(found, &kind))
        return fail(why, "%s tokenizer is of an unknown kind", group + 1);
    array_name(name, group, "vocabulary/bytes");
    char *bytes = read_whole(file, name, SEALED_BYTES, &byte_count, why);
    array_name(name, group, "vocabulary/offsets");
    int64_t *offsets = bytes ? read_whole(file, name, SEALED_INT64, &offset_count, why) : NULL;
    array_name(name, group, "tokenizer");
    char *model_bytes = offsets ? read_whole(file, name, SEALED_BYTES, &model_count, why) : NULL;
    bool done = false;
    if (model_bytes && (offset_count < 1 || offset_count > INT32_MAX))
        fail(why, "%s vocabulary has no offsets", group + 1);
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

static bool read_features(struct sealed *file, const char *group, struct content *content,
                          struct reason *why)
{
    int64_t count = 0;
    if (!sealed_has_attribute(file, group, "features"))
        return true;
    if (!sealed_read_integer(file, group, "features", &count, why))
        return false;
    if (count < 1 || count > CONTENT_FEATURES)
        return fail(why, "%s has %lld features", group + 1, (long long)count);
    for (int i = 0; i < count; i++) {
        char of[NAME_MOST], kind[NAME_MOST];
        feature_group(of, group, i);
        if (!sealed_read_text(file, of, "kind", kind, sizeof kind, why) ||
            !read_tokenizer(file, of, kind, &content->features[i], why))
            return false;
        content->feature_count = i + 1;
    }
    return true;
}

static bool read_closed(struct sealed *file, const char *group, struct content *content,
                        struct reason *why)
{
    int64_t closed = 0;
    if (sealed_has_attribute(file, group, "closed") &&
        !sealed_read_integer(file, group, "closed", &closed, why))
        return false;
    content->closed = closed != 0;
    bool are_whole =
        content->tokenizer.kind == TOKENIZER_WORDS || content->tokenizer.kind == TOKENIZER_LINES;
    return !closed || are_whole ||
           fail(why, "%s symbols are closed, but no words or lines", group + 1);
}

static bool check_reals(const struct content *content, const char *side, struct reason *why)
{
    bool sound = content->stack >= 1 && content->stack <= content->dimension;
    for (int j = 0; sound && j < content->dimension; j++)
        sound = isfinite(content->mean[j]) && isfinite(content->deviation[j]) &&
                content->deviation[j] > 0;
    return sound || fail(why, "%s vectors have no sound mean and deviation", side);
}

static bool read_vectors(struct sealed *file, const char *group, struct content *content,
                         struct reason *why)
{
    int64_t means = 0, deviations = 0, stack;
    char name[NAME_MOST];
    if (!sealed_read_integer(file, group, "stack", &stack, why))
        return false;
    array_name(name, group, "mean");
    content->mean = read_whole(file, name, SEALED_FLOAT32, &means, why);
    array_name(name, group, "deviation");
    if (content->mean)
        content->deviation = read_whole(file, name, SEALED_FLOAT32, &deviations, why);
    if (!content->deviation)
        return false;
    if (means != deviations || means < 1 || means > CONTENT_DIMENSION || stack > means)
        return fail(why, "%s vectors are of no sound dimension", group + 1);
    content->dimension = (int)means;
    content->stack = (int)stack;
    return check_reals(content, group + 1, why);
}

bool content_read(struct sealed *file, enum side side, struct content *content, struct reason *why)
{
    char group[NAME_MOST], kind[NAME_MOST];
    snprintf(group, sizeof group, "/%s", side_names[side]);
    *content = (struct content){0};
    if (!sealed_has(file, group))
        return true;
    if (!sealed_read_text(file, group, "kind", kind, sizeof kind, why))
        return false;
    bool well;
    if (strcmp(kind, vectors_kind) == 0) {
        content->form = FORM_VECTORS;
        well = read_vectors(file, group, content, why);
    } else {
        well = read_tokenizer(file, group, kind, &content->tokenizer, why);
        content->form = well ? FORM_SYMBOLS : FORM_NONE;
        well = well && read_closed(file, group, content, why) &&
               read_features(file, group, content, why);
    }
    if (!well)
        content_release(content);
    return well;
}
