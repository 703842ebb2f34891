#include "trainer/inspect/inspect.h"
#include "comm/base/die.h"
#include "comm/comm.h"
#include "io/run/run_folder.h"
#include "io/text/json.h"
#include "trainer/process/console.h"
#include "trainer/settings/commands.h"
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void inspect_add_line(struct text *text, const char *name, const char *format, ...)
{
    char value[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(value, sizeof value, format, arguments);
    va_end(arguments);
    text_add_format(text, "  %-20s %s\n", name, value);
}

void inspect_add_content_json(const struct content *content, enum side side, struct text *text)
{
    json_open(text, side_names[side]);
    if (content->form == FORM_VECTORS) {
        json_integer(text, "dimension", content->dimension);
        json_integer(text, "stack", content->stack);
        return;
    }
    json_text(text, "tokenizer", tokenizer_names[content->tokenizer.kind]);
    json_integer(text, "vocabulary", content->tokenizer.vocabulary.size);
    if (!content->feature_count)
        return;
    json_open_list(text, "features");
    for (int i = 0; i < content->feature_count; i++)
        json_integer(text, NULL, content->features[i].vocabulary.size);
    json_close_list(text);
}

void inspect_add_content(const struct content *content, enum side side, struct text *text)
{
    char size[32];
    if (content->form == FORM_VECTORS) {
        inspect_add_line(text, side_names[side], "vectors of %d numbers, %d frame%s each",
                         content->dimension, content->stack, content->stack == 1 ? "" : "s");
        return;
    }
    text_of_count(content->tokenizer.vocabulary.size, size);
    inspect_add_line(text, side_names[side], "%s, %s symbols",
                     tokenizer_names[content->tokenizer.kind], size);
    for (int i = 0; i < content->feature_count; i++)
        inspect_add_line(text, "", "feature %d: %d symbols", i + 1,
                         content->features[i].vocabulary.size);
}

/* status.json as it is: one line of JSON. */
static void add_status(const char *path, bool json, struct text *text)
{
    struct reason why;
    struct text status = {0};
    if (run_folder_read(path, "status.json", &status, &why)) {
        int length = (int)strcspn(status.bytes, "\n");
        if (json)
            text_add_format(text, ",\"status\":%.*s", length, status.bytes);
        else
            inspect_add_line(text, "status", "%.*s", length, status.bytes);
    }
    text_release(&status);
}

static void inspect_run(const char *path, const struct settings *settings, struct text *text)
{
    int64_t updates[RUN_FOLDER_MOST];
    bool json = settings->json == 1;
    int count = run_folder_checkpoints(path, updates, RUN_FOLDER_MOST);
    char last[PATH_MAX];
    if (json) {
        json_open(text, NULL);
        json_text(text, "what", "run");
        json_text(text, "path", path);
        json_open_list(text, "checkpoints");
        for (int i = 0; i < count; i++)
            json_integer(text, NULL, updates[i]);
        json_close_list(text);
        json_integer(text, "best", run_folder_linked(path, "best.h5"));
    } else {
        text_add_format(text, "run '%s'\n", path);
        inspect_add_line(text, "checkpoints", "%d, best at update %lld", count,
                         (long long)run_folder_linked(path, "best.h5"));
    }
    add_status(path, json, text);
    text_add_format(text, "%s", json ? "" : "\n");
    for (int i = settings->check == 1 ? count - 1 : 0; i > 0; i--) { // the others are only checked
        struct text unread = {0};
        run_folder_checkpoint_path(path, updates[i], last, sizeof last);
        inspect_checkpoint(last, NULL, settings, &unread);
        text_release(&unread);
    }
    snprintf(last, sizeof last, "%s/last.h5", path);
    inspect_checkpoint(last, "last", settings, text);
    if (json)
        json_close(text);
}

static void inspect_folder(const char *path, const struct settings *settings, struct text *text)
{
    char file[PATH_MAX];
    struct reason why;
    enum run_folder_state state;
    snprintf(file, sizeof file, "%s/corpus.h5", path);
    if (access(file, F_OK) == 0)
        inspect_corpus(path, settings, text);
    else if (!run_folder_look(path, &state, &why))
        die("'%s': %s", path, why.text);
    else if (state == RUN_FOLDER_RUN)
        inspect_run(path, settings, text);
    else
        die("'%s': is neither a corpus nor the folder of a run", path);
}

static void inspect_path(const struct settings *settings)
{
    struct stat found;
    struct text text = {0};
    if (stat(settings->path, &found) != 0)
        die("'%s': %s", settings->path, strerror(errno));
    if (S_ISDIR(found.st_mode))
        inspect_folder(settings->path, settings, &text);
    else
        inspect_checkpoint(settings->path, NULL, settings, &text);
    if (settings->json == 1)
        text_add_format(&text, "\n");
    console_write(&text);
    text_release(&text);
}

int inspect(const struct settings *settings)
{
    if (comm_rank() == 0)
        inspect_path(settings);
    comm_agree(NULL, STATUS_DONE, 0); // mpirun may hang if a rank aborts while others finalize
    return STATUS_DONE;
}
