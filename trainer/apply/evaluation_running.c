#include "trainer/apply/evaluation_running.h"
#include "comm/base/die.h"
#include "comm/base/points.h"
#include "comm/comm.h"
#include "trainer/checkpoint/snapshot.h"
#include "trainer/process/stop.h"
#include <string.h>

enum { BATCHES = RUNNING_PIECES / RUNNING_TOGETHER };

struct workplace {
    const struct model *model;
    const float *weights;
    struct running *running;
    struct arena *arena;
    struct batch batch;
    size_t state;    // reals of a batch's carried states
    float *carried;  // (BATCHES, state)
    float *before;   // (state): where a batch goes on from, for its outputs
    int symbols;     // V
    int64_t *counts; // (V), of each symbol of this rank's pieces; of vectors there are none
    struct running_piece pieces[RUNNING_PIECES];
    double losses[RUNNING_PIECES]; // of this rank's
    int32_t *cells;                // (RUNNING_TOGETHER, 1 + RUNNING_STEPS, width)
    struct sentence views[RUNNING_TOGETHER];
    struct running_block block; // values: NULL where nobody wants outputs
};

static size_t block_values(const struct workplace *w)
{
    return (size_t)RUNNING_PIECES * RUNNING_STEPS * (size_t)w->block.width;
}

static void start_block(struct workplace *w, int64_t done)
{
    for (int p = 0; p < RUNNING_PIECES; p++) {
        int64_t rest = w->pieces[p].count - done;
        w->block.counts[p] = rest < 0 ? 0 : rest < RUNNING_STEPS ? rest : RUNNING_STEPS;
        w->block.losses[p] = 0;
    }
    if (!w->block.values)
        return;
    memset(w->block.values, 0, block_values(w) * sizeof *w->block.values);
    memset(w->block.wanted, 0, block_values(w) * sizeof *w->block.wanted);
}

/* The block's places of the pieces from `first` on, of which `done` are behind us. */
static bool take(struct workplace *w, int first, int64_t done, struct reason *why)
{
    const int width = w->block.width;
    for (int i = 0; i < RUNNING_TOGETHER; i++) {
        int32_t *cells = w->cells + (int64_t)i * (1 + RUNNING_STEPS) * width;
        int64_t count = w->block.counts[first + i], at = w->pieces[first + i].first + done;
        if (!running_read(w->running, count ? at : 0, count, done == 0, cells, why))
            return false;
        w->views[i] = (struct sentence){.continues = 1};
        w->views[i].side[TARGET] = (struct sequence){cells + width, (int)count};
        for (int64_t k = 1; w->symbols > 0 && k <= count; k++)
            w->counts[cells[k]]++;
    }
    return true;
}

/* What the model expects at each place, and what stands there. */
static void expect(struct workplace *w, int first, const float *carried)
{
    memcpy(w->before, carried, w->state * sizeof *w->before);
    w->batch.carried = w->before;
    arena_reset(w->arena);
    struct prediction prediction = model_predict(w->model, w->weights, &w->batch, 0, w->arena);
    require(prediction.outputs == w->block.width);
    for (int i = 0; i < RUNNING_TOGETHER; i++) {
        const struct sequence *target = &w->views[i].side[TARGET];
        const float *values = prediction.values + prediction.first[i] * w->block.width;
        int64_t to = (int64_t)(first + i) * RUNNING_STEPS * w->block.width;
        for (int64_t k = 0; k < (int64_t)target->length * w->block.width; k++) {
            w->block.values[to + k] = (double)values[k];
            w->block.wanted[to + k] = (double)((const float *)target->cells)[k];
        }
    }
}

/* Batch b of a block; nothing where all its pieces have ended. */
static bool compute(struct workplace *w, int b, int64_t done, struct reason *why)
{
    double losses[RUNNING_TOGETHER];
    float *carried = w->carried + (size_t)b * w->state;
    const int first = b * RUNNING_TOGETHER;
    if (!take(w, first, done, why))
        return false;
    batch_pack(&w->batch, &w->model->shape, w->views, RUNNING_TOGETHER);
    if (w->batch.T == 0)
        return true;
    point_at("evaluate.block", done / RUNNING_STEPS, NULL, 0);
    if (w->block.values)
        expect(w, first, carried);
    w->batch.carried = carried;
    arena_reset(w->arena);
    model_loss(w->model, w->weights, &w->batch, losses, w->arena);
    for (int i = 0; i < RUNNING_TOGETHER; i++) {
        w->block.losses[first + i] = losses[i];
        w->losses[first + i] += losses[i];
    }
    return true;
}

/* [all] */
static void give(struct workplace *w, running_each *each, void *to)
{
    comm_sum_reals(w->block.losses, RUNNING_PIECES);
    comm_sum_reals(w->block.values, (int64_t)block_values(w));
    comm_sum_reals(w->block.wanted, (int64_t)block_values(w));
    each(to, &w->block);
}

static void sum(struct workplace *w, struct running_losses *losses, struct evaluation *evaluation)
{
    comm_sum_reals(w->losses, RUNNING_PIECES);
    comm_sum_integers(w->counts, w->symbols);
    for (int p = 0; p < RUNNING_PIECES; p++) {
        evaluation->loss += w->losses[p];
        evaluation->tokens += w->pieces[p].count;
        if (losses) {
            losses->loss[p] = w->losses[p];
            losses->tokens[p] = w->pieces[p].count;
        }
    }
    evaluation->sentences = running_sequences(w->running);
    evaluation->words = evaluation->characters = -1;
    evaluation->frequencies_loss =
        evaluation_of_frequencies(w->counts, w->symbols, evaluation->tokens);
}

static void init(struct workplace *w, bool outputs)
{
    const int64_t length = running_length(w->running);
    w->symbols = w->model->shape.side[TARGET].vocabulary;
    w->block.width = running_width(w->running);
    w->state = (size_t)decoder_carried(&w->model->decoder, RUNNING_TOGETHER);
    w->carried = memory_take(BATCHES * w->state * sizeof *w->carried);
    w->before = memory_take(w->state * sizeof *w->before);
    w->counts = memory_take((size_t)w->symbols * sizeof *w->counts);
    w->cells = memory_take((size_t)RUNNING_TOGETHER * (1 + RUNNING_STEPS) * (size_t)w->block.width *
                           sizeof *w->cells);
    if (outputs) {
        w->block.values = memory_take(block_values(w) * sizeof *w->block.values);
        w->block.wanted = memory_take(block_values(w) * sizeof *w->block.wanted);
    }
    for (int p = 0; p < RUNNING_PIECES; p++)
        w->pieces[p] = running_piece(length, RUNNING_PIECES, p);
    batch_init(&w->batch);
}

static void release(struct workplace *w)
{
    batch_release(&w->batch);
    memory_free(w->carried);
    memory_free(w->before);
    memory_free(w->counts);
    memory_free(w->cells);
    memory_free(w->block.values);
    memory_free(w->block.wanted);
    memory_free(w);
}

int evaluation_of_running(const struct model *model, const float *weights, struct running *running,
                          const char *corpus, struct arena *arena, running_each *each, void *to,
                          struct running_losses *losses, struct evaluation *evaluation)
{
    struct workplace *w = memory_take(sizeof *w);
    const int64_t longest = (running_length(running) + RUNNING_PIECES - 1) / RUNNING_PIECES;
    int stopped = 0;
    *w = (struct workplace){.model = model, .weights = weights, .running = running, .arena = arena};
    *evaluation =
        (struct evaluation){.sources = model->sources, .form = model->shape.side[TARGET].form};
    init(w, each != NULL);
    for (int64_t done = 0; !stopped && done < longest; done += RUNNING_STEPS) {
        struct reason why;
        bool well = true;
        start_block(w, done);
        for (int b = comm_rank(); well && b < BATCHES && !stop_requested(); b += comm_size())
            well = compute(w, b, done, &why);
        evaluation_agree(well, corpus, &why);
        stopped = stop_agreed();
        if (each && !stopped)
            give(w, each, to);
    }
    if (!stopped)
        sum(w, losses, evaluation);
    release(w);
    return !stopped;
}

struct running *evaluation_running(const struct settings *settings, const struct snapshot *snapshot,
                                   const struct corpus *corpus)
{
    struct reason why;
    struct running *running;
    if (corpus) {
        running = running_open(corpus, &why);
    } else {
        const struct examples_options options = evaluation_texts(settings, snapshot->contents);
        running = running_open_text(&options, snapshot->contents, &why);
    }
    evaluation_agree(running != NULL, settings->corpus, &why);
    return running;
}
