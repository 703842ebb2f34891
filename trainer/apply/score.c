/* Log-probabilities of a corpus or of two texts: for each pair, in order, log-probability, TAB,
 * tokens; then the totals on standard error. Equal to the last bit to what training reported for
 * the same checkpoint. */
#include "comm/base/die.h"
#include "comm/comm.h"
#include "trainer/apply/evaluation_running.h"
#include "trainer/checkpoint/snapshot.h"
#include "trainer/process/agree.h"
#include "trainer/process/console.h"
#include "trainer/process/stop.h"
#include "trainer/settings/commands.h"
#include <stdio.h>

static void add_line(struct text *lines, double loss, int64_t tokens)
{
    text_add_format(lines, "%.17g\t%lld\n", -loss, (long long)tokens);
}

/* Lines that nobody reads are dropped: the totals are wanted all the same. */
static void print_lines(struct text *lines)
{
    console_write(lines);
    text_release(lines);
}

static bool print_block(void *shape_, const struct pairs_block *block, const double *losses)
{
    const struct shape *shape = shape_;
    struct text lines = {0};
    if (comm_rank() != 0 || !block)
        return true;
    for (int i = 0; i < block->count; i++)
        add_line(&lines, losses[i],
                 block->list[i].sentence.side[TARGET].length + shape->side[TARGET].end);
    print_lines(&lines);
    return true;
}

static void print_totals(const struct evaluation *e)
{
    char per_token[32], loss[32];
    text_of_real(evaluation_per(e, e->tokens), per_token);
    text_of_real(e->loss / (double)e->tokens, loss);
    bool vectors = e->form == FORM_VECTORS;
    fprintf(stderr, "%lld sentences, %lld %s, loss %s a %s", (long long)e->sentences,
            (long long)e->tokens, vectors ? "vectors" : "tokens", loss,
            vectors ? "vector" : "token");
    if (!vectors)
        fprintf(stderr, ", perplexity %s a token", per_token);
    if (!vectors && e->sources == 0)
        fprintf(stderr, ", %.4f bits a token", evaluation_bits(e));
    if (!vectors && e->words > 0)
        fprintf(stderr, ", %.4f a word, %.4f a character", evaluation_per(e, e->words),
                evaluation_per(e, e->characters));
    fprintf(stderr, "\n");
    struct text strange = {0};
    if (evaluation_is_strange(e, &strange))
        fprintf(stderr, "%s\n", strange.bytes);
    text_release(&strange);
}

/* [all] */
static int score_pairs(const struct settings *settings, struct snapshot *snapshot,
                       struct arena *arena, struct evaluation *evaluation)
{
    struct corpus *corpus = evaluation_corpus(settings, snapshot);
    struct pairs *pairs = evaluation_pairs(settings, snapshot, corpus);
    int complete = evaluation_of_pairs(&snapshot->model, snapshot->weights, pairs, settings->corpus,
                                       arena, print_block, &snapshot->model.shape, evaluation);
    pairs_close(pairs);
    corpus_close(corpus);
    return complete;
}

/* [all] Of a running text or series: a line for each of its pieces. */
static int score_running(const struct settings *settings, const struct snapshot *snapshot,
                         struct arena *arena, struct evaluation *evaluation)
{
    struct running_losses losses;
    struct text lines = {0};
    struct corpus *corpus = evaluation_corpus(settings, snapshot);
    struct running *running = evaluation_running(settings, snapshot, corpus);
    int complete = evaluation_of_running(&snapshot->model, snapshot->weights, running,
                                         settings->corpus, arena, NULL, NULL, &losses, evaluation);
    for (int p = 0; complete && comm_rank() == 0 && p < RUNNING_PIECES; p++)
        add_line(&lines, losses.loss[p], losses.tokens[p]);
    print_lines(&lines);
    running_close(running);
    corpus_close(corpus);
    return complete;
}

int score(const struct settings *settings)
{
    struct snapshot snapshot;
    snapshot_load(&snapshot, settings);
    struct arena arena;
    struct evaluation evaluation;
    arena_init(&arena);
    int complete = snapshot.settings.stream
                       ? score_running(settings, &snapshot, &arena, &evaluation)
                       : score_pairs(settings, &snapshot, &arena, &evaluation);
    agree(complete, "%s: not all is scored", stop_words());
    if (comm_rank() == 0)
        print_totals(&evaluation);
    arena_release(&arena);
    snapshot_close(&snapshot);
    return STATUS_DONE;
}
