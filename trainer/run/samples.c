#include "trainer/run/samples.h"
#include "comm/base/die.h"
#include "comm/base/points.h"
#include "trainer/apply/application.h"

enum { SAMPLES = 3, DRAWN_LIMIT = 200 }; // DRAWN_LIMIT: symbols of a drawn one

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
        report_line(report, "  drawn      %s", text.bytes);
    }
    text_release(&text);
    batch_release(&batch);
}

/* What a side holds, in words. */
static void add_side(const struct content *content, const struct sequence *sequence,
                     struct text *text)
{
    const int32_t *symbols = sequence->cells;
    int width = content_width(content);
    for (int i = 0; i < sequence->length && content->form == FORM_SYMBOLS && width > 1; i++) {
        text_add(text, " ", i > 0);
        tokenizer_tokens(&content->tokenizer, symbols + i * width, 1, text);
    }
    if (content->form == FORM_SYMBOLS && width == 1)
        tokenizer_decode(&content->tokenizer, symbols, sequence->length, text);
    if (content->form == FORM_VECTORS && sequence->length == 1)
        application_add_vector(content, sequence->cells, text);
    else if (content->form == FORM_VECTORS)
        text_add_format(text, "%d vectors", sequence->length);
}

/* Of frames, a line each, how many there are. */
static void add_output(const struct content *content, const struct text *output, struct text *text)
{
    int frames = 0;
    for (size_t i = 0; content->form == FORM_VECTORS && i < output->length; i++)
        frames += output->bytes[i] == '\n';
    if (frames > 1)
        text_add_format(text, "%d vectors", frames);
    else
        text_add(text, output->bytes, output->length - (size_t)frames);
}

static void show(struct run *run, struct report *report, const struct pairs_block *block)
{
    const struct content *contents = run->valid->contents;
    struct application application;
    struct text outputs[SAMPLES] = {0}, source = {0}, reference = {0}, output = {0};
    int32_t members[SAMPLES];
    for (int i = 0; i < block->count; i++)
        members[i] = i;
    application_init(&application, &run->model, run->weights, &contents[TARGET], &run->arena);
    point_at("samples.translate", run->state.update, NULL, 0);
    application_batch(&application, block, members, block->count, outputs);
    for (int i = 0; i < block->count; i++) {
        const struct sentence *sentence = &block->list[i].sentence;
        text_clear(&source);
        text_clear(&reference);
        text_clear(&output);
        add_side(&contents[SOURCE], &sentence->side[SOURCE], &source);
        add_side(&contents[TARGET], &sentence->side[TARGET], &reference);
        add_output(&contents[TARGET], &outputs[i], &output);
        report_line(report, "  source     %s\n  reference  %s\n  output     %s", source.bytes,
                    reference.bytes, output.bytes);
        text_release(&outputs[i]);
    }
    text_release(&source);
    text_release(&reference);
    text_release(&output);
    application_release(&application);
}

void samples_show(struct run *run, struct report *report)
{
    struct reason why;
    struct pairs_block block = {0};
    if (run->model.sources == 0) {
        if (run->model.shape.side[TARGET].form == FORM_SYMBOLS)
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
