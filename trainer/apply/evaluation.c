#include "trainer/apply/evaluation.h"
#include "comm/base/die.h"
#include "comm/base/points.h"
#include "comm/comm.h"
#include "trainer/checkpoint/snapshot.h"
#include "trainer/process/agree.h"
#include "trainer/process/stop.h"
#include "trainer/settings/faults.h"
#include "trainer/settings/sides.h"
#include "trainer/settings/task.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

double evaluation_per(const struct evaluation *evaluation, int64_t units)
{
    return units < 1 ? NAN : exp(evaluation->loss / (double)units);
}

double evaluation_bits(const struct evaluation *e)
{
    return e->loss / (double)e->tokens / log(2);
}

void evaluation_words(const struct evaluation *e, struct text *words)
{
    if (e->form == FORM_VECTORS) {
        text_add_format(words, "loss %.4f a vector", e->loss / (double)e->tokens);
        return;
    }
    text_add_format(words, "perplexity %.4f a token", evaluation_per(e, e->tokens));
    if (e->sources == 0)
        text_add_format(words, " (%.4f nats, %.4f bits)", e->loss / (double)e->tokens,
                        evaluation_bits(e));
    if (e->words > 0)
        text_add_format(words, ", %.4f a word, %.4f a character", evaluation_per(e, e->words),
                        evaluation_per(e, e->characters));
}

bool evaluation_is_strange(const struct evaluation *e, struct text *words)
{
    if (e->form != FORM_SYMBOLS || e->tokens < 1 ||
        e->loss - e->frequencies_loss <= log(2) * (double)e->tokens)
        return false;
    text_add_format(words,
                    "warning: perplexity %.1f is far above the %.1f of guessing by the symbols' "
                    "frequencies: are source and target swapped, or is it another language?",
                    evaluation_per(e, e->tokens), exp(e->frequencies_loss / (double)e->tokens));
    return true;
}

struct workplace { // memory of one evaluation, reused from block to block
    struct pairs_block block;
    struct batch batch;
    int32_t order[PAIRS_BLOCK], starts[PAIRS_BLOCK + 1];
    struct sentence views[EVALUATION_SENTENCES];
    double losses[PAIRS_BLOCK], of_batch[EVALUATION_SENTENCES];
    int64_t *counts; // (V), of each target symbol
};

/* Losses of the batches that are this rank's; zero elsewhere. A stop leaves the rest zero: the
 * block is dropped anyway. */
static void compute_block(const struct model *model, const float *weights, struct workplace *w,
                          struct arena *arena)
{
    int batches =
        pairs_cut(&w->block, EVALUATION_SENTENCES, EVALUATION_TOKENS, w->order, w->starts);
    for (int i = 0; i < w->block.count; i++)
        w->losses[i] = 0;
    for (int b = comm_rank(); b < batches && !stop_requested(); b += comm_size()) {
        const int32_t *members = w->order + w->starts[b];
        int count = w->starts[b + 1] - w->starts[b];
        for (int i = 0; i < count; i++)
            w->views[i] = w->block.list[members[i]].sentence;
        batch_pack(&w->batch, &model->shape, w->views, count);
        arena_reset(arena);
        model_loss(model, weights, &w->batch, w->of_batch, arena);
        for (int i = 0; i < count; i++)
            w->losses[members[i]] = w->of_batch[i];
    }
}

static void count_symbols(const struct sequence *target, int end, int64_t *counts)
{
    const int32_t *symbols = target->cells;
    counts[ID_END] += end;
    for (int t = 0; t < target->length; t++)
        counts[symbols[t]]++;
}

static void add_block(struct workplace *w, const struct shape *shape, struct evaluation *evaluation)
{
    for (int i = 0; i < w->block.count; i++) {
        const struct pair *p = &w->block.list[i];
        const struct sequence *target = &p->sentence.side[TARGET];
        const int end = shape->side[TARGET].end;
        evaluation->loss += w->losses[i];
        evaluation->sentences++;
        evaluation->tokens += target->length + end;
        if (evaluation->form == FORM_SYMBOLS)
            count_symbols(target, end, w->counts);
        evaluation->source_tokens += p->sentence.side[SOURCE].length + shape->side[SOURCE].end;
        evaluation->words =
            p->words < 0 || evaluation->words < 0 ? -1 : evaluation->words + p->words;
        evaluation->characters = p->characters < 0 || evaluation->characters < 0
                                     ? -1
                                     : evaluation->characters + p->characters;
    }
}

/* Has every pair what the model must have? Training's are of a corpus, where prepare saw to it. */
static bool check_block(const struct pairs *pairs, const struct pairs_block *block,
                        const struct shape *shape, struct reason *why)
{
    for (int i = 0; i < block->count; i++) {
        const struct pair *pair = &block->list[i];
        struct reason what;
        for (enum side side = 0; side < SIDES; side++) {
            const struct side_shape *of = &shape->side[side];
            if (of->form != FORM_NONE && !of->end && pair->sentence.side[side].length == 0)
                return pairs_fail(pairs, pair, side, "is empty", why);
        }
        if (!task_fits(shape->head, shape->side[TARGET].form, &pair->sentence, &what))
            return pairs_fail(pairs, pair, TARGET, what.text, why);
    }
    return true;
}

double evaluation_of_frequencies(const int64_t *counts, int V, int64_t tokens)
{
    double loss = 0;
    for (int v = 0; v < V; v++)
        if (counts[v] > 0)
            loss -= (double)counts[v] * log((double)counts[v] / (double)tokens);
    return loss;
}

void evaluation_agree(bool well, const char *corpus, const struct reason *why)
{
    if (corpus)
        agree(well, "corpus '%s': %s", corpus, why->text);
    else
        agree(well, "%s", why->text);
}

static bool corpus_fits(const struct corpus *corpus, const struct snapshot *snapshot,
                        struct reason *why)
{
    struct reason inner;
    const struct task *task = task_of((enum task_kind)snapshot->settings.task);
    if (strcmp(corpus->task, task->name) != 0)
        return fail(why, "was prepared for %s, but the checkpoint's task is %s", corpus->task,
                    task->name);
    return contents_alike(corpus->contents, snapshot->contents, &inner) ||
           fail(why, "is not like the checkpoint's: %.900s (give its text, --source and --target)",
                inner.text);
}

struct examples_options evaluation_texts(const struct settings *settings,
                                         const struct content *contents)
{
    struct faults faults = {0};
    const struct examples_options options = settings_texts(settings);
    sides_check(contents, &options, SIDES, &faults);
    faults_agree(&faults);
    return options;
}

struct corpus *evaluation_corpus(const struct settings *settings, const struct snapshot *snapshot)
{
    struct reason why;
    if (!settings->corpus)
        return NULL;
    struct corpus *corpus = corpus_open(settings->corpus, task_rules, &why);
    evaluation_agree(corpus && corpus_fits(corpus, snapshot, &why), settings->corpus, &why);
    return corpus;
}

struct pairs *evaluation_pairs(const struct settings *settings, const struct snapshot *snapshot,
                               const struct corpus *corpus)
{
    struct reason why;
    struct pairs *pairs;
    if (corpus) {
        pairs = pairs_open_corpus(corpus, &why);
    } else {
        const struct examples_options options = evaluation_texts(settings, snapshot->contents);
        pairs = pairs_open_texts(&options, snapshot->contents, &why);
    }
    evaluation_agree(pairs != NULL, settings->corpus, &why);
    return pairs;
}

int evaluation_of_pairs(const struct model *model, const float *weights, struct pairs *pairs,
                        const char *corpus, struct arena *arena, evaluation_block *each, void *to,
                        struct evaluation *evaluation)
{
    struct workplace *w = memory_take(sizeof *w);
    int V = model->shape.side[TARGET].vocabulary;
    batch_init(&w->batch);
    w->counts = memory_take((size_t)V * sizeof *w->counts);
    *evaluation =
        (struct evaluation){.sources = model->sources, .form = model->shape.side[TARGET].form};
    int stopped = 0;
    for (int64_t number = 0; !stopped; number++) {
        struct reason why;
        bool well = pairs_next(pairs, PAIRS_BLOCK, &w->block, &why) &&
                    check_block(pairs, &w->block, &model->shape, &why);
        if (!well && each)
            each(to, NULL, NULL);
        evaluation_agree(well, corpus, &why);
        if (w->block.count == 0)
            break;
        point_at("evaluate.block", number, NULL, 0);
        compute_block(model, weights, w, arena);
        stopped = stop_agreed();
        if (stopped)
            break;
        comm_sum_reals(w->losses, w->block.count);
        add_block(w, &model->shape, evaluation);
        stopped = each && !each(to, &w->block, w->losses);
    }
    evaluation->frequencies_loss = evaluation_of_frequencies(w->counts, V, evaluation->tokens);
    memory_free(w->counts);
    pairs_block_release(&w->block);
    batch_release(&w->batch);
    memory_free(w);
    return !stopped;
}
