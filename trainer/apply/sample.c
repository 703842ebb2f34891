/* What a language model draws by itself: text, or vectors (sample_values.h). Of sentences each line
 * is drawn anew; of a running text the state is carried across lines, whose ends are symbols like
 * others. A prefix is forced through the model first. What is drawn is a function of model, seed,
 * line and position; rank 0 draws, since each symbol waits for the one before, and the others
 * wait. */
#include "comm/base/die.h"
#include "comm/base/points.h"
#include "comm/comm.h"
#include "io/text/utf8.h"
#include "model/search/drawing.h"
#include "trainer/apply/sample_values.h"
#include "trainer/checkpoint/snapshot.h"
#include "trainer/process/agree.h"
#include "trainer/process/console.h"
#include "trainer/process/stop.h"
#include "trainer/settings/commands.h"
#include "trainer/settings/faults.h"
#include "trainer/settings/task.h"
#include <string.h>

struct work {
    const struct settings *settings;
    struct snapshot snapshot;
    struct arena arena;
    struct drawing drawing;
    struct ids prefix, line; // what is forced; the symbols of the line at hand
    struct text text;
    struct random_key key;
    uint64_t drawn; // symbols, by this key
    int64_t lines;  // that are out
    bool unread;    // nobody reads the output any more
};

/* The prefix, in which a running text may have line ends. */
static void take_prefix(struct work *work)
{
    const char *line = work->settings->prefix;
    const struct tokenizer *tokenizer = &work->snapshot.contents[TARGET].tokenizer;
    while (line) {
        const char *end = strchr(line, '\n');
        tokenizer_encode(tokenizer, line, end ? (size_t)(end - line) : strlen(line), &work->prefix);
        if (end)
            ids_add(&work->prefix, ID_END);
        line = end ? end + 1 : NULL;
    }
}

static void write_line(struct work *work)
{
    const struct tokenizer *tokenizer = &work->snapshot.contents[TARGET].tokenizer;
    text_clear(&work->text);
    if (work->settings->keep_tokens)
        tokenizer_tokens(tokenizer, work->line.list, (int)work->line.count, &work->text);
    else
        tokenizer_decode(tokenizer, work->line.list, (int)work->line.count, &work->text);
    text_add(&work->text, "\n", 1);
    work->unread = !console_write(&work->text);
    work->line.count = 0;
    work->lines++;
}

static void take(struct work *work, int32_t symbol)
{
    drawing_take(&work->drawing, symbol);
    if (symbol == ID_END)
        write_line(work);
    else
        ids_add(&work->line, symbol);
}

static void begin(struct work *work, uint32_t number)
{
    work->key = (struct random_key){(uint64_t)work->settings->seed, RANDOM_DRAW, number, 0};
    work->drawn = 0;
    arena_reset(&work->arena);
    drawing_start(&work->drawing, &work->snapshot.model, work->snapshot.weights, &work->arena);
    for (int64_t i = 0; i < work->prefix.count; i++)
        take(work, work->prefix.list[i]);
}

/* Until there are so many lines, or so many symbols are drawn. */
static void draw_until(struct work *work, int64_t lines)
{
    while (work->lines < lines && work->drawn < (uint64_t)work->settings->length && !work->unread &&
           !stop_requested()) {
        point_at("sample.symbol", (int64_t)work->drawn, NULL, 0);
        double uniform = random_uniform(&work->key, work->drawn++);
        take(work, drawing_next(&work->drawing, work->settings->temperature, uniform));
    }
    if (work->line.count > 0 && work->lines < lines && !work->unread)
        write_line(work);
}

static void draw_running(struct work *work)
{
    int64_t count = work->settings->count;
    begin(work, 0);
    draw_until(work, count == CHOSEN ? INT64_MAX : work->lines + count);
}

static void draw(struct work *work)
{
    take_prefix(work);
    if (work->snapshot.settings.stream) {
        draw_running(work);
        return;
    }
    int64_t count = work->settings->count == CHOSEN ? 1 : work->settings->count;
    for (int64_t i = 0; i < count && !work->unread && !stop_requested(); i++) {
        begin(work, (uint32_t)i);
        draw_until(work, i + 1);
    }
}

static bool of_vectors(const struct snapshot *snapshot)
{
    return snapshot->contents[TARGET].form == FORM_VECTORS;
}

/* What this model can do with what is asked for. */
static void check(const struct work *work)
{
    const struct settings *s = work->settings;
    const struct snapshot *snapshot = &work->snapshot;
    struct faults faults = {0};
    agree(snapshot->settings.task == TASK_LANGUAGE_MODEL, "checkpoint '%s': is no language model",
          s->model);
    if (of_vectors(snapshot))
        sample_values_check(s, snapshot, &faults);
    else if (s->target)
        faults_add(&faults, "--target has no effect: '%s' is a model of symbols", s->model);
    if (s->prefix && !utf8_valid(s->prefix, strlen(s->prefix)))
        faults_add(&faults, "--prefix: invalid UTF-8");
    if (s->prefix && strchr(s->prefix, '\n') && !snapshot->settings.stream)
        faults_add(&faults, "--prefix: has a line end, but '%s' is a model of single lines",
                   s->model);
    faults_agree(&faults);
}

int sample(const struct settings *settings)
{
    struct work work = {.settings = settings};
    snapshot_load(&work.snapshot, settings);
    check(&work);
    arena_init(&work.arena);
    if (comm_rank() == 0 && of_vectors(&work.snapshot))
        sample_values(settings, &work.snapshot, &work.arena);
    else if (comm_rank() == 0)
        draw(&work);
    agree(!stop_agreed(), "%s: not all is drawn", stop_words());
    ids_release(&work.prefix);
    ids_release(&work.line);
    text_release(&work.text);
    arena_release(&work.arena);
    snapshot_close(&work.snapshot);
    return STATUS_DONE;
}
