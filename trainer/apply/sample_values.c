#include "trainer/apply/sample_values.h"
#include "comm/base/die.h"
#include "comm/base/points.h"
#include "io/corpus/encode.h"
#include "model/search/drawing.h"
#include "trainer/apply/application.h"
#include "trainer/process/console.h"
#include "trainer/process/stop.h"
#include "trainer/settings/settings_check.h"
#include "trainer/settings/sides.h"
#include <string.h>

void sample_values_check(const struct settings *settings, const struct snapshot *snapshot,
                         struct faults *faults)
{
    static const char *const of_symbols[] = {"prefix", "seed",        "temperature",
                                             "count",  "keep-tokens", NULL};
    const struct examples_options input = settings_texts(settings);
    settings_refuse_given(settings, of_symbols, "with a model of vectors", faults);
    sides_check(snapshot->contents, &input, SIDES, faults);
}

static void begin(const struct snapshot *snapshot, struct drawing *drawing, struct arena *arena)
{
    arena_reset(arena);
    drawing_start(drawing, &snapshot->model, snapshot->weights, arena);
}

/* Returns false when nobody reads the output any more. */
static bool go_on(const struct settings *settings, const struct content *content,
                  struct drawing *drawing, struct arena *arena)
{
    struct text text = {0};
    int last = 0;
    real *next = arena_take(arena, (size_t)content->dimension, sizeof *next);
    for (int64_t i = 0; i < settings->length && !last && !stop_requested(); i++) {
        point_at("sample.vector", i, NULL, 0);
        memcpy(next, drawing_next_values(drawing, &last),
               (size_t)content->dimension * sizeof *next);
        application_add_frames(content, next, 1, content->dimension, &text);
        drawing_take_values(drawing, next);
    }
    text_add(&text, "\n", 1);
    bool read = console_write(&text);
    text_release(&text);
    return read;
}

void sample_values(const struct settings *settings, const struct snapshot *snapshot,
                   struct arena *arena)
{
    const struct content *content = &snapshot->contents[TARGET];
    const struct examples_options options = settings_texts(settings);
    const bool running = snapshot->settings.stream == 1;
    struct reason why;
    struct drawing drawing;
    struct example example;
    struct encode_room room;
    struct ids cells = {0};
    struct examples *input = examples_open(&options, &why);
    int got = input ? 1 : -1, places;
    bool read = true;
    encode_init(&room, content);
    begin(snapshot, &drawing, arena);
    while (got > 0 && read && !stop_requested() &&
           (got = examples_next(input, &example, &why)) > 0) {
        struct reason inner;
        cells.count = 0;
        if (!encode(content, &example.side[TARGET], &room, &cells, &places, &inner))
            die("'%s': %s %lld: %.900s", settings->target, examples_unit(options.formats[TARGET]),
                (long long)example.number, inner.text);
        for (int t = 0; t < places; t++)
            drawing_take_values(&drawing,
                                (const float *)cells.list + (int64_t)t * content->dimension);
        if (running)
            continue;
        read = go_on(settings, content, &drawing, arena);
        begin(snapshot, &drawing, arena);
    }
    if (got < 0)
        die("%s", why.text);
    if (running)
        go_on(settings, content, &drawing, arena);
    encode_release(&room);
    ids_release(&cells);
    examples_close(input);
}
