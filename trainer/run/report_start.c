/* The first lines of a run's log: what was found, and what each update will be. */
#include "comm/comm.h"
#include "model/product/product.h"
#include "model/product/threads.h"
#include "trainer/host/computing.h"
#include "trainer/run/report.h"
#include "trainer/run/run_memory.h"
#include "trainer/run/saver.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static void lines_of_machine(struct report *report, const struct run *run)
{
    report_line(report, "%d rank%s on %d host%s, %d thread%s each; %s; %s; MPI: %s", comm_size(),
                comm_size() == 1 ? "" : "s", comm_hosts(), comm_hosts() == 1 ? "" : "s", threads(),
                threads() == 1 ? "" : "s", product_words((enum precision)run->settings->precision),
                sealed_library(), comm_library());
    for (const char *line = computing_remarks(); *line; line += strcspn(line, "\n") + 1)
        report_line(report, "%.*s", (int)strcspn(line, "\n"), line);
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
    if (c->contents[SOURCE].form == FORM_NONE)
        report_line(report, "corpus '%s': %s sentences, %s tokens, vocabulary %d", c->path,
                    sentences, target, c->contents[TARGET].tokenizer.vocabulary.size);
    else
        report_line(
            report,
            "corpus '%s': %s sentences, %s source and %s target tokens, vocabularies %d and %d",
            c->path, sentences, source, target, c->contents[SOURCE].tokenizer.vocabulary.size,
            c->contents[TARGET].tokenizer.vocabulary.size);
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
    char count[32], parts[RUN_MEMORY_WORDS];
    struct run_memory memory;
    run_memory(run, &memory);
    run_memory_words(&memory, parts);
    text_of_count(parameters_elements(&run->model.parameters), count);
    report_line(report, "%s parameters; memory a rank: %s", count, parts);
    if (run->settings->origin && !run->continued)
        report_line(report, "starts with the weights of '%s'", run->settings->origin);
}

/* How well the lanes fit the ranks. */
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

/* A run that mpirun kills while it saves goes on from the checkpoint before. */
static void line_of_grace(struct report *report, const struct run *run)
{
    double grace = comm_launcher_grace(), saving = run->saver ? saver_slowest(run->saver) : 0;
    char granted[32], takes[32];
    if (saving <= grace)
        return;
    text_of_duration(grace, granted);
    text_of_duration(saving, takes);
    report_line(report,
                "warning: mpirun kills its ranks %s after SIGTERM or SIGINT, but a checkpoint "
                "takes %s: stop it with SIGUSR1, or start it with --mca odls_base_sigkill_timeout "
                "%.0f",
                granted, takes, ceil(2 * saving));
}

void report_start(struct report *report, const struct run *run)
{
    lines_of_machine(report, run);
    lines_of_data(report, run);
    lines_of_model(report, run);
    lines_of_lanes(report, run);
    line_of_grace(report, run);
}
