#include "trainer/run/continue.h"
#include "comm/base/die.h"
#include "comm/comm.h"
#include "io/folder/folder.h"
#include "io/run/run_folder.h"
#include "io/text/yaml.h"
#include "trainer/checkpoint/snapshot.h"
#include "trainer/process/agree.h"
#include "trainer/process/inside.h"
#include <limits.h>
#include <stdio.h>
#include <string.h>

void continue_lock(const char *folder)
{
    struct reason why;
    bool lockless;
    if (!run_folder_lock(folder, comm_host(), &lockless, &why))
        die("run folder '%s': %s", folder, why.text);
    if (lockless)
        fprintf(stderr,
                "warning: run folder '%s': the file system has no locks: a second start would take "
                "the run over, and this one end\n",
                folder);
}

static bool read_settings(const char *folder, struct yaml *yaml, char path[PATH_MAX],
                          struct reason *why)
{
    snprintf(path, PATH_MAX, "%s/settings.yml", folder);
    return yaml_read(path, yaml, why);
}

/* A file somebody copied here? Its name must be its update's, and what it was trained with the
 * run's own. (Its corpus is compared when that is open.) */
static bool belongs(const struct checkpoint *checkpoint, const struct yaml *yaml,
                    struct reason *why)
{
    for (int i = 0; i < yaml->count; i++) {
        const struct yaml_pair *pair = &yaml->pairs[i];
        int row = settings_row(pair->name);
        const char *stored = row < 0 ? NULL : snapshot_setting(checkpoint, row);
        if (stored && strcmp(stored, pair->value) != 0)
            return fail(why, "is of another run: %s is %s, and %s in settings.yml", pair->name,
                        stored, pair->value);
    }
    return true;
}

static bool valid(const char *file, int64_t update, const struct yaml *yaml, struct reason *why)
{
    int64_t found;
    struct checkpoint *checkpoint = checkpoint_open(file, why);
    if (!checkpoint)
        return false;
    bool valid = checkpoint_get_integer(checkpoint, "update", &found, why) &&
                 (found == update || fail(why, "is of update %lld", (long long)found)) &&
                 belongs(checkpoint, yaml, why);
    checkpoint_close(checkpoint);
    return valid;
}

/* On rank 0: the highest valid checkpoint's update. Damaged ones are named; with none left the run
 * does not start afresh by itself. */
static int64_t newest_valid(const char *folder)
{
    int64_t updates[RUN_FOLDER_MOST];
    int count = run_folder_checkpoints(folder, updates, RUN_FOLDER_MOST), newest = -1;
    struct reason why;
    struct yaml yaml;
    char file[PATH_MAX];
    if (!read_settings(folder, &yaml, file, &why))
        die("'%s': %s", file, why.text);
    for (int i = 0; i < count && newest < 0; i++) {
        run_folder_checkpoint_path(folder, updates[i], file, sizeof file);
        if (valid(file, updates[i], &yaml, &why))
            newest = i;
        else
            fprintf(stderr, "warning: checkpoint '%s': %s: it is left out\n", file, why.text);
    }
    yaml_release(&yaml);
    if (newest < 0)
        die("run folder '%s': none of its %d checkpoints is valid", folder, count);
    return updates[newest];
}

/* [all] What stands at --output: the update of the newest valid checkpoint, or -1 where there is no
 * run. */
static int64_t look(const struct settings *settings)
{
    int64_t update = -1;
    if (comm_rank() == 0 && settings->output) {
        struct reason why;
        enum run_folder_state state;
        refuse_inside("output", settings->output);
        if (settings->corpus && folder_kind(settings->corpus) == FOLDER_CORPUS)
            refuse_inside("corpus", settings->corpus);
        if (!run_folder_look(settings->output, &state, &why))
            die_usage("--output '%s': %s", settings->output, why.text);
        if (state == RUN_FOLDER_OTHER)
            die_usage("--output '%s': is not empty and holds no run", settings->output);
        if (state == RUN_FOLDER_RUN) {
            if (!settings->check)
                continue_lock(settings->output);
            update = newest_valid(settings->output);
        }
    }
    comm_broadcast(&update, sizeof update, 0);
    return update;
}

void continue_take(struct settings *settings, int row, const char *stored, const char *what,
                   const char *path, struct faults *faults)
{
    struct text now = {0};
    const char *name = settings_table[row].name;
    if (settings->from[row] >= FROM_CONFIG && settings_get(settings, row, &now) &&
        strcmp(now.bytes, stored) != 0)
        faults_add(faults, "--%s %s contradicts %s '%s', which has %s", name, now.bytes, what, path,
                   stored[0] ? stored : "none");
    else
        settings_set(settings, row, stored, FROM_RUN, name, faults);
    text_release(&now);
}

/* Model and training settings: the run's own, a text that is not there its default. */
static void take_from_checkpoint(struct settings *settings, const struct checkpoint *checkpoint,
                                 struct faults *faults)
{
    for (int row = 0; row < settings_count; row++) {
        const char *stored = snapshot_setting(checkpoint, row);
        if (stored)
            continue_take(settings, row, stored, "the run", settings->output, faults);
    }
}

/* What holds for one start only. */
static int of_one_start(const struct setting *setting)
{
    static const char *const names[] = {"output", "check", "stop-after", NULL};
    int i = 0;
    while (names[i] && strcmp(names[i], setting->name) != 0)
        i++;
    return names[i] != NULL;
}

/* A run that continues has begun from what it has begun from. */
static void compare_origin(const struct settings *settings, const struct yaml *yaml,
                           struct faults *faults)
{
    const char *was = NULL;
    for (int i = 0; i < yaml->count; i++)
        if (strcmp(yaml->pairs[i].name, "from") == 0)
            was = yaml->pairs[i].value;
    if (settings_given(settings, &settings->origin) && settings->origin &&
        (!was || strcmp(was, settings->origin) != 0))
        faults_add(faults, "--from '%s' contradicts the run '%s', which began with %s%s%s",
                   settings->origin, settings->output, was ? "'" : "",
                   was ? was : "weights of its own", was ? "'" : "");
}

/* Limits and run settings as they were given last, unless they are given now. */
static void take_from_file(struct settings *settings, struct faults *faults)
{
    struct reason why;
    struct yaml yaml;
    char path[PATH_MAX];
    if (!read_settings(settings->output, &yaml, path, &why)) {
        faults_add(faults, "'%s': %s", path, why.text);
        return;
    }
    compare_origin(settings, &yaml, faults);
    for (int i = 0; i < yaml.count; i++) {
        int row = settings_row(yaml.pairs[i].name);
        if (row < 0 || settings->from[row] != FROM_DEFAULT || of_one_start(&settings_table[row]))
            continue;
        enum setting_kind kind = settings_table[row].kind;
        if (kind == SETTING_LIMIT || kind == SETTING_RUN)
            settings_set(settings, row, yaml.pairs[i].value, FROM_RUN, yaml.pairs[i].name, faults);
    }
    yaml_release(&yaml);
}

struct checkpoint *continue_find(struct settings *settings)
{
    int64_t update = look(settings);
    struct faults faults = {0};
    if (update < 0) {
        if (!settings->corpus)
            faults_add(&faults, "--corpus is missing: there is no run '%s' to continue",
                       settings->output);
        faults_agree(&faults);
        return NULL;
    }
    struct reason why;
    char file[PATH_MAX];
    run_folder_checkpoint_path(settings->output, update, file, sizeof file);
    struct checkpoint *checkpoint = checkpoint_open(file, &why);
    agree(checkpoint != NULL, "checkpoint '%s': %s", file, why.text);
    take_from_checkpoint(settings, checkpoint, &faults);
    take_from_file(settings, &faults);
    faults_agree(&faults);
    return checkpoint;
}

/* Not the progress that suits this terminal either. */
static int kept_in_file(const struct settings *settings, int row)
{
    const struct setting *setting = &settings_table[row];
    if (strcmp(setting->name, "progress") == 0)
        return settings->from[row] != FROM_DEFAULT;
    return (setting->commands & COMMAND_TRAIN) && !of_one_start(setting);
}

void continue_settings(const struct settings *settings, struct text *yaml)
{
    struct text value = {0};
    for (int row = 0; row < settings_count; row++) {
        text_clear(&value);
        if (kept_in_file(settings, row) && settings_get(settings, row, &value) && value.length > 0)
            yaml_write(yaml, settings_table[row].name, value.bytes);
    }
    text_release(&value);
}

void continue_write_settings(const struct settings *settings, const char *folder)
{
    struct reason why;
    struct text file = {0};
    text_add_format(&file, "# All settings of this run. Model and training settings are fixed "
                           "by its checkpoints.\n");
    continue_settings(settings, &file);
    if (!run_folder_write(folder, "settings.yml", &file, &why))
        die("run folder '%s': %s", folder, why.text);
    text_release(&file);
}
