/* Preparing made-up text, by the program itself on one core: pairs a second, all of it counted:
 * start, learning the tokenizer, tokenising, writing. */
#include "comm/base/clock.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/comm.h"
#include "io/text/json.h"
#include "trainer/benchmark/benchmark.h"
#include "trainer/process/agree.h"
#include "trainer/process/console.h"
#include "trainer/process/itself.h"
#include "trainer/process/temporary.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { REPEATS = 3 };
static const char *const kinds[] = {"words", "sentencepiece"};
enum { KINDS = sizeof kinds / sizeof *kinds };

static bool write_text(const char *path, const struct text *text, struct reason *why)
{
    FILE *file = fopen(path, "w");
    bool well = file && fwrite(text->bytes, 1, text->length, file) == text->length;
    int trouble = errno;
    if (file && fclose(file) != 0 && well) {
        well = false;
        trouble = errno;
    }
    return well || fail(why, "'%s': %s", path, strerror(trouble));
}

static bool write_texts(const struct made *made, char paths[SIDES][PATH_MAX], struct reason *why)
{
    bool well = true;
    for (enum side side = SOURCE; side < SIDES && well; side++) {
        if (side == SECOND)
            continue;
        struct text text = {0};
        made_text(made, side, &text);
        well = write_text(paths[side], &text, why);
        text_release(&text);
    }
    return well;
}

/* On rank 0. Pairs a second of each kind. */
static bool measure(const struct made *made, struct spread rates[KINDS], struct reason *why)
{
    char paths[SIDES][PATH_MAX], corpus[PATH_MAX];
    const char *folder = temporary_open(why);
    if (!folder)
        return false;
    snprintf(paths[SOURCE], PATH_MAX, "%s/source", folder);
    snprintf(paths[TARGET], PATH_MAX, "%s/target", folder);
    snprintf(corpus, sizeof corpus, "%s/corpus", folder);
    bool well = write_texts(made, paths, why);
    for (int k = 0; k < KINDS; k++) {
        double seconds[REPEATS];
        const char *const words[] = {"prepare",     "--source", paths[SOURCE],  "--target",
                                     paths[TARGET], "--output", corpus,         "--overwrite",
                                     "--tokenizer", kinds[k],   "--max-length", "10000",
                                     NULL};
        for (int i = 0; i < REPEATS && well; i++) {
            struct text output = {0};
            double start = clock_seconds();
            well = itself_run(words, NULL, &output, why);
            seconds[i] = made_sentences(made) / (clock_seconds() - start);
            text_release(&output);
        }
        if (well)
            rates[k] = benchmark_spread(seconds, REPEATS);
    }
    temporary_close();
    return well;
}

static void tell(const struct settings *settings, const struct made *made,
                 const struct spread rates[KINDS])
{
    struct text text = {0};
    if (settings->json) {
        json_open(&text, NULL);
        json_text(&text, "what", "prepare");
        json_integer(&text, "pairs", made_sentences(made));
        json_integer(&text, "vocabulary", settings->vocabulary);
    } else {
        char pairs[32];
        text_of_count(made_sentences(made), pairs);
        text_add_format(&text, "text                  made up, %s pairs of %d to %d words a side\n",
                        pairs, MADE_SHORTEST, (int)settings->length);
    }
    for (int k = 0; k < KINDS; k++) {
        if (settings->json) {
            json_open(&text, kinds[k]);
            json_real(&text, "pairs_per_second", rates[k].median);
            json_real(&text, "pairs_per_second_least", rates[k].least);
            json_real(&text, "pairs_per_second_most", rates[k].most);
            json_close(&text);
        } else {
            text_add_format(&text, "%-21s %.0f pairs/s a core (%.0f to %.0f)\n", kinds[k],
                            rates[k].median, rates[k].least, rates[k].most);
        }
    }
    if (settings->json) {
        json_close(&text);
        text_add(&text, "\n", 1);
    }
    console_write(&text);
    text_release(&text);
}

int benchmark_prepare(struct settings *settings)
{
    struct reason why;
    struct spread rates[KINDS];
    struct made_options options = benchmark_made_options(settings);
    options.task = TASK_TRANSLATE;
    options.source_end = 0;
    options.lanes = 1;
    bool well = true;
    if (comm_rank() == 0) {
        struct made *made = made_open(&options);
        well = measure(made, rates, &why);
        if (well)
            tell(settings, made, rates);
        made_close(made);
    }
    agree(well, "%s", why.text);
    return STATUS_DONE;
}
