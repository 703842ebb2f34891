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

/* Columns of the table on their way to and from the file. */
struct columns {
    uint8_t (*file)[CORPUS_FILE];
    int64_t *sentences, *tokens; // (shards), (shards, sides that there are)
    uint64_t *hash;
};

static void columns_init(struct columns *columns, int shards)
{
    size_t rows = (size_t)shards;
    columns->file = memory_take(rows * sizeof *columns->file);
    columns->sentences = memory_take(rows * sizeof *columns->sentences);
    columns->tokens = memory_take(rows * SIDES * sizeof *columns->tokens);
    columns->hash = memory_take(rows * sizeof *columns->hash);
}

static void columns_release(struct columns *columns)
{
    memory_free(columns->file);
    memory_free(columns->sentences);
    memory_free(columns->tokens);
    memory_free(columns->hash);
}

static bool write_table(struct sealed *file, const struct corpus *corpus, struct reason *why)
{
    struct columns columns;
    enum side sides[SIDES];
    int count = present(corpus, sides);
    columns_init(&columns, corpus->shards);
    for (int i = 0; i < corpus->shards; i++) {
        const struct corpus_shard *row = &corpus->table[i];
        memcpy(columns.file[i], row->file, strlen(row->file));
        columns.sentences[i] = row->sentences;
        for (int k = 0; k < count; k++)
            columns.tokens[i * count + k] = row->tokens[sides[k]];
        columns.hash[i] = row->hash;
    }
    int64_t rows = corpus->shards;
    sealed_write_array(file, "/shards/file", SEALED_BYTES, 2, (int64_t[]){rows, CORPUS_FILE},
                       columns.file, why);
    sealed_write_array(file, "/shards/sentences", SEALED_INT64, 1, &rows, columns.sentences, why);
    sealed_write_array(file, "/shards/tokens", SEALED_INT64, 2, (int64_t[]){rows, count},
                       columns.tokens, why);
    bool done =
        sealed_write_array(file, "/shards/hash", SEALED_UINT64, 1, &rows, columns.hash, why);
    columns_release(&columns);
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
    struct text path;
    text_init(&path);
    text_add_format(&path, "%s/corpus.h5", folder);
    struct sealed *file = sealed_create(path.bytes, SEALED_CORPUS, why);
    text_release(&path);
    if (!file)
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

static bool copy_columns(struct corpus *corpus, const struct columns *columns, struct reason *why)
{
    enum side sides[SIDES];
    int count = present(corpus, sides);
    corpus->table = memory_take((size_t)corpus->shards * sizeof *corpus->table);
    for (int i = 0; i < corpus->shards; i++) {
        struct corpus_shard *row = &corpus->table[i];
        memcpy(row->file, columns->file[i], sizeof row->file - 1);
        row->sentences = columns->sentences[i];
        for (int k = 0; k < count; k++)
            row->tokens[sides[k]] = columns->tokens[i * count + k];
        row->hash = columns->hash[i];
        if (!check_row(corpus, i, why))
            return false;
    }
    return true;
}

static bool read_table(struct sealed *file, struct corpus *corpus, struct reason *why)
{
    int64_t rows, files[2], tokens[2], hashes;
    enum side sides[SIDES];
    int count = present(corpus, sides);
    if (!sealed_dimensions(file, "/shards/sentences", SEALED_INT64, 1, &rows, why) ||
        !sealed_dimensions(file, "/shards/file", SEALED_BYTES, 2, files, why) ||
        !sealed_dimensions(file, "/shards/tokens", SEALED_INT64, 2, tokens, why) ||
        !sealed_dimensions(file, "/shards/hash", SEALED_UINT64, 1, &hashes, why))
        return false;
    if (rows < 1 || rows > SHARDS_MOST || files[0] != rows || files[1] != CORPUS_FILE ||
        tokens[0] != rows || tokens[1] != count || hashes != rows)
        return fail(why, "the table of shards is damaged");
    corpus->shards = (int)rows;
    struct columns columns;
    columns_init(&columns, corpus->shards);
    bool done =
        sealed_read(file, "/shards/file", SEALED_BYTES, 0, rows * CORPUS_FILE, columns.file, why) &&
        sealed_read(file, "/shards/sentences", SEALED_INT64, 0, rows, columns.sentences, why) &&
        sealed_read(file, "/shards/tokens", SEALED_INT64, 0, rows * count, columns.tokens, why) &&
        sealed_read(file, "/shards/hash", SEALED_UINT64, 0, rows, columns.hash, why) &&
        copy_columns(corpus, &columns, why);
    columns_release(&columns);
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

static bool look(const char *path, const char *header, struct reason *why)
{
    struct stat status;
    char folder[PATH_MAX];
    if (stat(path, &status) != 0)
        return fail_errno(why);
    if (!S_ISDIR(status.st_mode))
        return fail(why, folder_around(path, folder) == FOLDER_CORPUS
                             ? "is a file of a corpus: give its folder"
                             : "is a file, not a corpus folder");
    if (folder_kind(path) == FOLDER_RUN)
        return fail(why, "is the folder of a run, not a corpus");
    if (stat(header, &status) != 0)
        return errno == ENOENT ? fail(why, "has no corpus.h5")
                               : fail(why, "corpus.h5: %s", strerror(errno));
    return true;
}

struct corpus *corpus_open(const char *path, corpus_rules_of *rules, struct reason *why)
{
    struct text header;
    text_init(&header);
    text_add_format(&header, "%s/corpus.h5", path);
    struct corpus *corpus = NULL;
    struct sealed *file = NULL;
    if (look(path, header.bytes, why)) {
        file = sealed_open(header.bytes, SEALED_CORPUS, NULL, why);
        if (!file)
            fail_about(why, "corpus.h5");
    }
    if (file) {
        corpus = memory_take(sizeof *corpus);
        corpus->path = memory_copy_text(path);
        if (!read_corpus(file, corpus, rules, why)) {
            fail_about(why, "corpus.h5");
            corpus_close(corpus);
            corpus = NULL;
        }
    }
    sealed_close(file);
    text_release(&header);
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
