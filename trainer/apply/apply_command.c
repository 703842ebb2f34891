/* The verbs that apply a model to inputs: translate, tag, classify, generate. */
#include "comm/base/die.h"
#include "comm/comm.h"
#include "trainer/apply/application.h"
#include "trainer/apply/apply_lines.h"
#include "trainer/checkpoint/snapshot.h"
#include "trainer/process/agree.h"
#include "trainer/process/clock.h"
#include "trainer/settings/commands.h"
#include "trainer/settings/task.h"

/* [all] A model of another task: its own verb is named. */
static void check_task(const struct settings *settings, const struct snapshot *snapshot,
                       enum command command)
{
    const struct task *task = task_of((enum task_kind)snapshot->settings.task);
    agree(task->verb == command, "checkpoint '%s': its task is %s: chorus %s", settings->model,
          task->name, command_name(task->verb));
}

int apply_command(const struct settings *settings, enum command command)
{
    double start = clock_seconds();
    struct snapshot snapshot;
    struct arena arena;
    struct application application;
    snapshot_load(&snapshot, settings);
    check_task(settings, &snapshot, command);
    arena_init(&arena);
    application_init(&application, &snapshot.model, snapshot.weights, &snapshot.contents[TARGET],
                     &arena);
    application_search(&application, settings);
    application.keep_tokens = (int)settings->keep_tokens;
    application.probabilities = (int)settings->probabilities;
    int64_t sentences = apply_lines(settings, snapshot.contents, &application);
    application_summary(&application, sentences, clock_seconds() - start);
    application_release(&application);
    arena_release(&arena);
    snapshot_close(&snapshot);
    return STATUS_DONE;
}
