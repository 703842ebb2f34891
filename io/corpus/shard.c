#include "io/corpus/shard.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "io/folder/folder.h"
#include "io/text/utf8.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PIECE = 2048 }; // elements that are checked at a time

struct shard {
    const struct corpus *corpus;
    const struct corpus_shard *row; // of its table
    struct sealed *file;
    struct shard_array cells[SIDES], offsets[SIDES]; // of sides that have something
};

const struct shard_array shard_array_line = {"/line", SEALED_INT64, 1, 1};
const struct shard_array shard_array_text = {"/target/text/bytes", SEALED_BYTES, 1, 1};
const struct shard_array shard_array_text_offsets = {"/target/text/offsets", SEALED_INT64, 1, 1};

struct shard_array shard_array_offsets(enum side side)
{
    struct shard_array array = {.type = SEALED_INT64, .rank = 1, .width = 1};
    snprintf(array.name, sizeof array.name, "/%.15s/offsets", side_names[side]);
    return array;
}

struct shard_array shard_array_cells(enum side side, const struct content *content)
{
    bool vectors = content->form == FORM_VECTORS;
    struct shard_array array = {.width = content_width(content)};
    snprintf(array.name, sizeof array.name, "/%.15s/%s", side_names[side],
             vectors ? "features" : "ids");
    array.type = vectors ? SEALED_FLOAT32 : SEALED_INT32;
    array.rank = vectors || array.width > 1 ? 2 : 1;
    return array;
}

static bool is_empty(const struct shard *shard, enum side side)
{
    return shard->corpus->contents[side].form == FORM_NONE;
}

static bool read_array(struct shard *shard, const struct shard_array *array, int64_t first,
                       int64_t count, void *data, struct reason *why)
{
    return sealed_read(shard->file, array->name, array->type, first, count, data, why);
}

static bool check_length(struct shard *shard, const struct shard_array *array, int64_t expected,
                         struct reason *why)
{
    int64_t found;
    return sealed_dimensions(shard->file, array->name, array->type, 1, &found, why) &&
           (found == expected || fail(why, "array '%s' has %lld elements instead of %lld",
                                      array->name, (long long)found, (long long)expected));
}

static int64_t lesser(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* First 0, never falling, last `last`; no step of INT32_MAX, since lengths get an end. */
static bool check_offsets(struct shard *shard, const struct shard_array *array, int64_t last,
                          struct reason *why)
{
    int64_t before = 0, offsets[PIECE], all = shard->row->sentences + 1;
    if (!check_length(shard, array, all, why))
        return false;
    for (int64_t first = 0; first < all; first += PIECE) {
        int64_t count = lesser(all - first, PIECE);
        if (!read_array(shard, array, first, count, offsets, why))
            return false;
        if (first == 0 && offsets[0] != 0)
            return fail(why, "array '%s' does not start at 0", array->name);
        for (int64_t i = 0; i < count; i++) {
            if (offsets[i] < before || offsets[i] - before >= INT32_MAX)
                return fail(why, "array '%s' falls or leaps at %lld", array->name,
                            (long long)(first + i));
            before = offsets[i];
        }
    }
    return before == last || fail(why, "array '%s' ends at %lld instead of %lld", array->name,
                                  (long long)before, (long long)last);
}

static bool check_cells_shape(struct shard *shard, enum side side, struct reason *why)
{
    const struct shard_array *array = &shard->cells[side];
    const int64_t places = shard->row->tokens[side];
    int64_t found[2];
    if (array->rank == 1)
        return check_length(shard, array, places, why);
    return sealed_dimensions(shard->file, array->name, array->type, 2, found, why) &&
           ((found[0] == places && found[1] == array->width) ||
            fail(why, "array '%s' is of %lld x %lld instead of %lld x %d", array->name,
                 (long long)found[0], (long long)found[1], (long long)places, array->width));
}

static int size_of_vocabulary(const struct content *content, int column)
{
    const struct tokenizer *of = column ? &content->features[column - 1] : &content->tokenizer;
    return of->vocabulary.size;
}

static bool check_cells(struct shard *shard, enum side side, struct reason *why)
{
    if (!check_cells_shape(shard, side, why))
        return false;
    const struct content *content = &shard->corpus->contents[side];
    const struct shard_array *array = &shard->cells[side];
    union {
        int32_t ids[PIECE];
        float values[PIECE];
    } piece;
    int64_t cells = shard->row->tokens[side] * array->width;
    for (int64_t first = 0; first < cells; first += PIECE) {
        int64_t count = lesser(cells - first, PIECE);
        if (!read_array(shard, array, first, count, &piece, why))
            return false;
        for (int64_t i = 0; i < count; i++) {
            const int32_t id = piece.ids[i];
            if (content->form == FORM_VECTORS && !isfinite(piece.values[i]))
                return fail(why, "number %lld of '%s' is not finite", (long long)(first + i),
                            array->name);
            if (content->form == FORM_SYMBOLS &&
                (((content->closed || id != ID_UNKNOWN) && id < IDS_RESERVED) ||
                 id >= size_of_vocabulary(content, (int)((first + i) % array->width))))
                return fail(why, "id %d at %lld of '%s' does not belong there", id,
                            (long long)(first + i), array->name);
        }
    }
    return true;
}

static bool check_lines(struct shard *shard, struct reason *why)
{
    int64_t before = -1, lines[PIECE], all = shard->row->sentences;
    if (!check_length(shard, &shard_array_line, all, why))
        return false;
    for (int64_t first = 0; first < all; first += PIECE) {
        int64_t count = lesser(all - first, PIECE);
        if (!read_array(shard, &shard_array_line, first, count, lines, why))
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
    int64_t offsets[PIECE + 1];
    if (is_empty(shard, side)) {
        memset(lengths, 0, (size_t)count * sizeof *lengths);
        return true;
    }
    if (!read_array(shard, &shard->offsets[side], first, count + 1, offsets, why))
        return false;
    for (int64_t i = 0; i < count; i++) {
        int64_t length = offsets[i + 1] - offsets[i];
        if (length < 0 || length > INT32_MAX)
            return fail(why, "%s", other);
        lengths[i] = (int32_t)length;
    }
    return true;
}

/* What a model relies on, of all sides together: by offsets that are sound. */
static bool check_places(struct shard *shard, struct reason *why)
{
    const struct corpus_rules *rules = shard->corpus->rules;
    bool any = !rules || rules->target == PLACES_ANY;
    enum form forms[SIDES];
    int32_t pieces[SIDES][PIECE], lengths[SIDES];
    for (int side = 0; side < SIDES; side++) {
        forms[side] = shard->corpus->contents[side].form;
        any = any && forms[side] != FORM_VECTORS;
    }
    for (int64_t first = 0; !any && first < shard->row->sentences; first += PIECE) {
        int64_t count = lesser(shard->row->sentences - first, PIECE);
        for (enum side side = 0; side < SIDES; side++)
            if (!read_lengths(shard, side, first, count, pieces[side], why))
                return false;
        for (int64_t i = 0; i < count; i++) {
            for (int side = 0; side < SIDES; side++)
                lengths[side] = pieces[side][i];
            if (!corpus_rules_fit(rules, forms, lengths, first + i, why))
                return false;
        }
    }
    return true;
}

/* The lines first: with them the table's number of sentences is one that the file can hold. */
static bool check_shard(struct shard *shard, struct reason *why)
{
    int64_t bytes;
    if (!check_lines(shard, why))
        return false;
    for (enum side side = 0; side < SIDES; side++)
        if (!is_empty(shard, side) &&
            (!check_offsets(shard, &shard->offsets[side], shard->row->tokens[side], why) ||
             !check_cells(shard, side, why)))
            return false;
    if (!check_places(shard, why))
        return false;
    return !shard->corpus->has_text ||
           (sealed_dimensions(shard->file, shard_array_text.name, SEALED_BYTES, 1, &bytes, why) &&
            check_offsets(shard, &shard_array_text_offsets, bytes, why));
}

static bool about(const struct shard *shard, struct reason *why)
{
    return fail_about(why, "shard '%s'", shard->row->file);
}

struct shard *shard_open(const struct corpus *corpus, int index, struct reason *why)
{
    require(index >= 0 && index < corpus->shards);
    struct shard *shard = memory_take(sizeof *shard);
    shard->corpus = corpus;
    shard->row = &corpus->table[index];
    for (enum side side = 0; side < SIDES; side++) {
        shard->cells[side] = shard_array_cells(side, &corpus->contents[side]);
        shard->offsets[side] = shard_array_offsets(side);
    }
    char path[PATH_MAX];
    if (folder_join(path, corpus->path, shard->row->file, "", why) &&
        (shard->file = sealed_open(path, SEALED_SHARD, &shard->row->hash, why)) &&
        check_shard(shard, why))
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

static void require_sentences(const struct shard *shard, int64_t first, int64_t count)
{
    require(first >= 0 && count >= 0 && first <= shard->row->sentences &&
            count <= shard->row->sentences - first);
}

bool shard_lengths(struct shard *shard, enum side side, int64_t first, int64_t count,
                   int32_t *lengths, struct reason *why)
{
    require_sentences(shard, first, count);
    for (int64_t done = 0, now; done < count; done += now) {
        now = lesser(count - done, PIECE);
        if (!read_lengths(shard, side, first + done, now, lengths + done, why))
            return about(shard, why);
    }
    return true;
}

static bool read_places(struct shard *shard, enum side side, int64_t first, int64_t count,
                        void *cells, struct reason *why)
{
    const struct shard_array *array = &shard->cells[side];
    if (first < 0 || count < 0 || count > shard->row->tokens[side] - first)
        return fail(why, "%s", other);
    return read_array(shard, array, first * array->width, count * array->width, cells, why);
}

bool shard_cells(struct shard *shard, enum side side, int64_t first, int64_t count, int64_t places,
                 void *cells, struct reason *why)
{
    require_sentences(shard, first, count);
    if (is_empty(shard, side))
        return true;
    int64_t start, end;
    return (read_array(shard, &shard->offsets[side], first, 1, &start, why) &&
            read_array(shard, &shard->offsets[side], first + count, 1, &end, why) &&
            (end - start == places || fail(why, "%s", other)) &&
            read_places(shard, side, start, places, cells, why)) ||
           about(shard, why);
}

bool shard_offsets(struct shard *shard, enum side side, int64_t first, int64_t count,
                   int64_t *offsets, struct reason *why)
{
    require_sentences(shard, first, count);
    return read_array(shard, &shard->offsets[side], first, count + 1, offsets, why) ||
           about(shard, why);
}

bool shard_places(struct shard *shard, enum side side, int64_t first, int64_t count, void *cells,
                  struct reason *why)
{
    return read_places(shard, side, first, count, cells, why) || about(shard, why);
}

bool shard_lines(struct shard *shard, int64_t first, int64_t count, int64_t *numbers,
                 struct reason *why)
{
    return read_array(shard, &shard_array_line, first, count, numbers, why) || about(shard, why);
}

static bool add_text(struct shard *shard, int64_t index, struct text *text, struct reason *why)
{
    int64_t ends[2];
    if (!read_array(shard, &shard_array_text_offsets, index, 2, ends, why))
        return false;
    int64_t length = ends[1] - ends[0];
    if (length < 0)
        return fail(why, "%s", other);
    char *bytes = memory_take((size_t)length);
    bool done = read_array(shard, &shard_array_text, ends[0], length, bytes, why);
    if (done && !utf8_valid(bytes, (size_t)length))
        done = fail(why, "text of sentence %lld is not valid UTF-8", (long long)index);
    if (done)
        text_add(text, bytes, (size_t)length);
    memory_free(bytes);
    return done;
}

bool shard_text(struct shard *shard, int64_t index, struct text *text, struct reason *why)
{
    require(shard->corpus->has_text && index >= 0 && index < shard->row->sentences);
    return add_text(shard, index, text, why) || about(shard, why);
}
