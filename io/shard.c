#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "io/corpus.h"
#include "io/utf8.h"
#include <string.h>

enum { PIECE = 2048 }; // elements that are checked at a time

struct shard {
    struct sealed *file;
    char name[32]; // for messages
    int64_t sentences, tokens[SIDES], text_bytes;
    int has_text;
};

/* Of one piece, for reading and checking: not in each of thousands of shards. */
static _Thread_local int64_t piece[PIECE + 1];

static const char *const ids_names[SIDES] = {"/source/ids", "/target/ids"};
static const char *const offsets_names[SIDES] = {"/source/offsets", "/target/offsets"};

static bool check_length(struct sealed *file, const char *name, enum sealed_type type,
                         int64_t expected, struct reason *why)
{
    int64_t found;
    return sealed_dimensions(file, name, type, 1, &found, why) &&
           (found == expected || fail(why, "array '%s' has %lld elements instead of %lld", name,
                                      (long long)found, (long long)expected));
}

/* First 0, never falling, last `last`; no step of INT32_MAX, since lengths get an end. */
static bool check_offsets(struct shard *shard, const char *name, int64_t last, struct reason *why)
{
    if (!check_length(shard->file, name, SEALED_INT64, shard->sentences + 1, why))
        return false;
    int64_t before = 0, *offsets = piece;
    for (int64_t first = 0; first <= shard->sentences; first += PIECE) {
        int64_t rest = shard->sentences + 1 - first, count = rest < PIECE ? rest : PIECE;
        if (!sealed_read(shard->file, name, SEALED_INT64, first, count, offsets, why))
            return false;
        if (first == 0 && offsets[0] != 0)
            return fail(why, "array '%s' does not start at 0", name);
        for (int64_t i = 0; i < count; i++) {
            if (offsets[i] < before || offsets[i] - before >= INT32_MAX)
                return fail(why, "array '%s' falls or leaps at %lld", name, (long long)(first + i));
            before = offsets[i];
        }
    }
    return before == last || fail(why, "array '%s' ends at %lld instead of %lld", name,
                                  (long long)before, (long long)last);
}

static bool check_ids(struct shard *shard, enum side side, int vocabulary, struct reason *why)
{
    const char *name = ids_names[side];
    if (!check_length(shard->file, name, SEALED_INT32, shard->tokens[side], why))
        return false;
    int32_t *ids = (int32_t *)piece;
    for (int64_t first = 0; first < shard->tokens[side]; first += PIECE) {
        int64_t rest = shard->tokens[side] - first, count = rest < PIECE ? rest : PIECE;
        if (!sealed_read(shard->file, name, SEALED_INT32, first, count, ids, why))
            return false;
        for (int64_t i = 0; i < count; i++)
            if ((ids[i] != ID_UNKNOWN && ids[i] < IDS_RESERVED) || ids[i] >= vocabulary)
                return fail(why, "id %d at %lld of '%s' does not belong there", ids[i],
                            (long long)(first + i), name);
    }
    return true;
}

static bool check_lines(struct shard *shard, struct reason *why)
{
    if (!check_length(shard->file, "/line", SEALED_INT64, shard->sentences, why))
        return false;
    int64_t before = -1, *lines = piece;
    for (int64_t first = 0; first < shard->sentences; first += PIECE) {
        int64_t rest = shard->sentences - first, count = rest < PIECE ? rest : PIECE;
        if (!sealed_read(shard->file, "/line", SEALED_INT64, first, count, lines, why))
            return false;
        for (int64_t i = 0; i < count; i++) {
            if (lines[i] <= before)
                return fail(why, "array '/line' does not rise at %lld", (long long)(first + i));
            before = lines[i];
        }
    }
    return true;
}

/* The lines first: with them the table's number of sentences is one that the file can hold. */
static bool check_shard(struct shard *shard, const struct corpus *corpus, struct reason *why)
{
    if (!check_lines(shard, why))
        return false;
    for (int side = 0; side < SIDES; side++)
        if (!check_offsets(shard, offsets_names[side], shard->tokens[side], why) ||
            !check_ids(shard, side, corpus->tokenizers[side].vocabulary.size, why))
            return false;
    if (!shard->has_text)
        return true;
    return sealed_dimensions(shard->file, "/target/text/bytes", SEALED_BYTES, 1, &shard->text_bytes,
                             why) &&
           check_offsets(shard, "/target/text/offsets", shard->text_bytes, why);
}

/* The reason, with the shard's name before it; false. */
static bool about(const struct shard *shard, struct reason *why)
{
    struct reason inner = *why;
    return fail(why, "shard '%s': %.900s", shard->name, inner.text);
}

struct shard *shard_open(const struct corpus *corpus, int index, struct reason *why)
{
    require(index >= 0 && index < corpus->shards);
    const struct corpus_shard *row = &corpus->table[index];
    struct shard *shard = memory_take(sizeof *shard);
    memcpy(shard->name, row->file, sizeof shard->name);
    memcpy(shard->tokens, row->tokens, sizeof shard->tokens);
    shard->sentences = row->sentences;
    shard->has_text = corpus->has_text;
    struct text path;
    text_init(&path);
    text_add_format(&path, "%s/%s", corpus->path, row->file);
    shard->file = sealed_open(path.bytes, SEALED_SHARD, &row->hash, why);
    text_release(&path);
    if (shard->file && check_shard(shard, corpus, why))
        return shard;
    about(shard, why);
    shard_close(shard);
    return NULL;
}

void shard_close(struct shard *shard)
{
    if (!shard)
        return;
    sealed_close(shard->file);
    memory_free(shard);
}

void shard_pause(struct shard *shard)
{
    sealed_pause(shard->file);
}

/* Of offsets that were sound when the shard was opened: memory is read and written by them. */
static const char other[] = "has changed while it was read";

bool shard_lengths(struct shard *shard, enum side side, int64_t first, int64_t count,
                   int32_t *lengths, struct reason *why)
{
    require(first >= 0 && count >= 0 && first <= shard->sentences &&
            count <= shard->sentences - first);
    for (int64_t done = 0; done < count;) {
        int64_t now = count - done < PIECE ? count - done : PIECE;
        if (!sealed_read(shard->file, offsets_names[side], SEALED_INT64, first + done, now + 1,
                         piece, why))
            return about(shard, why);
        for (int64_t i = 0; i < now; i++) {
            int64_t length = piece[i + 1] - piece[i];
            if (length < 0 || length > INT32_MAX)
                return fail(why, "%s", other) || about(shard, why);
            lengths[done + i] = (int32_t)length;
        }
        done += now;
    }
    return true;
}

bool shard_ids(struct shard *shard, enum side side, int64_t first, int64_t count, int64_t tokens,
               int32_t *ids, struct reason *why)
{
    require(first >= 0 && count >= 0 && first <= shard->sentences &&
            count <= shard->sentences - first);
    int64_t start, end;
    return (sealed_read(shard->file, offsets_names[side], SEALED_INT64, first, 1, &start, why) &&
            sealed_read(shard->file, offsets_names[side], SEALED_INT64, first + count, 1, &end,
                        why) &&
            (end - start == tokens || fail(why, "%s", other)) &&
            sealed_read(shard->file, ids_names[side], SEALED_INT32, start, tokens, ids, why)) ||
           about(shard, why);
}

bool shard_lines(struct shard *shard, int64_t first, int64_t count, int64_t *numbers,
                 struct reason *why)
{
    return sealed_read(shard->file, "/line", SEALED_INT64, first, count, numbers, why) ||
           about(shard, why);
}

static bool add_text(struct shard *shard, int64_t index, struct text *text, struct reason *why)
{
    int64_t ends[2];
    if (!sealed_read(shard->file, "/target/text/offsets", SEALED_INT64, index, 2, ends, why))
        return false;
    int64_t length = ends[1] - ends[0];
    if (length < 0)
        return fail(why, "%s", other);
    char *bytes = memory_take((size_t)length);
    bool done =
        sealed_read(shard->file, "/target/text/bytes", SEALED_BYTES, ends[0], length, bytes, why);
    if (done && !utf8_valid(bytes, (size_t)length))
        done = fail(why, "text of sentence %lld is not valid UTF-8", (long long)index);
    if (done)
        text_add(text, bytes, (size_t)length);
    memory_free(bytes);
    return done;
}

bool shard_text(struct shard *shard, int64_t index, struct text *text, struct reason *why)
{
    require(shard->has_text && index >= 0 && index < shard->sentences);
    return add_text(shard, index, text, why) || about(shard, why);
}
