#include "trainer/benchmark/made.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/base/random.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Some first sentences of `order`, as many as there are in a micro-batch. */
struct cut {
    int first, count;
};
struct made {
    struct made_options options;
    int count;
    struct sentence *sentences; // (count), in the order of the text
    struct shape shape;         // its head and sides, for batch_pack
    int32_t *symbols;
    struct sentence *order; // (count): pool by pool, sorted
    struct cut *cuts;
    int cut_count, next;
    struct feed_group group;
};

/* Sentences of a pool: about as many as its micro-batches hold. */
static int pool_of(const struct made_options *options)
{
    int64_t most = 2 * (int64_t)options->batch_tokens / (MADE_SHORTEST + options->longest + 2) + 1;
    return MADE_POOL * (int)(options->batch_sentences < most ? options->batch_sentences : most);
}

/* Whether a side is one label; whether its symbols are tags or labels, not words. */
static bool is_label(const struct task *task, enum side side)
{
    return side == TARGET ? task->rules.target == PLACES_ONE : task->from_single;
}

static bool is_of_classes(const struct task *task, enum side side)
{
    return is_label(task, side) || (side == TARGET && task_in_step(task));
}

static struct side_shape side_of(const struct made_options *options, enum side side)
{
    const struct task *task = task_of(options->task);
    int most = IDS_RESERVED + MADE_CLASSES;
    if (side == SECOND || (side == SOURCE && task->rules.sources == 0))
        return (struct side_shape){.form = FORM_NONE};
    return (struct side_shape){
        .form = FORM_SYMBOLS,
        .vocabulary =
            is_of_classes(task, side) && options->vocabulary > most ? most : options->vocabulary,
        .end = side == TARGET ? task->target_end : options->source_end,
    };
}

/* Cumulative weights 1/1, 1/1 + 1/2, ... of the symbols behind the reserved ones. */
static double *zipf(int symbols)
{
    double *sums = memory_take((size_t)symbols * sizeof *sums), sum = 0;
    for (int i = 0; i < symbols; i++)
        sums[i] = sum += 1.0 / (i + 1);
    return sums;
}

static int32_t draw(const double *sums, int symbols, double uniform)
{
    int low = 0, high = symbols - 1;
    while (low < high) {
        int middle = (low + high) / 2;
        if (sums[middle] < uniform * sums[symbols - 1])
            low = middle + 1;
        else
            high = middle;
    }
    return IDS_RESERVED + low;
}

static int length_of(const struct made_options *options, enum side side,
                     const struct sentence *sentence, const struct random_key *key)
{
    const struct task *task = task_of(options->task);
    if (is_label(task, side))
        return 1;
    if (side == TARGET && task_in_step(task))
        return sentence->side[SOURCE].length;
    uint64_t lengths = (uint64_t)(options->longest - MADE_SHORTEST + 1);
    return MADE_SHORTEST + (int)random_below(key, 0, lengths);
}

/* Returns what is behind its symbols, which start at `at`. */
static int32_t *make_side(struct made *made, enum side side, int32_t *at)
{
    int symbols = made->shape.side[side].vocabulary - IDS_RESERVED;
    double *sums = zipf(symbols);
    for (int i = 0; i < made->count; i++) {
        struct random_key key = {made->options.seed, RANDOM_MADE, (uint32_t)i, side == TARGET};
        int length = length_of(&made->options, side, &made->sentences[i], &key);
        made->sentences[i].side[side] = (struct sequence){at, length};
        for (int place = 0; place < length; place++)
            *at++ = draw(sums, symbols, random_uniform(&key, (uint64_t)place + 2));
    }
    memory_free(sums);
    return at;
}

static void make_sentences(struct made *made)
{
    size_t most = (size_t)made->count * (size_t)made->options.longest; // of a side
    made->symbols = memory_take(2 * most * sizeof *made->symbols);
    made->sentences = memory_take((size_t)made->count * sizeof *made->sentences);
    int32_t *at = made->symbols;
    for (enum side side = SOURCE; side < SIDES; side++)
        if (made->shape.side[side].form != FORM_NONE)
            at = make_side(made, side, at);
}

/* Equal lengths: as in the text. */
static int compare(const void *left, const void *right)
{
    const struct sentence *a = left, *b = right;
    const struct sequence *x = a->side, *y = b->side;
    if (x[TARGET].length != y[TARGET].length)
        return x[TARGET].length < y[TARGET].length ? -1 : 1;
    if (x[SOURCE].length != y[SOURCE].length)
        return x[SOURCE].length < y[SOURCE].length ? -1 : 1;
    const char *m = x[TARGET].cells, *n = y[TARGET].cells;
    return m < n ? -1 : m > n;
}

/* How many sentences from `first` on fill a micro-batch; 0 if those up to `end` do not. */
static int fill(const struct made *made, int first, int end)
{
    const struct made_options *o = &made->options;
    const struct side_shape *sides = made->shape.side;
    int64_t source = 0, target = 0;
    for (int i = first; i < end; i++) {
        source += made->order[i].side[SOURCE].length + sides[SOURCE].end;
        target += made->order[i].side[TARGET].length + sides[TARGET].end;
        if (i - first + 1 == o->batch_sentences || source >= o->batch_tokens ||
            target >= o->batch_tokens)
            return i - first + 1;
    }
    return 0;
}

static void cut(struct made *made)
{
    int pool = pool_of(&made->options);
    size_t bytes = (size_t)made->count * sizeof *made->order;
    made->order = memcpy(memory_take(bytes), made->sentences, bytes);
    made->cuts = memory_take((size_t)made->count * sizeof *made->cuts);
    for (int start = 0; start < made->count; start += pool) {
        qsort(made->order + start, (size_t)pool, sizeof *made->order, compare);
        for (int first = start, count; (count = fill(made, first, start + pool)) > 0;) {
            made->cuts[made->cut_count++] = (struct cut){first, count};
            first += count;
        }
    }
}

/* Updates change places, each of micro-batches that are neighbours in length, as in training: or
 * its ranks would wait for the one with the longest. */
static void shuffle(struct made *made)
{
    struct random_key key = {made->options.seed, RANDOM_MADE, 0, 2}; // behind both sides'
    int lanes = made->options.lanes;
    for (int i = made->cut_count / lanes - 1; i > 0; i--) {
        int other = (int)random_below(&key, (uint64_t)i, (uint64_t)i + 1);
        for (int lane = 0; lane < lanes; lane++) {
            struct cut *a = &made->cuts[i * lanes + lane], *b = &made->cuts[other * lanes + lane];
            struct cut kept = *a;
            *a = *b;
            *b = kept;
        }
    }
}

struct made *made_open(const struct made_options *options)
{
    struct made *made = memory_take(sizeof *made);
    made->options = *options;
    made->shape.head = task_of(options->task)->head;
    for (enum side side = SOURCE; side < SIDES; side++)
        made->shape.side[side] = side_of(options, side);
    made->count = MADE_POOLS * pool_of(options);
    make_sentences(made);
    cut(made);
    shuffle(made);
    made->group.batches = memory_take((size_t)options->lanes * sizeof *made->group.batches);
    made->group.origins = memory_take((size_t)options->lanes * sizeof *made->group.origins);
    return made;
}

void made_close(struct made *made)
{
    for (int i = 0; i < made->options.lanes; i++)
        batch_release(&made->group.batches[i]);
    memory_free(made->group.batches);
    memory_free(made->group.origins);
    memory_free(made->cuts);
    memory_free(made->order);
    memory_free(made->symbols);
    memory_free(made->sentences);
    memory_free(made);
}

static void add_words(struct vocabulary *vocabulary, int size, char letter)
{
    vocabulary_init(vocabulary);
    while (vocabulary->size < size) {
        char word[16];
        int length = snprintf(word, sizeof word, "%c%d", letter, vocabulary->size - IDS_RESERVED);
        vocabulary_add(vocabulary, word, (size_t)length);
    }
}

struct corpus *made_corpus(const struct made_options *options)
{
    struct corpus *corpus = memory_take(sizeof *corpus);
    corpus->path = memory_copy_text("made up");
    snprintf(corpus->task, sizeof corpus->task, "%s", task_of(options->task)->name);
    corpus->seed = options->seed;
    corpus->sentences = (int64_t)MADE_POOLS * pool_of(options);
    for (enum side side = SOURCE; side < SIDES; side++) {
        struct content *content = &corpus->contents[side];
        const struct side_shape shape = side_of(options, side);
        bool label = is_label(task_of(options->task), side);
        if (shape.form == FORM_NONE)
            continue;
        content->form = shape.form;
        content->closed = side == TARGET && task_of(options->task)->rules.classes;
        content->tokenizer.kind = TOKENIZER_WORDS;
        text_init(&content->tokenizer.model);
        add_words(&content->tokenizer.vocabulary, shape.vocabulary, side == SOURCE ? 's' : 't');
        corpus->longest[side] = label ? 1 : options->longest;
        corpus->tokens[side] =
            label ? corpus->sentences : corpus->sentences * (MADE_SHORTEST + options->longest) / 2;
    }
    return corpus;
}

const struct feed_group *made_next(struct made *made, struct range lanes)
{
    struct feed_group *group = &made->group;
    group->count = (int)lanes.count;
    for (int i = 0; i < group->count; i++) {
        int64_t number = made->next + lanes.first + i;
        const struct cut *at = &made->cuts[number % made->cut_count];
        batch_pack(&group->batches[i], &made->shape, made->order + at->first, at->count);
    }
    int all = made->options.lanes, updates = made->cut_count / all;
    made->next = (made->next + all) % (updates ? updates * all : made->cut_count);
    return group;
}

void made_text(const struct made *made, enum side side, struct text *text)
{
    for (int i = 0; i < made->count; i++) {
        const struct sequence *sequence = &made->sentences[i].side[side];
        const int32_t *symbols = sequence->cells;
        for (int k = 0; k < sequence->length; k++)
            text_add_format(text, "%s%c%d", k ? " " : "", side == SOURCE ? 's' : 't',
                            (int)symbols[k] - IDS_RESERVED);
        text_add(text, "\n", 1);
    }
}

const struct sentence *made_sentence(const struct made *made, int64_t number)
{
    return &made->sentences[number % made->count];
}

int made_sentences(const struct made *made)
{
    return made->count;
}
