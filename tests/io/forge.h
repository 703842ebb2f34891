/* For tests: the content of a sealed file in memory, changed at will and sealed as it should be:
 * what another program, or somebody on purpose, could write. */
#ifndef FORGE_H
#define FORGE_H

#include "made_files.h"

#include "io/corpus/content.h"
#include "io/sealed/sealed_file.h"

struct forged_array {
    char name[128];
    enum sealed_type type;
    int rank;
    int64_t dimensions[2];
    const void *data;
    int64_t claimed; // 0, or how many elements it says that it has
    bool left_out;
};
struct forged_attribute {
    const char *group;
    char name[64];
    char kind; // 't'ext, 'i'nteger, 'r'eal
    char text[256];
    int64_t integer;
    double real;
    bool left_out;
};
struct forgery {
    enum sealed_what what;
    struct forged_array arrays[128];
    struct forged_attribute attributes[160];
    int array_count, attribute_count;
};

static void add_attribute(void *to, const char *name)
{
    struct forgery *forgery = to;
    strcpy(forgery->attributes[forgery->attribute_count++].name, name);
}

/* Everything that the groups have as attributes, behind what was read before. */
static void forgery_read_attributes(struct forgery *forgery, const char *path, const char *group)
{
    struct reason why;
    struct sealed *file = sealed_open(path, forgery->what, NULL, &why);
    int first = forgery->attribute_count;
    assert_true(sealed_each_attribute(file, group, add_attribute, forgery, &why));
    for (int i = first; i < forgery->attribute_count; i++) {
        struct forged_attribute *a = &forgery->attributes[i];
        a->group = group;
        if (sealed_read_text(file, group, a->name, a->text, sizeof a->text, &why))
            a->kind = 't';
        else if (sealed_read_integer(file, group, a->name, &a->integer, &why))
            a->kind = 'i';
        else if (sealed_read_real(file, group, a->name, &a->real, &why))
            a->kind = 'r';
        assert_true(a->kind);
    }
    sealed_close(file);
}

static void forgery_read_array(struct forgery *forgery, const char *path, const char *name,
                               enum sealed_type type, int rank)
{
    struct reason why;
    struct sealed *file = sealed_open(path, forgery->what, NULL, &why);
    struct forged_array *array = &forgery->arrays[forgery->array_count++];
    *array = (struct forged_array){.type = type, .rank = rank, .dimensions = {0, 1}};
    strcpy(array->name, name);
    if (!sealed_dimensions(file, name, type, rank, array->dimensions, &why))
        fail_msg("%s", why.text);
    int64_t elements = array->dimensions[0] * array->dimensions[1];
    void *data = calloc((size_t)elements + 8, 8);
    assert_true(sealed_read(file, name, type, 0, elements, data, &why));
    array->data = data;
    sealed_close(file);
}

/* All that corpus.h5 holds of sides of symbols, from `first` on; of others their attributes. */
static __attribute__((unused)) void forgery_read_corpus(struct forgery *header, const char *path,
                                                        enum side first)
{
    static const char *const groups[] = {"/", "/source", "/target"};
    *header = (struct forgery){.what = SEALED_CORPUS};
    for (int i = 0; i < 3; i++)
        forgery_read_attributes(header, path, groups[i]);
    for (int side = first; side < SIDES; side += TARGET) {
        char name[64];
        snprintf(name, sizeof name, "/%s/vocabulary/bytes", side_names[side]);
        forgery_read_array(header, path, name, SEALED_BYTES, 1);
        snprintf(name, sizeof name, "/%s/vocabulary/offsets", side_names[side]);
        forgery_read_array(header, path, name, SEALED_INT64, 1);
        snprintf(name, sizeof name, "/%s/tokenizer", side_names[side]);
        forgery_read_array(header, path, name, SEALED_BYTES, 1);
    }
    forgery_read_array(header, path, "/shards/file", SEALED_BYTES, 2);
    forgery_read_array(header, path, "/shards/sentences", SEALED_INT64, 1);
    forgery_read_array(header, path, "/shards/tokens", SEALED_INT64, 2);
    forgery_read_array(header, path, "/shards/hash", SEALED_UINT64, 1);
}

/* Of what was read, not of copies that were changed. */
static void forgery_release(struct forgery *forgery)
{
    for (int i = 0; i < forgery->array_count; i++)
        free((void *)forgery->arrays[i].data);
}

static __attribute__((unused)) struct forged_array *forged_array(struct forgery *forgery,
                                                                 const char *name)
{
    for (int i = 0; i < forgery->array_count; i++)
        if (strcmp(forgery->arrays[i].name, name) == 0)
            return &forgery->arrays[i];
    fail_msg("no array '%s'", name);
    return NULL;
}

static __attribute__((unused)) struct forged_attribute *
forged_attribute(struct forgery *forgery, const char *group, const char *name)
{
    for (int i = 0; i < forgery->attribute_count; i++)
        if (strcmp(forgery->attributes[i].group, group) == 0 &&
            strcmp(forgery->attributes[i].name, name) == 0)
            return &forgery->attributes[i];
    fail_msg("no attribute '%s'", name);
    return NULL;
}

static void write_forged_array(struct sealed *file, const struct forged_array *array)
{
    struct reason why;
    if (!array->claimed) {
        if (!sealed_write_array(file, array->name, array->type, array->rank, array->dimensions,
                                array->data, &why))
            fail_msg("%s: %s", array->name, why.text);
        return;
    }
    int64_t growing = -1; // chunks that were never written take no room
    assert_true(sealed_begin_array(file, array->name, array->type, 1, &growing, &why));
    assert_true(sealed_append(file, array->name, array->dimensions[0], array->data, &why));
    hsize_t claimed = (hsize_t)array->claimed;
    struct sealed_array *open = sealed_find_array(file, array->name);
    assert_true(H5Dset_extent(open->id, &claimed) >= 0);
    assert_true(sealed_close_array(open, &why));
}

static uint64_t forgery_write(const struct forgery *forgery, const char *path)
{
    struct reason why;
    uint64_t hash;
    struct sealed *file = sealed_create(path, forgery->what, &why);
    assert_non_null(file);
    for (int i = 0; i < forgery->attribute_count; i++) {
        const struct forged_attribute *a = &forgery->attributes[i];
        if (!a->left_out && a->kind == 't')
            sealed_write_text(file, a->group, a->name, a->text, &why);
        else if (!a->left_out && a->kind == 'i')
            sealed_write_integer(file, a->group, a->name, a->integer, &why);
        else if (!a->left_out)
            sealed_write_real(file, a->group, a->name, a->real, &why);
    }
    for (int i = 0; i < forgery->array_count; i++)
        if (!forgery->arrays[i].left_out)
            write_forged_array(file, &forgery->arrays[i]);
    if (!sealed_commit(file, &hash, &why))
        fail_msg("%s", why.text);
    return hash;
}

/* Each array and attribute in turn is missing, of another type or rank, or says that it is huge:
 * `try_it` writes the file, reads it, and claims that the reason has these words. The forgeries. */
static __attribute__((unused)) int forge_each(const struct forgery *good,
                                              void (*try_it)(const struct forgery *forgery,
                                                             const char *name, const char *words))
{
    int count = 0;
    static struct forgery forgery;
    for (int i = 0; i < good->array_count; i++)
        for (int way = 0; way < 4; way++) {
            forgery = *good;
            struct forged_array *array = &forgery.arrays[i];
            if (way == 3 && array->rank == 2)
                continue;
            static const char *const words[] = {"is missing", "has another type", "does not have ",
                                                "is larger than the file"};
            array->left_out = way == 0;
            if (way == 1) // of the smallest elements: the bytes suffice
                array->type = array->type == SEALED_BYTES ? SEALED_INT32 : SEALED_BYTES;
            if (way == 1 && array->type == SEALED_INT32)
                array->dimensions[0] = 1;
            if (way == 2) {
                array->dimensions[0] *= array->dimensions[1];
                array->dimensions[1] = 1;
                array->rank = 3 - array->rank;
            }
            array->claimed = way == 3 ? (int64_t)1 << 60 : 0;
            try_it(&forgery, array->name, words[way]);
            count++;
        }
    for (int i = 0; i < good->attribute_count; i++)
        for (int way = 0; way < 2; way++) {
            forgery = *good;
            struct forged_attribute *a = &forgery.attributes[i];
            a->left_out = way == 0;
            if (way == 1)
                a->kind = a->kind == 'r' ? 'i' : 'r';
            try_it(&forgery, a->name, way ? "has another type" : "is missing");
            count++;
        }
    return count;
}

#endif
