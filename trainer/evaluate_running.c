#include "trainer/evaluate_running.h"
#include "comm/base/points.h"
#include "comm/comm.h"
#include "trainer/agree.h"
#include "trainer/stop.h"
#include <string.h>

struct workplace {
    const struct model *model;
    const float *weights;
    struct running *running;
    struct arena *arena;
    struct batch batch;
    float *carried;
    int symbols;     // V
    int64_t *counts; // (V), of each symbol of this rank's pieces; of vectors there are none
    struct running_piece pieces[RUNNING_PIECES];
    double losses[RUNNING_PIECES]; // of this rank's
    int32_t *cells;                // (RUNNING_TOGETHER, 1 + RUNNING_STEPS, width)
    struct sentence views[RUNNING_TOGETHER];
};

/* The next places of the pieces from `first` on, of which `done` are behind us; returns how many
 * they are together, or -1. */
static int64_t take(struct workplace *w, int first, int64_t done, struct reason *why)
{
    const int width = running_width(w->running);
    int64_t all = 0;
    for (int i = 0; i < RUNNING_TOGETHER; i++) {
        int32_t *cells = w->cells + (int64_t)i * (1 + RUNNING_STEPS) * width;
        const struct running_piece *piece = &w->pieces[first + i];
        int64_t rest = piece->count - done, count = rest < RUNNING_STEPS ? rest : RUNNING_STEPS;
        count = count < 0 ? 0 : count;
        if (!running_read(w->running, count ? piece->first + done : 0, count, done == 0, cells,
                          why))
            return -1;
        w->views[i] = (struct sentence){.continues = 1};
        w->views[i].side[TARGET] = (struct sequence){cells + width, (int)count};
        for (int64_t k = 1; w->symbols > 0 && k <= count; k++)
            w->counts[cells[k]]++;
        all += count;
    }
    return all;
}

static bool compute(struct workplace *w, int first, struct reason *why)
{
    double losses[RUNNING_TOGETHER];
    int64_t all;
    memset(w->carried, 0,
           (size_t)decoder_carried(&w->model->decoder, RUNNING_TOGETHER) * sizeof *w->carried);
    for (int64_t done = 0; (all = take(w, first, done, why)) > 0 && !stop_requested();
         done += RUNNING_STEPS) {
        point_at("evaluate.block", done / RUNNING_STEPS, NULL, 0);
        batch_pack(&w->batch, &w->model->shape, w->views, RUNNING_TOGETHER);
        w->batch.carried = w->carried;
        arena_reset(w->arena);
        model_loss(w->model, w->weights, &w->batch, losses, w->arena);
        for (int i = 0; i < RUNNING_TOGETHER; i++)
            w->losses[first + i] += losses[i];
    }
    return all >= 0;
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

int evaluate_running(const struct model *model, const float *weights, struct running *running,
                     const char *corpus, struct arena *arena, struct running_losses *losses,
                     struct evaluation *evaluation)
{
    struct reason why;
    struct workplace *w = memory_take(sizeof *w);
    const struct side_shape *target = &model->shape.side[TARGET];
    bool well = true;
    *w = (struct workplace){.model = model,
                            .weights = weights,
                            .running = running,
                            .arena = arena,
                            .symbols = target->vocabulary};
    *evaluation = (struct evaluation){.sources = model->sources, .form = target->form};
    w->carried = memory_take((size_t)decoder_carried(&model->decoder, RUNNING_TOGETHER) *
                             sizeof *w->carried);
    w->counts = memory_take((size_t)w->symbols * sizeof *w->counts);
    w->cells = memory_take((size_t)RUNNING_TOGETHER * (1 + RUNNING_STEPS) *
                           (size_t)running_width(running) * sizeof *w->cells);
    batch_init(&w->batch);
    for (int p = 0; p < RUNNING_PIECES; p++)
        w->pieces[p] = running_piece(running_length(running), RUNNING_PIECES, p);
    for (int b = comm_rank(); well && b < RUNNING_PIECES / RUNNING_TOGETHER; b += comm_size())
        well = compute(w, b * RUNNING_TOGETHER, &why);
    evaluate_agree(well, corpus, &why);
    int stopped = stop_agreed();
    if (!stopped)
        sum(w, losses, evaluation);
    batch_release(&w->batch);
    memory_free(w->carried);
    memory_free(w->counts);
    memory_free(w->cells);
    memory_free(w);
    return !stopped;
}
