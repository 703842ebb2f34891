#include "io/corpus/corpus.h"
#include "comm/base/die.h"
#include "comm/base/hash.h"
#include "comm/base/memory.h"
#include "io/corpus/shard.h"
#include "io/folder/folder.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SHARDS_MOST = 100000, NAME_MOST = 64 };
static const char header[] = "corpus.h5";
static const char table_damaged[] = "the table of shards is damaged";
static const int64_t counted_most = (int64_t)1 << 40; // sentences or tokens of a shard

void corpus_shard_file(int index, char file[CORPUS_FILE])
{
    snprintf(file, CORPUS_FILE, "shard-%05d.h5", index);
}

/* Of content: not of paths, and of nothing that depends on where it was made. */
static uint64_t digest(const struct corpus *corpus)
{
    struct hash hash;
    hash_init(&hash);
    for (int side = 0; side < SIDES; side++)
        content_hash(&corpus->contents[side], &hash);
    for (int i = 0; i < corpus->shards; i++)
        hash_add(&hash, &corpus->table[i].hash, sizeof corpus->table[i].hash);
    uint64_t value = hash_value(&hash);
    hash_release(&hash);
    return value;
}

/* The sides that there are: the table has a column for each. */
static int present(const struct corpus *corpus, enum side sides[SIDES])
{
    int count = 0;
    for (enum side side = 0; side < SIDES; side++)
        if (corpus->contents[side].form != FORM_NONE)
            sides[count++] = side;
    return count;
}

/* A column of the table on its way to or from the file. */
enum { FILES, SENTENCES, TOKENS, HASHES, COLUMNS };
struct column {
    const char *name;
    enum sealed_type type;
    int rank;
    int64_t width;
    void *data; // (shards, width)
};

static void columns_init(struct column columns[COLUMNS], int shards, int sides)
{
    const struct column all[COLUMNS] = {
        [FILES] = {"/shards/file", SEALED_BYTES, 2, CORPUS_FILE, NULL},
        [SENTENCES] = {"/shards/sentences", SEALED_INT64, 1, 1, NULL},
        [TOKENS] = {"/shards/tokens", SEALED_INT64, 2, sides, NULL},
        [HASHES] = {"/shards/hash", SEALED_UINT64, 1, 1, NULL},
    };
    memcpy(columns, all, sizeof all);
    for (struct column *c = columns; c < columns + COLUMNS; c++)
        c->data = memory_take((size_t)(shards * c->width) * sealed_type_bytes(c->type));
}

static void columns_release(struct column columns[COLUMNS])
{
    for (int c = 0; c < COLUMNS; c++)
        memory_free(columns[c].data);
}

static bool write_table(struct sealed *file, const struct corpus *corpus, struct reason *why)
{
    struct column columns[COLUMNS];
    enum side sides[SIDES];
    int count = present(corpus, sides);
    bool done = true;
    columns_init(columns, corpus->shards, count);
    for (int i = 0; i < corpus->shards; i++) {
        const struct corpus_shard *row = &corpus->table[i];
        strcpy((char *)columns[FILES].data + (size_t)i * CORPUS_FILE, row->file);
        ((int64_t *)columns[SENTENCES].data)[i] = row->sentences;
        for (int k = 0; k < count; k++)
            ((int64_t *)columns[TOKENS].data)[i * count + k] = row->tokens[sides[k]];
        ((uint64_t *)columns[HASHES].data)[i] = row->hash;
    }
    for (struct column *c = columns; c < columns + COLUMNS; c++)
        done = sealed_write_array(file, c->name, c->type, c->rank,
                                  (int64_t[]){corpus->shards, c->width}, c->data, why);
    columns_release(columns);
    return done;
}

static bool write_longest(struct sealed *file, const struct corpus *corpus, struct reason *why)
{
    enum side sides[SIDES];
    int64_t longest[SIDES], count = present(corpus, sides);
    for (int k = 0; k < count; k++)
        longest[k] = corpus->longest[sides[k]];
    return sealed_write_array(file, "/longest", SEALED_INT64, 1, &count, longest, why);
}

bool corpus_write(const char *folder, struct corpus *corpus, struct reason *why)
{
    require(corpus->shards >= 1 && corpus->shards <= SHARDS_MOST);
    corpus->digest = digest(corpus);
    char path[PATH_MAX];
    struct sealed *file = NULL;
    if (!folder_join(path, folder, header, "", why) ||
        !(file = sealed_create(path, SEALED_CORPUS, why)))
        return false;
    char word[32];
    snprintf(word, sizeof word, "%016llx", (unsigned long long)corpus->digest);
    sealed_write_integer(file, "/", "format", SEALED_VERSION, why);
    sealed_write_text(file, "/", "task", corpus->task, why);
    sealed_write_text(file, "/", "digest", word, why);
    sealed_write_integer(file, "/", "joint", corpus->joint, why);
    sealed_write_integer(file, "/", "has_text", corpus->has_text, why);
    if (corpus->stream)
        sealed_write_integer(file, "/", "stream", 1, why);
    sealed_write_integer(file, "/", "seed", (int64_t)corpus->seed, why);
    for (int side = 0; side < SIDES; side++)
        content_write(file, side, &corpus->contents[side], why);
    write_table(file, corpus, why);
    write_longest(file, corpus, why);
    uint64_t hash;
    return sealed_commit(file, &hash, why);
}

static bool read_flag(struct sealed *file, const char *name, int *flag, struct reason *why)
{
    int64_t value;
    if (!sealed_read_integer(file, "/", name, &value, why))
        return false;
    *flag = value != 0;
    return value == 0 || value == 1 || fail(why, "attribute '%s' is neither 0 nor 1", name);
}

static bool read_attributes(struct sealed *file, struct corpus *corpus, struct reason *why)
{
    char word[NAME_MOST];
    int64_t seed, format;
    if (!sealed_read_integer(file, "/", "format", &format, why) ||
        !sealed_read_text(file, "/", "task", corpus->task, sizeof corpus->task, why) ||
        !sealed_read_text(file, "/", "digest", word, sizeof word, why) ||
        !read_flag(file, "joint", &corpus->joint, why) ||
        !read_flag(file, "has_text", &corpus->has_text, why) ||
        (sealed_has_attribute(file, "/", "stream") &&
         !read_flag(file, "stream", &corpus->stream, why)) ||
        !sealed_read_integer(file, "/", "seed", &seed, why))
        return false;
    corpus->seed = (uint64_t)seed;
    corpus->digest = strtoull(word, NULL, 16);
    return format == SEALED_VERSION || fail(why, "is of format %lld", (long long)format);
}

static bool counted(int64_t count)
{
    return count >= 0 && count <= counted_most;
}

static bool check_row(struct corpus *corpus, int index, struct reason *why)
{
    const struct corpus_shard *row = &corpus->table[index];
    char expected[CORPUS_FILE];
    corpus_shard_file(index, expected);
    bool sound = strcmp(row->file, expected) == 0 && counted(row->sentences);
    corpus->sentences += sound ? row->sentences : 0;
    for (int side = 0; side < SIDES; side++) {
        sound = sound && counted(row->tokens[side]);
        corpus->tokens[side] += sound ? row->tokens[side] : 0;
    }
    return sound || fail(why, "row %d of the table of shards is damaged", index);
}

static bool copy_columns(struct corpus *corpus, const struct column columns[COLUMNS],
                         struct reason *why)
{
    enum side sides[SIDES];
    int count = present(corpus, sides);
    corpus->table = memory_take((size_t)corpus->shards * sizeof *corpus->table);
    for (int i = 0; i < corpus->shards; i++) {
        struct corpus_shard *row = &corpus->table[i];
        memcpy(row->file, (char *)columns[FILES].data + (size_t)i * CORPUS_FILE, CORPUS_FILE - 1);
        row->sentences = ((int64_t *)columns[SENTENCES].data)[i];
        for (int k = 0; k < count; k++)
            row->tokens[sides[k]] = ((int64_t *)columns[TOKENS].data)[i * count + k];
        row->hash = ((uint64_t *)columns[HASHES].data)[i];
        if (!check_row(corpus, i, why))
            return false;
    }
    return true;
}

static bool read_column(struct sealed *file, const struct column *column, int64_t rows,
                        struct reason *why)
{
    int64_t found[2] = {0, 1};
    return sealed_dimensions(file, column->name, column->type, column->rank, found, why) &&
           ((found[0] == rows && found[1] == column->width) || fail(why, "%s", table_damaged)) &&
           sealed_read(file, column->name, column->type, 0, rows * column->width, column->data,
                       why);
}

static bool read_table(struct sealed *file, struct corpus *corpus, struct reason *why)
{
    int64_t rows;
    enum side sides[SIDES];
    struct column columns[COLUMNS];
    if (!sealed_dimensions(file, "/shards/sentences", SEALED_INT64, 1, &rows, why))
        return false;
    if (rows < 1 || rows > SHARDS_MOST)
        return fail(why, "%s", table_damaged);
    corpus->shards = (int)rows;
    columns_init(columns, corpus->shards, present(corpus, sides));
    bool done = true;
    for (int c = 0; done && c < COLUMNS; c++)
        done = read_column(file, &columns[c], rows, why);
    done = done && copy_columns(corpus, columns, why);
    columns_release(columns);
    return done;
}

/* Earlier corpora do not have it. */
static bool read_longest(struct sealed *file, struct corpus *corpus, struct reason *why)
{
    enum side sides[SIDES];
    int64_t found, longest[SIDES], count = present(corpus, sides);
    if (!sealed_has(file, "/longest"))
        return true;
    if (!sealed_dimensions(file, "/longest", SEALED_INT64, 1, &found, why))
        return false;
    if (found != count)
        return fail(why, "array '/longest' is damaged");
    if (!sealed_read(file, "/longest", SEALED_INT64, 0, count, longest, why))
        return false;
    for (int k = 0; k < count; k++) {
        if (longest[k] < 0 || longest[k] > corpus->tokens[sides[k]])
            return fail(why, "array '/longest' is damaged");
        corpus->longest[sides[k]] = longest[k];
    }
    return true;
}

static bool is_running(const struct corpus *corpus)
{
    const struct content *target = &corpus->contents[TARGET];
    return corpus->contents[SOURCE].form == FORM_NONE &&
           corpus->contents[SECOND].form == FORM_NONE && target->feature_count == 0;
}

static bool read_corpus(struct sealed *file, struct corpus *corpus, corpus_rules_of *rules,
                        struct reason *why)
{
    if (!read_attributes(file, corpus, why))
        return false;
    for (int side = 0; side < SIDES; side++)
        if (!content_read(file, side, &corpus->contents[side], why))
            return false;
    if (corpus->contents[TARGET].form == FORM_NONE)
        return fail(why, "has no target");
    if (corpus->stream && !is_running(corpus))
        return fail(why, "is a running text, but has a source or features");
    corpus->rules = rules ? rules(corpus->task) : NULL;
    if (!corpus_rules_check(corpus->rules, corpus->task, corpus->contents, why))
        return false;
    if (!read_table(file, corpus, why) || !read_longest(file, corpus, why))
        return false;
    if (corpus->joint &&
        !content_alike(&corpus->contents[SOURCE], &corpus->contents[TARGET], "joint", why))
        return false;
    return corpus->digest == digest(corpus) || fail(why, "its digest does not match its content");
}

/* path: of corpus.h5 in the folder. */
static bool look(const char *folder, char path[PATH_MAX], struct reason *why)
{
    struct stat status;
    char around[PATH_MAX];
    if (stat(folder, &status) != 0)
        return fail_errno(why);
    if (!S_ISDIR(status.st_mode))
        return fail(why, folder_around(folder, around) == FOLDER_CORPUS
                             ? "is a file of a corpus: give its folder"
                             : "is a file, not a corpus folder");
    if (folder_kind(folder) == FOLDER_RUN)
        return fail(why, "is the folder of a run, not a corpus");
    if (!folder_join(path, folder, header, "", why))
        return false;
    if (stat(path, &status) != 0)
        return errno == ENOENT ? fail(why, "has no %s", header)
                               : fail(why, "%s: %s", header, strerror(errno));
    return true;
}

struct corpus *corpus_open(const char *path, corpus_rules_of *rules, struct reason *why)
{
    char file_path[PATH_MAX];
    if (!look(path, file_path, why))
        return NULL;
    struct sealed *file = sealed_open(file_path, SEALED_CORPUS, NULL, why);
    struct corpus *corpus = memory_take(sizeof *corpus);
    corpus->path = memory_copy_text(path);
    if (!file || !read_corpus(file, corpus, rules, why)) {
        fail_about(why, "%s", header);
        corpus_close(corpus);
        corpus = NULL;
    }
    sealed_close(file);
    return corpus;
}

void corpus_close(struct corpus *corpus)
{
    if (!corpus)
        return;
    for (int side = 0; side < SIDES; side++)
        content_release(&corpus->contents[side]);
    memory_free(corpus->table);
    memory_free(corpus->path);
    memory_free(corpus);
}

bool corpus_check(const struct corpus *corpus, struct reason *why)
{
    for (int i = 0; i < corpus->shards; i++) {
        struct shard *shard = shard_open(corpus, i, why);
        if (!shard)
            return false;
        shard_close(shard);
    }
    return true;
}
