#include "trainer/checkpoint/state.h"
#include "trainer/metric/metric.h"
#include <math.h>
#include <stddef.h>

/* One row for each value of the state: its name and its place. */
/* clang-format off */
#define STATE_INTEGERS(X)                                                                          \
    X(update) X(steps) X(skips) X(epoch) X(group) X(validation_due) X(best_update) X(since_best)   \
    X(bad) X(sum_tokens) X(sum_updates) X(sum_clipped)
#define STATE_REALS(X) X(best_loss) X(rate_factor) X(sum_loss)
/* clang-format on */
#define NAME(member) #member,
#define OFFSET(member) offsetof(struct train_state, member),

const char *const state_integers[] = {STATE_INTEGERS(NAME) NULL};
const char *const state_reals[] = {STATE_REALS(NAME) NULL};
static const size_t integer_offsets[] = {STATE_INTEGERS(OFFSET)};
static const size_t real_offsets[] = {STATE_REALS(OFFSET)};
enum { COUNT = sizeof integer_offsets / sizeof(size_t) + sizeof real_offsets / sizeof(size_t) };
_Static_assert(sizeof(struct train_state) == (COUNT + 1) * sizeof(int64_t),
               "every value of the state has a row, or is lowest_loss");

bool state_write(const struct train_state *state, const char *valid_metric,
                 struct checkpoint_writer *writer, struct reason *why)
{
    const char *from = (const char *)state;
    bool well = true;
    for (int i = 0; well && state_integers[i]; i++)
        well = checkpoint_integer(writer, state_integers[i],
                                  *(const int64_t *)(from + integer_offsets[i]), why);
    for (int i = 0; well && state_reals[i]; i++)
        well =
            checkpoint_real(writer, state_reals[i], *(const double *)(from + real_offsets[i]), why);
    if (well && metric_steering(valid_metric))
        well = checkpoint_real(writer, "lowest_loss", state->lowest_loss, why);
    return well;
}

/* What no run can have come to, although the file is whole. */
static bool check_state(const struct train_state *state, struct reason *why)
{
    for (int i = 0; state_integers[i]; i++) {
        int64_t value = *(const int64_t *)((const char *)state + integer_offsets[i]);
        if (value < 0 || value > (int64_t)1 << 53)
            return fail(why, "%s is %lld", state_integers[i], (long long)value);
    }
    return (isfinite(state->rate_factor) && state->rate_factor >= 0) ||
           fail(why, "rate_factor is %g", state->rate_factor);
}

bool state_read(struct train_state *state, struct checkpoint *checkpoint, struct reason *why)
{
    char *start = (char *)state;
    for (int i = 0; state_integers[i]; i++)
        if (!checkpoint_get_integer(checkpoint, state_integers[i],
                                    (int64_t *)(start + integer_offsets[i]), why))
            return false;
    for (int i = 0; state_reals[i]; i++)
        if (!checkpoint_get_real(checkpoint, state_reals[i], (double *)(start + real_offsets[i]),
                                 why))
            return false;
    state->lowest_loss = state->best_loss;
    const char *name = checkpoint_get_setting(checkpoint, "valid-metric");
    const struct metric *metric = name ? metric_find(name, ~0, true, why) : NULL;
    return (!metric || metric->of & METRIC_NO_OUTPUTS ||
            checkpoint_get_real(checkpoint, "lowest_loss", &state->lowest_loss, why)) &&
           check_state(state, why);
}
