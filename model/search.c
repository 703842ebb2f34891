#include "model/search.h"
#include "model/embedding.h"
#include "model/place.h"
#include "model/threads.h"

static int most_likely(const real *logits, int V, int allow_unknown)
{
    int best = SYMBOL_END;
    for (int v = 0; v < V; v++)
        if (v != SYMBOL_BEGIN && (v != SYMBOL_UNKNOWN || allow_unknown) &&
            (logits[v] > logits[best] || (logits[v] == logits[best] && v < best)))
            best = v;
    return best;
}

/* What a search keeps of its rows, in the order of the batch. */
struct greedy {
    const struct batch *batch;
    const int *limits;
    int32_t *symbols; // (B): emitted last
    char *done;       // (B)
    struct search_result result;
};

static struct greedy start(const struct batch *batch, const int *limits, struct arena *arena)
{
    size_t B = (size_t)batch->B;
    struct greedy greedy = {.batch = batch, .limits = limits};
    for (int b = 0; b < batch->B; b++)
        greedy.result.width = limits[b] > greedy.result.width ? limits[b] : greedy.result.width;
    greedy.symbols = arena_take(arena, B, sizeof *greedy.symbols);
    greedy.done = arena_take_zeroed(arena, B, 1);
    greedy.result.symbols =
        arena_take_zeroed(arena, B * (size_t)greedy.result.width, sizeof(int32_t));
    greedy.result.lengths = arena_take_zeroed(arena, B, sizeof(int));
    greedy.result.limited = arena_take_zeroed(arena, B, sizeof(int));
    for (int b = 0; b < batch->B; b++)
        greedy.symbols[b] = SYMBOL_BEGIN;
    return greedy;
}

/* Ends the rows that are at their limit. Returns how many go on. */
static int stop_at_limits(struct greedy *greedy)
{
    int alive = 0;
    for (int b = 0; b < greedy->batch->B; b++) {
        int i = greedy->batch->order[b];
        if (!greedy->done[b] && greedy->result.lengths[i] >= greedy->limits[i]) {
            greedy->result.limited[i] = 1;
            greedy->done[b] = 1;
        }
        alive += !greedy->done[b];
    }
    return alive;
}

/* Takes the likeliest symbol of each row; rows that are done stay in the batch and are not looked
 * at. */
static void emit(struct greedy *greedy, const real *logits, int V, int allow_unknown)
{
    struct search_result *result = &greedy->result;
#pragma omp parallel for num_threads(threads()) schedule(static) if (threads() > 1)
    for (int b = 0; b < greedy->batch->B; b++) {
        int i = greedy->batch->order[b];
        if (greedy->done[b])
            continue;
        greedy->symbols[b] = most_likely(logits + (int64_t)b * V, V, allow_unknown);
        if (greedy->symbols[b] == SYMBOL_END)
            greedy->done[b] = 1;
        else
            result->symbols[(int64_t)i * result->width + result->lengths[i]++] = greedy->symbols[b];
    }
}

struct search_result search_greedy(const struct model *model, const real *block,
                                   const struct batch *batch, const int *limits, int allow_unknown,
                                   struct arena *arena)
{
    struct greedy greedy = start(batch, limits, arena);
    if (batch->B == 0)
        return greedy.result;
    int V = model->shape.target_vocabulary, E = model->shape.embedding;
    size_t B = (size_t)batch->B;
    struct encoder_states encoder;
    struct decoder_states decoder;
    model_encode(model, block, batch, arena, &encoder);
    decoder_start(&model->decoder, block, &model->encoder, &encoder, 1, NULL, arena, &decoder);
    real *x = arena_take(arena, B * (size_t)E, sizeof(real));      // (B, E)
    real *mapped = arena_take(arena, B * (size_t)E, sizeof(real)); // (B, E)
    real *logits = arena_take(arena, B * (size_t)V, sizeof(real)); // (B, V)
    while (stop_at_limits(&greedy)) {
        embedding_forward(block + model->target_embedding, E, greedy.symbols, batch->B, x);
        decoder_run(&model->decoder, block, &decoder, x);
        model_logits(model, block, decoder.r, batch->B, mapped, logits);
        emit(&greedy, logits, V, allow_unknown);
    }
    return greedy.result;
}
