/* Attention: c = sum over s of a_s m_s, a = softmax over the sentence's own states of score(query,
 * m_s). A row for each score of ATTENTIONS (model/shape/kinds.h); a new one is a file with the
 * functions of struct attention_row, and its row there. What does not depend on the query (the
 * keys) is computed once for a micro-batch. Steps are handled in ranges: one at a time where a step
 * depends on the one before, all at once where it does not. Calling sequence: attention_start,
 * attention_forward for ranges of steps; attention_start_backward, attention_backward for the same
 * ranges, last first, attention_finish. */
#ifndef ATTENTION_H
#define ATTENTION_H

#include "model/encoder/bank.h"
#include "model/product/linear.h"
#include "model/product/product.h"
#include "model/shape/parameters.h"
#include "model/shape/shape.h"

struct attention {
    const struct attention_row *row;
    int H, M, K;  // widths of query, memory, keys
    int stepwise; // one step at a time
    // what a score has of these; out 0: nothing is applied to the states, to the query
    struct linear key, query; // (K, M), (., H)
    int64_t bias, score;      // places: (K), of the keys; (1, K)
};
/* To the states of SOURCE or SECOND. */
void attention_init(struct attention *attention, const struct shape *shape, enum side side,
                    struct parameters *parameters);

/* Of one micro-batch of T steps. */
struct attention_states {
    struct bank *bank;
    int T;
    const real *keys; // (N, K), sentence by sentence as the bank
    real *weights;    // (T, W): a; row b's are those from bank->weights[b] on, lengths[b] of them
    real *projected;  // (T, B, .): of W_q query
    struct linear_states query; // where it is applied step by step
    struct product_item *items; // (B), work
    real *dkeys;                // (N, K)
    real *dweights;             // (T, N): gradients of a, then of the scores
    real *dprojected;           // (T, B, .)
    real *dscore;               // (B, K): of `score`, each sentence's part
};

struct attention_row {
    void (*init)(struct attention *attention, const struct shape *shape, const char *prefix,
                 struct parameters *parameters);
    /* keys and what else there is of them. */
    void (*start)(const struct attention *attention, const real *block,
                  struct attention_states *states, struct arena *arena);
    /* weights of the steps [t, t + n) = scores; query (n, B, H). */
    void (*score)(const struct attention *attention, const real *block,
                  struct attention_states *states, int t, int n, const real *query);
    void (*start_backward)(const struct attention *attention, const real *block,
                           struct attention_states *states, struct arena *arena);
    /* dquery (n, B, H) += from dweights, which are the gradients of the scores. */
    void (*score_backward)(const struct attention *attention, const real *block,
                           struct attention_states *states, int t, int n, real *dquery);
    /* After all steps: adds the gradients of parameters and to the bank's; queries (T, B, H). */
    void (*finish)(const struct attention *attention, const real *block, real *gradient,
                   struct attention_states *states, const real *queries);
};
#define ATTENTION_ROW(kind, name, ...) extern const struct attention_row attention_##name;
ATTENTIONS(ATTENTION_ROW)
#undef ATTENTION_ROW

void attention_start(const struct attention *attention, const real *block, struct bank *bank, int T,
                     struct arena *arena, struct attention_states *states);
/* c (n, B, M), rows ldc apart, for the steps [t, t + n). */
void attention_forward(const struct attention *attention, const real *block,
                       struct attention_states *states, int t, int n, const real *query, real *c,
                       int ldc);
void attention_start_backward(const struct attention *attention, const real *block,
                              struct arena *arena, struct attention_states *states);
/* dc (n, B, M), rows ldc apart; dquery (n, B, H) is added to. */
void attention_backward(const struct attention *attention, const real *block,
                        struct attention_states *states, int t, int n, const real *dc, int ldc,
                        real *dquery);
/* dc (T, B, M), rows ldc apart, and queries (T, B, H) of all steps. */
void attention_finish(const struct attention *attention, const real *block, real *gradient,
                      struct attention_states *states, const real *dc, int ldc,
                      const real *queries);

/* Multiply-adds in forward: of a state for the keys, of a query, of a state and a step for its
 * score and their mean. Bytes of the arena for N states of B sentences and T steps. */
int64_t attention_key_cost(const struct attention *attention);
int64_t attention_query_cost(const struct attention *attention);
int64_t attention_pair_cost(const struct attention *attention);
int64_t attention_memory(const struct attention *attention, int64_t N, int B, int T);

#endif
