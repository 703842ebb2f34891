/* What `prepare` counts on the way, and the summary at its end. Each rank counts the lines of its
 * own shards; sums do not depend on ranks. */
#ifndef PREPARE_COUNT_H
#define PREPARE_COUNT_H

#include "io/corpus/corpus.h"
#include "trainer/settings/settings.h"

/* Why a line is dropped (prepare_sentence.h), the first reason first. */
enum drop { DROP_ENCODING, DROP_EMPTY, DROP_LENGTH, DROPS };
extern const char *const drop_names[DROPS];

struct prepare_count {
    int64_t kept, tokens[SIDES], unknown[SIDES];
    int64_t dropped[DROPS];
    int64_t first_line[DROPS]; // lowest line dropped, 0 for none
    int first_side[DROPS];
    int64_t *lengths[SIDES]; // how many sentences have this many tokens
    int64_t capacity;        // of each
};
void prepare_count_keep(struct prepare_count *count, enum side side, const struct content *content,
                        const struct sequence *sequence);
void prepare_count_drop(struct prepare_count *count, enum drop drop, enum side side, int64_t line);
/* [all] Every rank gets the sums. */
void prepare_count_sum(struct prepare_count *count);
void prepare_count_release(struct prepare_count *count);

/* Length below which a share of the sentences lies (nearest rank). */
int64_t prepare_count_quantile(const struct prepare_count *count, enum side side, double share);
void prepare_count_print(const struct prepare_count *count, const struct corpus *corpus,
                         const struct settings *settings, int64_t lines, double seconds);

#endif
