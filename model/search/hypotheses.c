#include "model/search/hypotheses.h"
#include "comm/base/die.h"
#include "model/product/natural.h"
#include <stdbool.h>
#include <string.h>

struct ended {
    double sum, score;
    int64_t last; // in the trace
    int length;   // symbols
    bool limited;
};

double search_normaliser(const struct search_options *options, int n)
{
    double x = options->length_normalisation == LENGTH_WU ? (5.0 + n) / 6 : n;
    return x > 1 ? natural_exp(options->length_penalty * natural_log(x)) : 1;
}

int hypotheses_number(const struct hypotheses *it, int row)
{
    return it->batch->order[it->row[row].sentence];
}

/* Stable: behind what is as good. */
static void end(struct hypotheses *it, int i, struct ended new)
{
    struct ended *of = it->ended + (int64_t)i * it->beam;
    int place = it->ended_counts[i]++;
    require(place < it->beam);
    for (; place > 0; place--) {
        const struct ended *other = &of[place - 1];
        if (other->limited != new.limited ? new.limited : other->score >= new.score)
            break;
        of[place] = *other;
    }
    of[place] = new;
}

/* Can no row of the sentence become better than those wanted that have ended? The best row, which
 * is the first, has this sum: it does not rise, and what it is divided by is at most that of the
 * limit. */
static bool settled(const struct hypotheses *it, int i, double sum)
{
    const struct ended *of = it->ended + (int64_t)i * it->beam;
    return it->ended_counts[i] >= it->best &&
           of[it->best - 1].score >= sum / it->normalisers[it->limits[i]];
}

/* The rows from `first` on, of one sentence, go on unless that is done. */
static void close(struct hypotheses *it, const struct row *rows, int first, int i)
{
    if (it->length >= it->limits[i]) {
        for (int r = first; r < it->rows; r++)
            end(it, i,
                (struct ended){rows[r].sum, rows[r].sum / it->normalisers[it->length], rows[r].last,
                               it->length, true});
        it->rows = first;
    } else if (first < it->rows && settled(it, i, rows[first].sum)) {
        it->rows = first;
    }
}

void hypotheses_start(struct hypotheses *it, const struct batch *batch, const int *limits,
                      const struct search_options *options, struct arena *arena)
{
    int most = 0, beam = options->beam;
    size_t B = (size_t)batch->B, room = B * (size_t)beam, steps = 0;
    require(beam >= 1 && options->n_best <= beam);
    for (int b = 0; b < batch->B; b++) {
        most = limits[b] > most ? limits[b] : most;
        steps += (size_t)limits[b];
    }
    *it = (struct hypotheses){.batch = batch,
                              .limits = limits,
                              .beam = beam,
                              .best = options->n_best > 0 ? options->n_best : 1,
                              .scored = beam > 1 || options->n_best > 0};
    it->normalisers = arena_take(arena, (size_t)most + 1, sizeof *it->normalisers);
    for (int n = 0; n <= most; n++)
        it->normalisers[n] = search_normaliser(options, n);
    it->row = arena_take(arena, room, sizeof *it->row);
    it->next = arena_take(arena, room, sizeof *it->next);
    it->symbols = arena_take(arena, room, sizeof *it->symbols);
    it->sentences = arena_take(arena, room, sizeof *it->sentences);
    it->from = arena_take(arena, room, sizeof *it->from);
    it->candidates = arena_take(arena, room * (size_t)beam, sizeof *it->candidates);
    it->counts = arena_take(arena, room, sizeof *it->counts);
    it->taken = arena_take(arena, room, sizeof *it->taken);
    it->log_sums = arena_take(arena, room, sizeof *it->log_sums);
    it->trace = arena_take(arena, steps * (size_t)beam, sizeof *it->trace);
    it->ended = arena_take(arena, room, sizeof *it->ended);
    it->ended_counts = arena_take_zeroed(arena, B, sizeof *it->ended_counts);
    for (int b = 0; b < batch->B; b++) {
        int row = it->rows++;
        it->row[row] = (struct row){.sentence = b, .last = -1};
        it->symbols[row] = SYMBOL_BEGIN;
        it->sentences[row] = it->from[row] = b;
        close(it, it->row, row, batch->order[b]);
    }
}

int hypotheses_places(const struct hypotheses *it, int row)
{
    return it->beam - it->ended_counts[hypotheses_number(it, row)];
}

int hypotheses_unmoved(const struct hypotheses *it, int before)
{
    for (int r = 0; r < it->rows; r++)
        if (it->from[r] != r)
            return 0;
    return it->rows == before;
}

/* The sum with the next candidate of a row; of what is no number minus infinity. */
static double sum_with(const struct hypotheses *it, int row, int next)
{
    if (!it->scored)
        return 0;
    double value = (double)it->candidates[(int64_t)row * it->beam + next].value;
    double more = value - it->log_sums[row];
    return it->row[row].sum + (more < 0 ? more : more >= 0 ? 0 : -INFINITY);
}

/* One more hypothesis: `row` with a symbol behind it. */
static void extend(struct hypotheses *it, int row, int32_t symbol, double sum)
{
    const struct row *of = &it->row[row];
    if (symbol == SYMBOL_END) {
        double score = sum / it->normalisers[it->length];
        end(it, hypotheses_number(it, row),
            (struct ended){sum, score, of->last, it->length - 1, false});
        return;
    }
    it->trace[it->traced] = (struct trace){symbol, of->last};
    it->next[it->rows] = (struct row){of->sentence, it->traced++, sum};
    it->symbols[it->rows] = symbol;
    it->sentences[it->rows] = of->sentence;
    it->from[it->rows++] = row;
}

/* Of what the rows [first, behind) of one sentence may go on with, the likeliest. */
static void branch(struct hypotheses *it, int first, int behind)
{
    int *taken = it->taken;
    for (int places = hypotheses_places(it, first); places > 0; places--) {
        int row = -1;
        double sum = 0;
        for (int r = first; r < behind; r++) {
            if (taken[r] == it->counts[r])
                continue;
            double this = sum_with(it, r, taken[r]);
            if (row < 0 || this > sum) {
                row = r;
                sum = this;
            }
        }
        if (row < 0)
            return;
        extend(it, row, it->candidates[(int64_t)row * it->beam + taken[row]++].symbol, sum);
    }
}

void hypotheses_go_on(struct hypotheses *it)
{
    int before = it->rows;
    it->rows = 0;
    it->length++;
    memset(it->taken, 0, (size_t)before * sizeof *it->taken);
    for (int first = 0, behind = 0; first < before; first = behind) {
        while (behind < before && it->row[behind].sentence == it->row[first].sentence)
            behind++;
        int goes_on = it->rows;
        branch(it, first, behind);
        close(it, it->next, goes_on, hypotheses_number(it, first));
    }
    struct row *rows = it->row;
    it->row = it->next;
    it->next = rows;
}

/* Into place `at` of (B, best). */
static void put(const struct hypotheses *it, const struct ended *ended, int64_t at,
                struct search_result *result)
{
    int32_t *symbols = result->symbols + at * result->width;
    result->lengths[at] = ended->length;
    result->limited[at] = ended->limited;
    int64_t node = ended->last;
    for (int t = ended->length - 1; t >= 0; t--) {
        symbols[t] = it->trace[node].symbol;
        node = it->trace[node].before;
    }
    if (!it->scored)
        return;
    result->log_probabilities[at] = ended->sum;
    result->scores[at] = ended->score;
}

struct search_result hypotheses_result(const struct hypotheses *it, struct arena *arena)
{
    size_t B = (size_t)it->batch->B, all = B * (size_t)it->best;
    struct search_result result = {.best = it->best};
    for (int i = 0; i < it->batch->B; i++)
        result.width = it->limits[i] > result.width ? it->limits[i] : result.width;
    result.counts = arena_take(arena, B, sizeof *result.counts);
    result.symbols = arena_take(arena, all * (size_t)result.width, sizeof *result.symbols);
    result.lengths = arena_take_zeroed(arena, all, sizeof *result.lengths);
    result.limited = arena_take_zeroed(arena, all, sizeof *result.limited);
    if (it->scored) {
        result.log_probabilities = arena_take(arena, all, sizeof *result.log_probabilities);
        result.scores = arena_take(arena, all, sizeof *result.scores);
    }
    for (int i = 0; i < it->batch->B; i++) {
        int count = it->ended_counts[i];
        result.counts[i] = count < it->best ? count : it->best;
        for (int k = 0; k < result.counts[i]; k++)
            put(it, &it->ended[(int64_t)i * it->beam + k], (int64_t)i * it->best + k, &result);
    }
    return result;
}
