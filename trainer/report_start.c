#include "trainer/report_start.h"
#include "comm/comm.h"
#include "model/product.h"
#include "model/threads.h"
#include "trainer/computing.h"
#include <stdio.h>

void report_memory(const struct run *run, struct run_memory *memory)
{
    const struct settings *s = run->settings;
    int64_t total = run->model.parameters.total;
    struct range part = exchange_part(run->exchange);
    /* A full micro-batch of sentences of the corpus's mean length. */
    int64_t n = run->corpus->sentences > 0 ? run->corpus->sentences : 1;
    int S = (int)(run->corpus->tokens[SOURCE] / n) + 1,
        T = (int)(run->corpus->tokens[TARGET] / n) + 2;
    int B = (int)(s->batch_tokens / (S > T ? S : T)) + 1;
    if (B > s->batch_sentences)
        B = (int)s->batch_sentences;
    memory->weights = total * (int64_t)sizeof(float);
    memory->gradients = exchange_bytes((int)s->lanes, total, comm_size(), comm_rank()) +
                        part.count * (int64_t)sizeof(float);
    memory->moments = part.count * (int64_t)sizeof(float) * optimizer_moments(&run->optimizer);
    memory->batches = model_memory(&run->model, B, S, T);
}

static void lines_of_machine(struct report *report)
{
    report_line(report, "%d rank%s on %d host%s, %d thread%s each; %s, kernel %s; %s; MPI: %s",
                comm_size(), comm_size() == 1 ? "" : "s", comm_hosts(),
                comm_hosts() == 1 ? "" : "s", threads(), threads() == 1 ? "" : "s",
                product_library(), product_kernel(), sealed_library(), comm_library());
    struct text crowded = {0};
    if (computing_crowded(&crowded))
        report_line(report, "%s", crowded.bytes);
    text_release(&crowded);
}

static void lines_of_data(struct report *report, const struct run *run)
{
    const struct corpus *c = run->corpus;
    char sentences[32], source[32], target[32], updates[32];
    text_of_count(c->sentences, sentences);
    text_of_count(c->tokens[SOURCE], source);
    text_of_count(c->tokens[TARGET], target);
    int64_t an_epoch = run_updates_an_epoch(run->settings, run->corpus);
    text_of_count(an_epoch, updates);
    report_line(report,
                "corpus '%s': %s sentences, %s source and %s target tokens, vocabularies %d and %d",
                c->path, sentences, source, target, c->tokenizers[SOURCE].vocabulary.size,
                c->tokenizers[TARGET].vocabulary.size);
    double share = an_epoch > 0 ? 1.0 / (double)an_epoch : 0;
    report_line(report,
                "an update: %lld lanes, about %.0f sentences and %.0f target tokens; about %s "
                "updates an epoch",
                (long long)run->settings->lanes, (double)c->sentences * share,
                (double)(c->tokens[TARGET] + c->sentences) * share, updates);
    if (an_epoch < 50)
        report_line(report, "warning: fewer than 50 updates an epoch: fewer lanes or batch-tokens "
                            "would learn faster");
}

static void lines_of_model(struct report *report, const struct run *run)
{
    char count[32], weights[32], gradients[32], moments[32], batches[32];
    struct run_memory memory;
    report_memory(run, &memory);
    text_of_count(parameters_elements(&run->model.parameters), count);
    text_of_bytes(memory.weights, weights);
    text_of_bytes(memory.gradients, gradients);
    text_of_bytes(memory.moments, moments);
    text_of_bytes(memory.batches, batches);
    report_line(report,
                "%s parameters; memory a rank: weights %s, gradients and exchange %s, moments %s, "
                "a micro-batch %s",
                count, weights, gradients, moments, batches);
}

/* How well the lanes fit the ranks (design, invariant 1). */
static void lines_of_lanes(struct report *report, const struct run *run)
{
    int lanes = (int)run->settings->lanes, size = comm_size();
    struct range largest = tree_lanes(lanes, size, 0);
    if (size > lanes)
        report_line(report, "warning: %d of %d ranks have no lane and are idle", size - lanes,
                    size);
    int working = size < lanes ? size : lanes;
    double idle = 1 - (double)lanes / (double)(largest.count * working);
    if (size > 1)
        report_line(report,
                    "lanes a rank: at most %d; idle share %.0f %%; gradients sent: %d x a ring's",
                    (int)largest.count, 100 * idle, tree_busiest(lanes, size));
}

void report_start_lines(struct report *report, const struct run *run)
{
    lines_of_machine(report);
    lines_of_data(report, run);
    lines_of_model(report, run);
    lines_of_lanes(report, run);
}
