#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "io/corpus/corpus.h"
#include "io/text/utf8.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PIECE = 2048 }; // elements that are checked at a time

struct shard {
    struct sealed *file;
    const struct corpus_rules *rules;
    char name[32]; // for messages
    int64_t sentences, tokens[SIDES], text_bytes;
    int has_text;
    enum form form[SIDES];
    int width[SIDES]; // cells of a place
};

/* Of one piece, for reading and checking: not in each of thousands of shards. */
static _Thread_local int64_t piece[PIECE + 1];
static _Thread_local int32_t piece_lengths[SIDES][PIECE];

enum { NAME_MOST = 32 };

static void offsets_name(enum side side, char name[NAME_MOST])
{
    snprintf(name, NAME_MOST, "/%s/offsets", side_names[side]);
}

/* "/source/ids", "/source/features"; the type of its cells. */
static enum sealed_type cells_name(const struct shard *shard, enum side side, char name[NAME_MOST])
{
    bool vectors = shard->form[side] == FORM_VECTORS;
    snprintf(name, NAME_MOST, "/%s/%s", side_names[side], vectors ? "features" : "ids");
    return vectors ? SEALED_FLOAT32 : SEALED_INT32;
}

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

/* (places), or where a place has more than one cell, and always of vectors, (places, width). */
static bool check_cells_shape(struct shard *shard, enum side side, struct reason *why)
{
    char name[NAME_MOST];
    int64_t found[2];
    enum sealed_type type = cells_name(shard, side, name);
    if (type == SEALED_INT32 && shard->width[side] == 1)
        return check_length(shard->file, name, type, shard->tokens[side], why);
    return sealed_dimensions(shard->file, name, type, 2, found, why) &&
           ((found[0] == shard->tokens[side] && found[1] == shard->width[side]) ||
            fail(why, "array '%s' is of %lld x %lld instead of %lld x %d", name,
                 (long long)found[0], (long long)found[1], (long long)shard->tokens[side],
                 shard->width[side]));
}

static int size_of_vocabulary(const struct content *content, int column)
{
    const struct tokenizer *of = column ? &content->features[column - 1] : &content->tokenizer;
    return of->vocabulary.size;
}

static bool check_cells(struct shard *shard, enum side side, const struct content *content,
                        struct reason *why)
{
    char name[NAME_MOST];
    enum sealed_type type = cells_name(shard, side, name);
    if (!check_cells_shape(shard, side, why))
        return false;
    const int32_t *ids = (const int32_t *)piece;
    const float *values = (const float *)piece;
    int width = shard->width[side];
    int64_t cells = shard->tokens[side] * width;
    for (int64_t first = 0; first < cells; first += PIECE) {
        int64_t count = cells - first < PIECE ? cells - first : PIECE;
        if (!sealed_read(shard->file, name, type, first, count, piece, why))
            return false;
        for (int64_t i = 0; i < count; i++) {
            if (type == SEALED_FLOAT32 && !isfinite(values[i]))
                return fail(why, "number %lld of '%s' is not finite", (long long)(first + i), name);
            if (type == SEALED_INT32 &&
                (((content->closed || ids[i] != ID_UNKNOWN) && ids[i] < IDS_RESERVED) ||
                 ids[i] >= size_of_vocabulary(content, (int)((first + i) % width))))
                return fail(why, "id %d at %lld of '%s' does not belong there", ids[i],
                            (long long)(first + i), name);
        }
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

/* Of offsets that were sound when the shard was opened: memory is read and written by them. */
static const char other[] = "has changed while it was read";

/* count: at most PIECE. */
static bool read_lengths(struct shard *shard, enum side side, int64_t first, int64_t count,
                         int32_t *lengths, struct reason *why)
{
    char name[NAME_MOST];
    if (shard->form[side] == FORM_NONE) {
        memset(lengths, 0, (size_t)count * sizeof *lengths);
        return true;
    }
    offsets_name(side, name);
    if (!sealed_read(shard->file, name, SEALED_INT64, first, count + 1, piece, why))
        return false;
    for (int64_t i = 0; i < count; i++) {
        int64_t length = piece[i + 1] - piece[i];
        if (length < 0 || length > INT32_MAX)
            return fail(why, "%s", other);
        lengths[i] = (int32_t)length;
    }
    return true;
}

/* What a model relies on, of all sides together: by offsets that are sound. */
static bool check_places(struct shard *shard, struct reason *why)
{
    bool any = !shard->rules || shard->rules->target == PLACES_ANY;
    for (int side = 0; side < SIDES; side++)
        any = any && shard->form[side] != FORM_VECTORS;
    for (int64_t first = 0; !any && first < shard->sentences; first += PIECE) {
        int64_t rest = shard->sentences - first, count = rest < PIECE ? rest : PIECE;
        int32_t lengths[SIDES];
        for (enum side side = 0; side < SIDES; side++)
            if (!read_lengths(shard, side, first, count, piece_lengths[side], why))
                return false;
        for (int64_t i = 0; i < count; i++) {
            for (int side = 0; side < SIDES; side++)
                lengths[side] = piece_lengths[side][i];
            if (!corpus_rules_fit(shard->rules, shard->form, lengths, first + i, why))
                return false;
        }
    }
    return true;
}

/* The lines first: with them the table's number of sentences is one that the file can hold. */
static bool check_shard(struct shard *shard, const struct corpus *corpus, struct reason *why)
{
    if (!check_lines(shard, why))
        return false;
    for (enum side side = 0; side < SIDES; side++) {
        char name[NAME_MOST];
        if (shard->form[side] == FORM_NONE)
            continue;
        offsets_name(side, name);
        if (!check_offsets(shard, name, shard->tokens[side], why) ||
            !check_cells(shard, side, &corpus->contents[side], why))
            return false;
    }
    if (!check_places(shard, why))
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
    shard->rules = corpus->rules;
    for (int side = 0; side < SIDES; side++) {
        shard->form[side] = corpus->contents[side].form;
        shard->width[side] = content_width(&corpus->contents[side]);
    }
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

bool shard_lengths(struct shard *shard, enum side side, int64_t first, int64_t count,
                   int32_t *lengths, struct reason *why)
{
    require(first >= 0 && count >= 0 && first <= shard->sentences &&
            count <= shard->sentences - first);
    for (int64_t done = 0, now; done < count; done += now) {
        now = count - done < PIECE ? count - done : PIECE;
        if (!read_lengths(shard, side, first + done, now, lengths + done, why))
            return about(shard, why);
    }
    return true;
}

static bool read_cells(struct shard *shard, enum side side, int64_t first, int64_t count,
                       int64_t places, void *cells, struct reason *why)
{
    char offsets[NAME_MOST], name[NAME_MOST];
    int64_t start, end, width = shard->width[side];
    enum sealed_type type = cells_name(shard, side, name);
    offsets_name(side, offsets);
    return sealed_read(shard->file, offsets, SEALED_INT64, first, 1, &start, why) &&
           sealed_read(shard->file, offsets, SEALED_INT64, first + count, 1, &end, why) &&
           (end - start == places || fail(why, "%s", other)) &&
           sealed_read(shard->file, name, type, start * width, places * width, cells, why);
}

bool shard_cells(struct shard *shard, enum side side, int64_t first, int64_t count, int64_t places,
                 void *cells, struct reason *why)
{
    require(first >= 0 && count >= 0 && first <= shard->sentences &&
            count <= shard->sentences - first);
    if (shard->form[side] == FORM_NONE)
        return true;
    return read_cells(shard, side, first, count, places, cells, why) || about(shard, why);
}

bool shard_offsets(struct shard *shard, enum side side, int64_t first, int64_t count,
                   int64_t *offsets, struct reason *why)
{
    char name[NAME_MOST];
    require(first >= 0 && count >= 0 && count <= shard->sentences - first);
    offsets_name(side, name);
    return sealed_read(shard->file, name, SEALED_INT64, first, count + 1, offsets, why) ||
           about(shard, why);
}

bool shard_places(struct shard *shard, enum side side, int64_t first, int64_t count, void *cells,
                  struct reason *why)
{
    char name[NAME_MOST];
    const int64_t width = shard->width[side];
    enum sealed_type type = cells_name(shard, side, name);
    if (first < 0 || count < 0 || count > shard->tokens[side] - first)
        return fail(why, "%s", other) || about(shard, why);
    return sealed_read(shard->file, name, type, first * width, count * width, cells, why) ||
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
