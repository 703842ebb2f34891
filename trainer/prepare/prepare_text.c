#include "trainer/prepare/prepare_text.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/base/points.h"
#include "comm/comm.h"
#include "io/folder/folder.h"
#include "trainer/process/agree.h"
#include "trainer/process/stop.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void prepare_poll(void)
{
    if (stop_agreed())
        agree(false, "%s: nothing was written", stop_words());
}

const char *prepare_text_path(const struct settings *settings, enum side side)
{
    return settings->pairs                    ? settings->pairs
           : settings->format == FORMAT_CONLL ? settings->source
                                              : settings_texts(settings).paths[side];
}

static void spool(const char *file)
{
    struct reason why;
    FILE *out = fopen(file, "w");
    if (!out)
        die("'%s': %s", file, strerror(errno));
    char bytes[1 << 16];
    size_t got;
    point_at("prepare.spool", 0, NULL, 0);
    while (!stop_requested() && (got = fread(bytes, 1, sizeof bytes, stdin)) > 0)
        if (fwrite(bytes, 1, got, out) != got)
            break;
    bool well = !ferror(stdin) || fail(&why, "standard input: %s", strerror(errno));
    if (fflush(out) != 0 || ferror(out))
        well = fail(&why, "'%s': %s", file, strerror(errno));
    fclose(out);
    if (!well)
        die("%s", why.text);
}

bool prepare_text_has(const struct prepare_text *text, enum side side)
{
    const struct examples_options *options = &text->options;
    return options->paths[side] || ((options->pairs || options->columns) && side != SECOND);
}

/* The path that is read for the one that was given. */
static const char *path_of(struct prepare_text *text, const char *given, const char *aside)
{
    if (!given || strcmp(given, "-") != 0)
        return given;
    if (text->spooled)
        return text->spooled;
    struct text path = {0};
    text_add_format(&path, "%s/standard input", aside); // stands in messages
    text->spooled = path.bytes;
    if (comm_rank() == 0)
        spool(text->spooled);
    return text->spooled;
}

void prepare_text_open(struct prepare_text *text, const struct settings *settings,
                       const char *aside)
{
    struct examples_options *options = &text->options;
    text->settings = settings;
    *options = settings_texts(settings);
    options->pairs = path_of(text, settings->pairs, aside);
    for (enum side side = 0; side < SIDES; side++)
        options->paths[side] = path_of(text, options->paths[side], aside);
    if (settings->format == FORMAT_CONLL) {
        options->columns = options->paths[SOURCE];
        settings_columns(settings->columns, options->column);
    }
    prepare_poll();
}

static void remark(const char *path, const struct lines_marks *marks)
{
    char count[32];
    text_of_count(marks->windows_ends, count);
    if (marks->byte_order)
        printf("'%s': a byte order mark at its head was left out\n", path);
    if (marks->windows_ends > 0)
        printf("'%s': %s of its lines end as on Windows; the \\r was left out\n", path, count);
}

void prepare_text_remarks(const struct prepare_text *text)
{
    const struct settings *settings = text->settings;
    for (enum side side = 0; side < SIDES; side++)
        remark(prepare_text_path(settings, side), &text->marks[side]);
    if (settings->source && settings->target &&
        folder_same_file(settings->source, settings->target))
        printf("warning: source and target are one file: '%s'\n", settings->target);
}

void prepare_text_close(struct prepare_text *text)
{
    comm_agree(NULL, 0, 0);
    if (text->spooled && comm_rank() == 0)
        unlink(text->spooled);
    memory_free(text->spooled);
}

static const char *first_path(const struct examples_options *options)
{
    const char *first = options->pairs ? options->pairs : options->columns;
    for (int side = 0; side < SIDES && !first; side++)
        first = options->paths[side];
    return first;
}

static bool read_examples(struct prepare_text *text, struct examples *examples, prepare_taker *take,
                          void *taker, struct reason *why)
{
    struct example example;
    int64_t lines = 0;
    int got;
    while ((got = examples_next(examples, &example, why)) > 0) {
        lines = example.number;
        take(taker, &example);
    }
    if (got == 0 && lines == 0)
        return fail(why, "'%s': is empty", first_path(&text->options));
    text->lines = lines;
    for (enum side side = 0; side < SIDES; side++)
        text->marks[side] = examples_marks(examples, side);
    return got == 0;
}

/* Of the whole text; else why not. */
static bool read_all(struct prepare_text *text, prepare_taker *take, void *taker,
                     struct reason *why)
{
    struct examples *examples = examples_open(&text->options, why);
    bool well = examples && read_examples(text, examples, take, taker, why);
    examples_close(examples);
    return well;
}

void prepare_text_read(struct prepare_text *text, prepare_taker *take, void *taker)
{
    struct reason why;
    agree(read_all(text, take, taker, &why), "%s", why.text);
}

void prepare_text_read_alone(struct prepare_text *text, prepare_taker *take, void *taker)
{
    struct reason why;
    if (!read_all(text, take, taker, &why))
        die("%s", why.text);
}

static void only_count(void *nothing, const struct example *example)
{
    (void)nothing;
    (void)example;
}

void prepare_text_count(struct prepare_text *text)
{
    if (text->lines == 0)
        prepare_text_read_alone(text, only_count, NULL);
}
