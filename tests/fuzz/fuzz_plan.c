/* Lengths of any size in windows: every sentence comes once, in a batch within bounds. */
#include "given.h"
#include "io/stream/stream_plan.h"

enum { LANES = 3, SENTENCES = 512 };

static int64_t product(const void *model, int count, const int *const of[SIDES])
{
    (void)model;
    return (int64_t)count * (1 + of[SOURCE][0] % 1000) * (1 + of[TARGET][0] % 1000);
}

static void mark(const struct stream_plan *plan, uint8_t seen[SENTENCES])
{
    for (int64_t i = 0; i < (int64_t)plan->groups * plan->options.lanes; i++) {
        int32_t number = plan->order[i];
        require(number >= -1 && number < plan->batch_count);
        const struct plan_batch *batch = number < 0 ? NULL : &plan->batches[number];
        for (int32_t k = 0; batch && k < batch->count; k++) {
            require(batch->first >= 0 && batch->first + k < plan->count);
            require(!seen[plan->sentences[batch->first + k].index]++);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct given given = {data, size};
    struct stream_options options = {.lanes = 1 + given_byte(&given) % LANES, .cost = product};
    struct stream_plan plan;
    uint8_t seen[SENTENCES] = {0};
    int64_t count = 0;
    options.batch_tokens = 1 + given_byte(&given);
    options.batch_sentences = 1 + given_byte(&given) % 32;
    stream_plan_init(&plan, &options);
    stream_plan_epoch(&plan, given_byte(&given));
    for (bool last = false; !last;) {
        int64_t end = count + given_byte(&given);
        stream_plan_carry(&plan);
        for (; count < end && count < SENTENCES && given.size; count++) {
            int bytes = given_byte(&given) < 250 ? 1 : 4;
            int32_t lengths[SIDES] = {0};
            lengths[SOURCE] = (int32_t)given_integer(&given, bytes) & INT32_MAX;
            lengths[TARGET] = (int32_t)given_integer(&given, bytes) & INT32_MAX;
            stream_plan_add(&plan, 0, count, lengths);
        }
        last = !given.size || count == SENTENCES;
        stream_plan_make(&plan, last);
        mark(&plan, seen);
    }
    for (int64_t i = 0; i < count; i++)
        require(seen[i] == 1);
    stream_plan_release(&plan);
    return 0;
}
