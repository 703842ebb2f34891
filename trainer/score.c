/* Log-probabilities of a corpus or of two texts: for each pair, in order, log-probability, TAB,
 * tokens; then the totals on standard error. Equal to the last bit to what training reported for
 * the same checkpoint. */
#include "comm/base/die.h"
#include "comm/comm.h"
#include "trainer/agree.h"
#include "trainer/commands.h"
#include "trainer/computing.h"
#include "trainer/evaluate.h"
#include "trainer/run_memory.h"
#include "trainer/snapshot.h"
#include "trainer/stop.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool print_block(void *shape_, const struct pairs_block *block, const double *losses)
{
    const struct shape *shape = shape_;
    if (comm_rank() != 0 || !block)
        return true;
    for (int i = 0; i < block->count; i++)
        printf("%.17g\t%d\n", -losses[i],
               block->list[i].sentence.side[TARGET].length + shape->side[TARGET].end);
    fflush(stdout);
    if (ferror(stdout) && errno != EPIPE)
        die("standard output: %s", strerror(errno));
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
    if (!vectors && e->words > 0)
        fprintf(stderr, ", %.4f a word, %.4f a character", evaluation_per(e, e->words),
                evaluation_per(e, e->characters));
    fprintf(stderr, "\n");
    struct text strange = {0};
    if (evaluation_is_strange(e, &strange))
        fprintf(stderr, "%s\n", strange.bytes);
    text_release(&strange);
}

int score(const struct settings *settings)
{
    struct reason why;
    struct snapshot snapshot;
    struct corpus *corpus;
    computing_start(settings);
    computing_agree(settings);
    agree(snapshot_open(&snapshot, settings->model, 1, &why), "checkpoint '%s': %s",
          settings->model, why.text);
    run_memory_addresses(0, "");
    struct pairs *pairs = evaluate_open(settings, &snapshot, &corpus, &why);
    evaluate_agree(pairs != NULL, settings->corpus, &why);

    struct arena arena;
    struct evaluation evaluation;
    arena_init(&arena);
    int complete = evaluate(&snapshot.model, snapshot.weights, pairs, settings->corpus, &arena,
                            print_block, &snapshot.model.shape, &evaluation);
    agree(complete, "%s: not all is scored", stop_words());
    if (comm_rank() == 0)
        print_totals(&evaluation);
    arena_release(&arena);
    pairs_close(pairs);
    if (corpus)
        corpus_close(corpus);
    snapshot_close(&snapshot);
    return STATUS_DONE;
}
