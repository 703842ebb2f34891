#include "trainer/samples.h"
#include "comm/base/die.h"
#include "comm/base/points.h"
#include "model/search.h"

enum { SAMPLES = 3 };

enum { DRAWN_LIMIT = 200 }; // symbols of a drawn sample

/* Of a language model: what it draws by itself, anew at each validation. */
static void show_drawn(struct run *run, struct report *report)
{
    const struct sentence views[SAMPLES] = {0};
    const uint32_t numbers[SAMPLES] = {0, 1, 2};
    const int limits[SAMPLES] = {DRAWN_LIMIT, DRAWN_LIMIT, DRAWN_LIMIT};
    const struct search_options options = {
        .beam = 1, .temperature = 1, .seed = (uint64_t)run->state.update, .numbers = numbers};
    struct batch batch;
    struct text text = {0};
    batch_init(&batch);
    batch_pack(&batch, &run->model.shape, views, SAMPLES);
    arena_reset(&run->arena);
    struct search_result result =
        search_beam(&run->model, run->weights, &batch, limits, &options, &run->arena);
    for (int i = 0; i < SAMPLES; i++) {
        text_clear(&text);
        tokenizer_decode(&run->valid->contents[TARGET].tokenizer,
                         result.symbols + (int64_t)i * result.width, result.lengths[i], &text);
        report_sample(report, NULL, NULL, text.bytes);
    }
    text_release(&text);
    batch_release(&batch);
}

static void show(struct run *run, struct report *report, const struct pairs_block *block)
{
    const struct content *contents = run->valid->contents;
    struct sentence views[SAMPLES];
    int limits[SAMPLES];
    for (int i = 0; i < block->count; i++) {
        views[i] = block->list[i].sentence;
        views[i].side[TARGET] = (struct sequence){0};
        limits[i] = search_limit(views[i].side[SOURCE].length);
    }
    struct batch batch;
    batch_init(&batch);
    batch_pack(&batch, &run->model.shape, views, block->count);
    arena_reset(&run->arena);
    point_at("samples.translate", run->state.update, NULL, 0);
    struct search_result result =
        search_greedy(&run->model, run->weights, &batch, limits, 0, &run->arena);
    struct text texts[3];
    for (int k = 0; k < 3; k++)
        text_init(&texts[k]);
    for (int i = 0; i < block->count; i++) {
        const struct sequence *source = &block->list[i].sentence.side[SOURCE];
        const struct sequence *target = &block->list[i].sentence.side[TARGET];
        for (int k = 0; k < 3; k++)
            text_clear(&texts[k]);
        tokenizer_decode(&contents[SOURCE].tokenizer, source->cells, source->length, &texts[0]);
        tokenizer_decode(&contents[TARGET].tokenizer, target->cells, target->length, &texts[1]);
        tokenizer_decode(&contents[TARGET].tokenizer, result.symbols + (int64_t)i * result.width,
                         result.lengths[i], &texts[2]);
        report_sample(report, texts[0].bytes, texts[1].bytes, texts[2].bytes);
    }
    for (int k = 0; k < 3; k++)
        text_release(&texts[k]);
    batch_release(&batch);
}

void samples_show(struct run *run, struct report *report)
{
    struct reason why;
    struct pairs_block block = {0};
    if (run->model.sources == 0) {
        show_drawn(run, report);
        return;
    }
    struct pairs *pairs = pairs_open_corpus(run->valid, &why);
    if (!pairs || !pairs_next(pairs, SAMPLES, &block, &why))
        die("corpus '%s': %s", run->valid->path, why.text);
    if (block.count > 0)
        show(run, report, &block);
    pairs_block_release(&block);
    pairs_close(pairs);
}
