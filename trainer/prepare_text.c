#include "trainer/prepare_text.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/base/points.h"
#include "comm/comm.h"
#include "io/folder.h"
#include "trainer/agree.h"
#include "trainer/stop.h"
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

static char *path_of(const char *path, const char *spooled)
{
    return path ? memory_copy_text(is_standard_input(path) ? spooled : path) : NULL;
}

void prepare_text_open(struct prepare_text *text, const struct settings *settings,
                       const char *aside)
{
    struct text spooled = {0};
    text_add_format(&spooled, "%s/standard input", aside); // stands in messages
    text->source = path_of(settings->source, spooled.bytes);
    text->target = path_of(settings->target, spooled.bytes);
    text->pairs = path_of(settings->pairs, spooled.bytes);
    int spooling = is_standard_input(settings->source) || is_standard_input(settings->target) ||
                   is_standard_input(settings->pairs);
    if (spooling && comm_rank() == 0)
        spool(spooled.bytes);
    text_release(&spooled);
    prepare_poll();
}

void prepare_text_remarks(const struct prepare_text *text, const struct settings *settings)
{
    const char *paths[] = {settings->pairs ? settings->pairs : settings->source, settings->target};
    for (int side = 0; side < 2 && paths[side]; side++) {
        char count[32];
        text_of_count(text->marks[side].windows_ends, count);
        if (text->marks[side].byte_order)
            printf("'%s': a byte order mark at its head was left out\n", paths[side]);
        if (text->marks[side].windows_ends > 0)
            printf("'%s': %s of its lines end as on Windows; the \\r was left out\n", paths[side],
                   count);
    }
    if (!settings->pairs && folder_same_file(settings->source, settings->target))
        printf("warning: source and target are one file: '%s'\n", settings->target);
}

void prepare_text_close(struct prepare_text *text, const struct settings *settings)
{
    comm_agree(NULL, 0, 0);
    const char *given[] = {settings->source, settings->target, settings->pairs};
    char *used[] = {text->source, text->target, text->pairs};
    for (int i = 0; i < 3; i++) {
        if (is_standard_input(given[i]) && comm_rank() == 0)
            unlink(used[i]);
        memory_free(used[i]);
    }
}

static bool read_lines(struct prepare_text *text, struct bitext *bitext,
                       void (*take)(void *taker, const struct bitext_line *line), void *taker,
                       struct reason *why)
{
    struct bitext_line line;
    int64_t lines = 0;
    int got;
    while ((got = bitext_next(bitext, &line, why)) > 0) {
        lines = line.number;
        take(taker, &line);
    }
    if (got == 0 && lines == 0)
        return fail(why, "'%s': is empty", text->pairs ? text->pairs : text->source);
    text->lines = lines;
    for (int side = 0; side < 2; side++)
        text->marks[side] = bitext_marks(bitext, side);
    return got == 0;
}

void prepare_text_read(struct prepare_text *text, bool together,
                       void (*take)(void *taker, const struct bitext_line *line), void *taker)
{
    struct reason why;
    struct bitext *bitext = bitext_open(text->source, text->target, text->pairs, &why);
    bool well = bitext && read_lines(text, bitext, take, taker, &why);
    if (together)
        agree(well, "%s", why.text);
    else if (!well)
        die("%s", why.text);
    bitext_close(bitext);
}
