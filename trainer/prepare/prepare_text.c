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

static int is_standard_input(const char *path)
{
    return path && strcmp(path, "-") == 0;
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

/* The path that is read for a setting's. */
static const char *path_of(const struct prepare_text *text, const char *given)
{
    return is_standard_input(given) ? text->spooled : given;
}

static bool reads_standard_input(const struct settings *settings)
{
    const struct examples_options given = settings_texts(settings);
    bool reads = is_standard_input(settings->pairs);
    for (enum side side = 0; side < SIDES; side++)
        reads = reads || is_standard_input(given.paths[side]);
    return reads;
}

void prepare_text_open(struct prepare_text *text, const struct settings *settings,
                       const char *aside)
{
    struct examples_options *options = &text->options;
    if (reads_standard_input(settings)) {
        struct text path = {0};
        text_add_format(&path, "%s/standard input", aside); // stands in messages
        text->spooled = memory_copy_text(path.bytes);
        text_release(&path);
        if (comm_rank() == 0)
            spool(text->spooled);
    }
    *options = settings_texts(settings);
    options->pairs = path_of(text, settings->pairs);
    for (enum side side = 0; side < SIDES; side++)
        options->paths[side] = path_of(text, options->paths[side]);
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

void prepare_text_remarks(const struct prepare_text *text, const struct settings *settings)
{
    struct examples_options given = settings_texts(settings);
    if (settings->pairs)
        given.paths[SOURCE] = settings->pairs;
    for (enum side side = 0; side < SIDES; side++)
        if (given.paths[side])
            remark(given.paths[side], &text->marks[side]);
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

static bool read_examples(struct prepare_text *text, struct examples *examples,
                          void (*take)(void *taker, const struct example *example), void *taker,
                          struct reason *why)
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

void prepare_text_read(struct prepare_text *text, bool together,
                       void (*take)(void *taker, const struct example *example), void *taker)
{
    struct reason why;
    struct examples *examples = examples_open(&text->options, &why);
    bool well = examples && read_examples(text, examples, take, taker, &why);
    if (together)
        agree(well, "%s", why.text);
    else if (!well)
        die("%s", why.text);
    examples_close(examples);
}
