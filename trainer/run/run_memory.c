#include "trainer/run/run_memory.h"
#include "comm/base/hash.h"
#include "comm/base/memory.h"
#include "comm/comm.h"
#include "trainer/apply/evaluation_running.h"
#include "trainer/host/address_space.h"
#include "trainer/host/host_memory.h"
#include "trainer/process/agree.h"
#include "trainer/run/carried.h"
#include "trainer/run/saver.h"
#include <stdio.h>
#include <string.h>

static int64_t most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Of sentences no longer than these: few long ones make large products of attention, many short
 * ones many rows. The last sentence of a micro-batch may reach beyond its tokens. */
static int64_t largest_batch(const struct model *model, int64_t source, int64_t target,
                             int64_t tokens, int64_t sentences)
{
    int64_t largest = 0;
    for (int64_t B = 1; B <= sentences; B++) {
        int64_t fitting = B == 1 ? INT32_MAX : (tokens - 1) / (B - 1);
        int64_t S = least(source + 1, fitting), T = least(target + 1, fitting);
        if (S < 1 || T < 1)
            break;
        const int steps[SIDES] = {[SOURCE] = (int)S, [TARGET] = (int)T};
        largest = most(largest, model_memory(model, (int)B, steps));
    }
    return largest;
}

/* Earlier corpora do not know their longest sentence: then twice the mean. */
static int64_t longest(const struct corpus *corpus, enum side side)
{
    int64_t mean = corpus->tokens[side] / most(corpus->sentences, 1) + 1;
    return corpus->longest[side] > 0 ? corpus->longest[side] : 2 * mean;
}

/* Validation has larger batches than training, but needs no gradients: some five eighths. */
static int64_t batches(const struct run *run)
{
    const struct corpus *corpus = run->corpus, *valid = run->valid;
    if (corpus->stream) {
        const int steps[SIDES] = {[TARGET] = (int)run->settings->bptt};
        const int of_valid[SIDES] = {[TARGET] = RUNNING_STEPS};
        int64_t bytes = model_memory(&run->model, carried_rows(run->settings), steps);
        if (valid)
            bytes = most(bytes, model_memory(&run->model, RUNNING_TOGETHER, of_valid) * 5 / 8);
        return bytes + bytes / 8;
    }
    int64_t largest = largest_batch(&run->model, longest(corpus, SOURCE), longest(corpus, TARGET),
                                    run->settings->batch_tokens, run->settings->batch_sentences);
    if (valid)
        largest =
            most(largest, largest_batch(&run->model, longest(valid, SOURCE), longest(valid, TARGET),
                                        EVALUATION_TOKENS, EVALUATION_SENTENCES) *
                              5 / 8);
    return largest + largest / 8; // an arena grows by a quarter, here or there
}

void run_memory(const struct run *run, struct run_memory *memory)
{
    const struct settings *s = run->settings;
    int64_t total = run->model.parameters.total;
    int64_t part = tree_part(&run->cuts, comm_size(), comm_rank()).count * (int64_t)sizeof(float);
    memory->weights = total * (int64_t)sizeof(float);
    memory->gradients = exchange_bytes((int)s->lanes, &run->cuts, comm_size(), comm_rank());
    memory->moments = part * optimizer_moments(&run->optimizer);
    memory->average = s->average > 0 ? part : 0;
    memory->carried = carried_range(run, comm_rank()).count * (int64_t)sizeof(float);
    memory->batches = batches(run);
    memory->copy = saver_bytes(run);
}

void run_memory_words(const struct run_memory *memory, char words[RUN_MEMORY_WORDS])
{
    char weights[32], gradients[32], moments[32], batches[32], copy[32], average[64] = "";
    text_of_bytes(memory->weights, weights);
    text_of_bytes(memory->gradients, gradients);
    text_of_bytes(memory->moments, moments);
    text_of_bytes(memory->batches, batches);
    text_of_bytes(memory->copy, copy);
    if (memory->average > 0) {
        snprintf(average, sizeof average, ", average ");
        text_of_bytes(memory->average, average + strlen(average));
    }
    snprintf(words, RUN_MEMORY_WORDS,
             "weights %s, gradients and exchange %s, moments %s%s, a micro-batch %s, rank 0's copy "
             "for checkpoints %s",
             weights, gradients, moments, average, batches, copy);
}

/* [all] What all ranks of this host need together, and how many they are. */
static int64_t need_of_host(int64_t need, int *ranks)
{
    struct need {
        uint64_t host;
        int64_t bytes;
    } mine = {hash_text(comm_host()), need};
    struct need *all = memory_take((size_t)comm_size() * sizeof *all);
    int64_t sum = 0;
    *ranks = 0;
    comm_all_gather(&mine, sizeof mine, all);
    for (int rank = 0; rank < comm_size(); rank++)
        if (all[rank].host == mine.host) {
            sum += all[rank].bytes;
            ++*ranks;
        }
    memory_free(all);
    return sum;
}

void run_memory_check(const struct run *run)
{
    struct run_memory memory;
    char parts[RUN_MEMORY_WORDS], wanted[32], had[32];
    int ranks;
    run_memory(run, &memory);
    run_memory_words(&memory, parts);
    int64_t need = memory.weights + memory.gradients + memory.moments + memory.average +
                   memory.carried + memory.batches + memory.copy;
    int64_t on_host = need_of_host(need, &ranks), there = host_memory("");
    text_of_bytes(on_host, wanted);
    text_of_bytes(there, had);
    agree(on_host <= there,
          "memory: the run needs about %s on this host (%d rank%s x (%s)), and %s are there: fewer "
          "ranks on a host, a smaller model or fewer batch-tokens",
          wanted, ranks, ranks == 1 ? "" : "s", parts, had);
    address_space_check(need, parts);
}
