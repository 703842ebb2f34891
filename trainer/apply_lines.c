#include "trainer/apply_lines.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/base/points.h"
#include "comm/comm.h"
#include "io/aside.h"
#include "io/folder.h"
#include "io/lines.h"
#include "io/utf8.h"
#include "trainer/agree.h"
#include "trainer/stop.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct work {
    const struct settings *settings;
    struct lines *input; // on rank 0
    FILE *output;        // on rank 0: of `aside`, or standard output
    struct aside aside;
    struct text lines; // the block's lines, each with its line end
    int64_t number;    // of the line read last
    struct apply apply;
    int64_t sentences;
};

/* On rank 0: at most PAIRS_BLOCK lines into work->lines; one at a time from a terminal. */
static void read_block(struct work *work)
{
    int most =
        work->input && strcmp(work->settings->input, "-") == 0 && isatty(0) ? 1 : PAIRS_BLOCK;
    text_clear(&work->lines);
    for (int i = 0; i < most && !stop_requested(); i++) {
        struct reason why;
        const char *bytes;
        size_t length;
        int got = lines_next(work->input, &bytes, &length, &why);
        if (got < 0) {
            aside_abandon(&work->aside);
            die("'%s': %s", work->settings->input, why.text);
        }
        if (got == 0)
            break;
        work->number = lines_number(work->input);
        if (!utf8_valid(bytes, length)) {
            aside_abandon(&work->aside);
            die("'%s': line %lld: invalid UTF-8", work->settings->input, (long long)work->number);
        }
        text_add(&work->lines, bytes, length);
        text_add(&work->lines, "\n", 1);
    }
}

/* Tokenises the block, on every rank. */
static void tokenise(struct work *work, const struct tokenizer *tokenizer)
{
    struct pairs_block *block = &work->apply.block;
    block->count = 0;
    block->ids.count = 0;
    const char *end = work->lines.bytes + work->lines.length;
    for (const char *line = work->lines.bytes; line < end; block->count++) {
        const char *next = memchr(line, '\n', (size_t)(end - line));
        int64_t before = block->ids.count;
        tokenizer_encode(tokenizer, line, (size_t)(next - line), &block->ids);
        block->list[block->count] =
            (struct pair){.source_length = (int)(block->ids.count - before)};
        line = next + 1;
    }
    const int32_t *ids = block->ids.list;
    for (int i = 0; i < block->count; ids += block->list[i++].source_length)
        block->list[i].source = ids;
}

static void write_block(struct work *work)
{
    for (int i = 0; i < work->apply.block.count; i++) {
        struct text *output = &work->apply.outputs[i];
        fwrite(output->bytes, 1, output->length, work->output);
        putc('\n', work->output);
    }
    fflush(work->output);
    if (!ferror(work->output) || errno == EPIPE)
        return;
    const char *name = work->output == stdout ? "-" : work->settings->output;
    const char *reason = strerror(errno);
    aside_abandon(&work->aside);
    die("'%s': %s", name, reason);
}

/* [all] One block; returns 0 at the end of the input, on a stop, or when nobody reads the output
 * any more. */
static int go_on(struct work *work, const struct apply_lines *lines)
{
    enum { ENDED = STOP_FLAG + 1 };
    if (comm_rank() == 0)
        read_block(work);
    comm_broadcast_text(&work->lines, 0);
    if (work->lines.length == 0)
        return 0;
    point_at("apply.block", work->number, NULL, 0);
    tokenise(work, lines->tokenizer);
    if (!apply_block(&work->apply, lines->each, lines->task))
        return 0;
    work->sentences += work->apply.block.count;
    int ended = 0;
    if (comm_rank() == 0) {
        write_block(work);
        ended = ferror(work->output) ? ENDED : 0;
    }
    return !(comm_agree(NULL, 0, ended) & ENDED);
}

static void open_files(struct work *work)
{
    struct reason why;
    const struct settings *s = work->settings;
    work->input = lines_open(s->input, &why);
    if (!work->input)
        die("'%s': %s", s->input, why.text);
    if (s->output &&
        (folder_same_file(s->output, s->model) || folder_same_file(s->output, s->input)))
        die_usage("--output '%s': is the file that %s reads", s->output,
                  folder_same_file(s->output, s->model) ? "--model" : "--input");
    if (!s->output || strcmp(s->output, "-") == 0)
        work->output = stdout;
    else if (aside_open(&work->aside, s->output, &why))
        work->output = work->aside.file;
    else
        die("'%s': %s", s->output, why.text);
}

static void close_files(struct work *work)
{
    struct reason why;
    lines_close(work->input);
    if (work->output != stdout && !aside_finish(&work->aside, &why))
        die("'%s': %s", work->settings->output, why.text);
}

int64_t apply_lines(const struct apply_lines *lines)
{
    struct work *work = memory_take(sizeof *work);
    work->settings = lines->settings;
    if (comm_rank() == 0)
        open_files(work);
    apply_init(&work->apply);
    while (go_on(work, lines)) {
    }
    int stopped = stop_agreed();
    if (stopped)
        aside_abandon(&work->aside);
    agree(!stopped, "%s: %s is not complete", stop_words(), lines->what);
    if (comm_rank() == 0)
        close_files(work);
    int64_t sentences = work->sentences;
    apply_release(&work->apply);
    text_release(&work->lines);
    memory_free(work);
    return sentences;
}
