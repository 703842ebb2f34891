#include "trainer/prepare/prepare_count.h"
#include "comm/base/memory.h"
#include "comm/comm.h"
#include "trainer/prepare/prepare_text.h"
#include <stdio.h>

const char *const drop_names[DROPS] = {"invalid UTF-8", "an empty side",
                                       "longer than --max-length"};

static void reserve_length(struct prepare_count *count, int64_t length)
{
    if (length < count->capacity)
        return;
    int64_t wanted = count->capacity > 0 ? count->capacity : 256;
    while (wanted <= length)
        wanted *= 2;
    for (int side = 0; side < SIDES; side++)
        count->lengths[side] =
            memory_grow(count->lengths[side], (size_t)count->capacity * sizeof(int64_t),
                        (size_t)wanted * sizeof(int64_t));
    count->capacity = wanted;
}

void prepare_count_keep(struct prepare_count *count, enum side side, const struct content *content,
                        const struct sequence *sequence)
{
    const int32_t *symbols = sequence->cells;
    int width = content_width(content);
    reserve_length(count, sequence->length);
    count->lengths[side][sequence->length]++;
    count->tokens[side] += sequence->length;
    for (int64_t i = 0; i < sequence->length && content->form == FORM_SYMBOLS; i++)
        count->unknown[side] += symbols[i * width] == ID_UNKNOWN;
}

void prepare_count_drop(struct prepare_count *count, enum drop drop, enum side side, int64_t line)
{
    count->dropped[drop]++;
    if (count->first_line[drop] == 0 || line < count->first_line[drop]) {
        count->first_line[drop] = line;
        count->first_side[drop] = side;
    }
}

/* The lowest line over the ranks, and its side. */
static void lowest_line(struct prepare_count *count, int drop)
{
    int64_t mine[2] = {count->first_line[drop], count->first_side[drop]};
    int64_t(*all)[2] = memory_take((size_t)comm_size() * sizeof *all);
    comm_all_gather(mine, sizeof mine, all);
    for (int rank = 0; rank < comm_size(); rank++) {
        if (all[rank][0] > 0 &&
            (count->first_line[drop] == 0 || all[rank][0] < count->first_line[drop])) {
            count->first_line[drop] = all[rank][0];
            count->first_side[drop] = (int)all[rank][1];
        }
    }
    memory_free(all);
}

void prepare_count_sum(struct prepare_count *count)
{
    int64_t *longest = memory_take((size_t)comm_size() * sizeof *longest);
    comm_all_gather(&count->capacity, sizeof count->capacity, longest);
    for (int rank = 0; rank < comm_size(); rank++)
        reserve_length(count, longest[rank] - 1);
    memory_free(longest);
    reserve_length(count, 0);
    comm_sum_integers(&count->kept, 1);
    comm_sum_integers(count->tokens, SIDES);
    comm_sum_integers(count->unknown, SIDES);
    comm_sum_integers(count->dropped, DROPS);
    for (int drop = 0; drop < DROPS; drop++)
        lowest_line(count, drop);
    for (int side = 0; side < SIDES; side++)
        comm_sum_integers(count->lengths[side], count->capacity);
}

void prepare_count_release(struct prepare_count *count)
{
    for (int side = 0; side < SIDES; side++)
        memory_free(count->lengths[side]);
}

int64_t prepare_count_quantile(const struct prepare_count *count, enum side side, double share)
{
    double below = share * (double)count->kept;
    int64_t sum = 0, length = 0;
    for (; length < count->capacity - 1; length++) {
        sum += count->lengths[side][length];
        if (sum > 0 && (double)sum >= below)
            break;
    }
    return length;
}

static void print_side(const struct prepare_count *count, const struct corpus *corpus,
                       enum side side)
{
    static const double shares[] = {0, 0.25, 0.5, 0.75, 0.95, 1};
    char tokens[32];
    const struct content *content = &corpus->contents[side];
    const struct tokenizer *t = &content->tokenizer;
    text_of_count(count->tokens[side], tokens);
    if (content->form == FORM_VECTORS)
        printf("%s: vectors of %d numbers, %s places; lengths", side_names[side],
               content->dimension, tokens);
    else
        printf("%s: %s, vocabulary %d, %s tokens, unknown %.3f %%; lengths", side_names[side],
               tokenizer_names[t->kind], t->vocabulary.size, tokens,
               count->tokens[side] > 0
                   ? 100.0 * (double)count->unknown[side] / (double)count->tokens[side]
                   : 0);
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++)
        printf("%s %.0f %%: %lld", i ? "," : "", 100 * shares[i],
               (long long)prepare_count_quantile(count, side, shares[i]));
    printf("\n");
}

void prepare_count_print(const struct prepare_count *count, const struct corpus *corpus,
                         const struct settings *settings, int64_t lines, double seconds)
{
    char kept[32], all[32], dropped[32], took[32], rate[32];
    text_of_count(count->kept, kept);
    text_of_count(lines, all);
    text_of_duration(seconds, took);
    text_of_count((int64_t)((double)lines / (seconds > 0 ? seconds : 1)), rate);
    printf("kept %s of %s sentences, in %d shard%s\n", kept, all, corpus->shards,
           corpus->shards == 1 ? "" : "s");
    for (int drop = 0; drop < DROPS; drop++) {
        if (count->dropped[drop] == 0)
            continue;
        text_of_count(count->dropped[drop], dropped);
        printf("dropped %s: %s, first '%s' line %lld\n", dropped, drop_names[drop],
               prepare_text_path(settings, count->first_side[drop]),
               (long long)count->first_line[drop]);
    }
    for (enum side side = 0; side < SIDES; side++)
        if (corpus->contents[side].form != FORM_NONE)
            print_side(count, corpus, side);
    for (int side = 0; side < SIDES; side++)
        if (2 * count->unknown[side] > count->tokens[side])
            printf("warning: most of the %s is unknown: are source and target swapped?\n",
                   side_names[side]);
    printf("%s, %s sentences/s\n", took, rate);
    fflush(stdout);
}
