#include "made_files.h"

#include "comm/base/points.h"
#include "io/folder/folder.h"
#include "io/run/run_folder.h"
#include <errno.h>
#include <sys/wait.h>

/* A run folder of its own with checkpoints of these updates. */
static void make_run(const char *name, const int64_t *updates, int count)
{
    char file[4096];
    assert_int_equal(mkdir(made_path(name), 0777), 0);
    for (int i = 0; i < count; i++) {
        run_folder_checkpoint_path(made_path(name), updates[i], file, sizeof file);
        write_bytes(file, "x", 1);
    }
}

static void assert_updates(const char *name, const int64_t *expected, int count)
{
    int64_t found[16];
    assert_int_equal(run_folder_checkpoints(made_path(name), found, 16), count);
    for (int i = 0; i < count; i++)
        assert_int_equal(found[i], expected[i]);
}

static void looking_tells_what_is_there(void **state)
{
    (void)state;
    struct reason why;
    enum run_folder_state found;
    assert_true(run_folder_look(made_path("absent"), &found, &why));
    assert_int_equal(found, RUN_FOLDER_ABSENT);
    assert_int_equal(mkdir(made_path("look"), 0777), 0);
    assert_true(run_folder_look(made_path("look"), &found, &why));
    assert_int_equal(found, RUN_FOLDER_EMPTY);
    write_bytes(made_path("look/notes"), "x", 1);
    assert_true(run_folder_look(made_path("look"), &found, &why));
    assert_int_equal(found, RUN_FOLDER_OTHER);
    write_bytes(made_path("look/update-00000007.h5"), "x", 1);
    assert_true(run_folder_look(made_path("look"), &found, &why));
    assert_int_equal(found, RUN_FOLDER_RUN);
    assert_false(run_folder_look(made_path("look/notes"), &found, &why));
    assert_string_equal(why.text, "is a file, not a run folder");
    assert_false(run_folder_look(made_path("look/notes/run"), &found, &why));
    assert_string_equal(why.text, "Not a directory");
}

static void a_folder_is_made_aside_and_renamed(void **state)
{
    (void)state;
    struct reason why;
    char aside[4096], name[256];
    snprintf(name, sizeof name, "%s/", made_path("new")); // as a shell completes it
    assert_true(folder_begin(name, aside, &why));
    assert_string_equal(aside, made_path("new.partial"));
    write_bytes(made_path("new.partial/left"), "x", 1);
    assert_true(folder_begin(name, aside, &why));
    assert_int_not_equal(access(made_path("new.partial/left"), F_OK), 0);
    assert_int_equal(mkdir(made_path("new"), 0777), 0); // an empty one is replaced
    write_bytes(made_path("new.partial/settings.yml"), "x", 1);
    assert_true(folder_finish(name, &why));
    assert_int_equal(access(made_path("new/settings.yml"), F_OK), 0);
    assert_int_not_equal(access(made_path("new.partial"), F_OK), 0);
}

static void a_folder_is_used_by_one_process(void **state)
{
    (void)state;
    int ready[2], finish[2];
    char byte;
    bool lockless;
    struct reason why;
    make_run("locked", NULL, 0);
    assert_int_equal(pipe(ready) | pipe(finish), 0);
    pid_t child = fork();
    if (child == 0) {
        bool held = run_folder_lock(made_path("locked"), "node17", &lockless, &why);
        close(finish[1]);
        if (write(ready[1], held ? "y" : "n", 1) == 1)
            _exit((int)read(finish[0], &byte, 1)); // until this process ends, however it does
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(byte, 'y');
    char expected[64];
    snprintf(expected, sizeof expected, "is in use by process %ld on node17 (since 20",
             (long)child);
    assert_false(run_folder_lock(made_path("locked"), "here", &lockless, &why));
    assert_memory_equal(why.text, expected, strlen(expected));
    assert_string_equal(strchr(why.text, '\0') - 5, " UTC)");
    close(finish[1]);
    waitpid(child, NULL, 0);
    assert_true(run_folder_lock(made_path("locked"), "here", &lockless, &why));
    close(ready[0]);
    close(ready[1]);
    close(finish[0]);
}

static void assert_lost(const char *words)
{
    struct reason why;
    struct text content = {"x", 1, 0};
    assert_false(run_folder_held(made_path("fenced"), &why));
    assert_string_equal(why.text, words);
    assert_false(run_folder_write(made_path("fenced"), "status.json", &content, &why));
    assert_string_equal(why.text, words);
    assert_false(run_folder_append_metrics(made_path("fenced"), &content, &why));
    assert_false(run_folder_cut_metrics(made_path("fenced"), 0, &why));
    assert_false(run_folder_link(made_path("fenced"), "last.h5", 3, &why));
    assert_false(run_folder_remove_old(made_path("fenced"), 2, -1, &why));
    assert_string_equal(why.text, words);
}

static void who_lost_a_folder_does_not_write_into_it(void **state)
{
    (void)state;
    struct reason why;
    bool lockless = true;
    size_t length;
    static const char theirs[] = "process 17 on node3 (since yesterday)\n1\n";
    make_run("fenced", (int64_t[]){1, 2, 3}, 3);
    assert_true(run_folder_held(made_path("fenced"), &why)); // no lock, no fence
    assert_true(run_folder_lock(made_path("fenced"), "here", &lockless, &why));
    assert_false(lockless);
    assert_true(run_folder_held(made_path("fenced"), &why));
    assert_true(run_folder_held(made_path("elsewhere"), &why));
    unsigned char *words = read_bytes(made_path("fenced/lock"), &length);
    write_bytes(made_path("fenced/lock"), theirs, strlen(theirs));
    assert_lost("was taken over by process 17 on node3 (since yesterday)");
    write_bytes(made_path("fenced/lock"), "", 0);
    assert_lost("was taken over by another process");
    write_bytes(made_path("fenced/lock"), words, length);
    free(words);
    assert_true(run_folder_held(made_path("fenced"), &why));
    write_bytes(made_path("fenced/new"), theirs, strlen(theirs));
    assert_int_equal(rename(made_path("fenced/lock"), made_path("fenced/old")), 0);
    assert_lost("its lock was removed");
    assert_int_equal(rename(made_path("fenced/new"), made_path("fenced/lock")), 0);
    assert_lost("was taken over by process 17 on node3 (since yesterday)");
    assert_int_equal(rename(made_path("fenced"), made_path("fenced-before")), 0);
    assert_lost("was removed");
    make_run("fenced", (int64_t[]){1, 2, 3}, 3);
    assert_lost("was replaced by another folder");
    assert_updates("fenced", (int64_t[]){3, 2, 1}, 3);
    assert_updates("fenced-before", (int64_t[]){3, 2, 1}, 3);
}

static void answer_without_locks(const char *name, int64_t number, void *data, size_t bytes)
{
    (void)number;
    if (strcmp(name, "run_folder.lock") == 0 && bytes == sizeof(int))
        *(int *)data = ENOLCK;
}

static void without_locks_the_later_start_has_the_folder(void **state)
{
    (void)state;
    int ready[2], taken[2], status;
    char byte, expected[64];
    bool lockless = false;
    struct reason why;
    make_run("lockless", NULL, 0);
    assert_int_equal(pipe(ready) | pipe(taken), 0);
    points_hook = answer_without_locks;
    snprintf(expected, sizeof expected, "was taken over by process %ld on later (", (long)getpid());
    pid_t child = fork();
    if (child == 0) {
        bool well = run_folder_lock(made_path("lockless"), "earlier", &lockless, &why) &&
                    lockless && run_folder_held(made_path("lockless"), &why);
        if (write(ready[1], "r", 1) != 1 || read(taken[0], &byte, 1) != 1)
            _exit(1);
        well = well && !run_folder_held(made_path("lockless"), &why);
        _exit(!well || strncmp(why.text, expected, strlen(expected)) != 0);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_true(run_folder_lock(made_path("lockless"), "later", &lockless, &why));
    assert_true(lockless && run_folder_held(made_path("lockless"), &why));
    assert_int_equal(write(taken[1], "t", 1), 1);
    waitpid(child, &status, 0);
    points_hook = NULL;
    assert_int_equal(status, 0);
    for (int i = 0; i < 2; i++) {
        close(ready[i]);
        close(taken[i]);
    }
}

static void checkpoints_are_listed_highest_first(void **state)
{
    (void)state;
    make_run("listed", (int64_t[]){9, 100, 123456789012, 20}, 4);
    static const char *const others[] = {"update-7.h5", "update-00000008.h5.partial",
                                         "update-0000000a.h5", "notes.h5"};
    for (int i = 0; i < 4; i++) {
        char name[64];
        snprintf(name, sizeof name, "listed/%s", others[i]);
        write_bytes(made_path(name), "x", 1);
    }
    assert_updates("listed", (int64_t[]){123456789012, 100, 20, 9}, 4);
    int64_t two[2];
    assert_int_equal(run_folder_checkpoints(made_path("listed"), two, 2), 2);
    assert_int_equal(two[1], 100);
    assert_int_equal(run_folder_checkpoints(made_path("absent"), two, 2), 0);
}

static void links_are_replaced(void **state)
{
    (void)state;
    struct reason why;
    char target[64] = "";
    make_run("linked", (int64_t[]){3, 5}, 2);
    assert_int_equal(run_folder_linked(made_path("linked"), "last.h5"), -1);
    assert_true(run_folder_link(made_path("linked"), "last.h5", 3, &why));
    write_bytes(made_path("linked/last.h5.partial"), "x", 1); // of a try that was interrupted
    assert_true(run_folder_link(made_path("linked"), "last.h5", 5, &why));
    assert_int_equal(run_folder_linked(made_path("linked"), "last.h5"), 5);
    assert_true(readlink(made_path("linked/last.h5"), target, sizeof target - 1) > 0);
    assert_string_equal(target, "update-00000005.h5");
    assert_int_not_equal(access(made_path("linked/last.h5.partial"), F_OK), 0);
}

static void old_checkpoints_go_but_not_the_best(void **state)
{
    (void)state;
    struct reason why;
    make_run("old", (int64_t[]){1, 2, 3, 4, 5, 6}, 6);
    write_bytes(made_path("old/update-00000007.h5.partial"), "x", 1);
    write_bytes(made_path("old/settings.yml"), "x", 1);
    assert_true(run_folder_remove_old(made_path("old"), 3, 2, &why));
    assert_updates("old", (int64_t[]){6, 5, 4, 2}, 4);
    assert_int_not_equal(access(made_path("old/update-00000007.h5.partial"), F_OK), 0);
    assert_int_equal(access(made_path("old/settings.yml"), F_OK), 0);
    assert_true(run_folder_remove_old(made_path("old"), 2, -1, &why));
    assert_updates("old", (int64_t[]){6, 5}, 2);
}

static void small_files_are_written_whole(void **state)
{
    (void)state;
    struct reason why;
    struct text content, found;
    make_run("files", NULL, 0);
    text_init(&content);
    text_init(&found);
    assert_false(run_folder_read(made_path("files"), "status.json", &found, &why));
    assert_string_equal(why.text, "No such file or directory");
    for (int i = 0; i < 5000; i++)
        text_add_format(&content, "line %d\n", i);
    assert_true(run_folder_write(made_path("files"), "status.json", &content, &why));
    assert_true(run_folder_read(made_path("files"), "status.json", &found, &why));
    assert_string_equal(found.bytes, content.bytes);
    assert_int_not_equal(access(made_path("files/status.json.partial"), F_OK), 0);
    text_clear(&content);
    assert_true(run_folder_write(made_path("files"), "status.json", &content, &why));
    assert_true(run_folder_read(made_path("files"), "status.json", &found, &why));
    assert_string_equal(found.bytes, "");
    assert_false(run_folder_write(made_path("absent"), "status.json", &content, &why));
    assert_string_equal(why.text, "status.json: No such file or directory");
    text_release(&content);
    text_release(&found);
}

static void assert_metrics(const char *expected)
{
    struct reason why;
    struct text found;
    text_init(&found);
    assert_true(run_folder_read(made_path("metrics"), "metrics.jsonl", &found, &why));
    assert_string_equal(found.bytes, expected);
    text_release(&found);
}

static void metrics_are_cut_behind_an_update(void **state)
{
    (void)state;
    struct reason why;
    struct text line;
    make_run("metrics", NULL, 0);
    text_init(&line);
    assert_true(run_folder_cut_metrics(made_path("metrics"), 3, &why)); // not there yet
    for (int i = 1; i <= 4; i++) {
        text_clear(&line);
        text_add_format(&line, "{\"update\":%d,\"loss\":1}", i);
        assert_true(run_folder_append_metrics(made_path("metrics"), &line, &why));
        if (i == 2)
            assert_true(
                run_folder_append_metrics(made_path("metrics"),
                                          &(struct text){"{\"update\":2,\"valid\":1}",
                                                         strlen("{\"update\":2,\"valid\":1}"), 0},
                                          &why));
    }
    assert_true(run_folder_cut_metrics(made_path("metrics"), 4, &why));
    static const char whole[] = "{\"update\":1,\"loss\":1}\n{\"update\":2,\"loss\":1}\n"
                                "{\"update\":2,\"valid\":1}\n{\"update\":3,\"loss\":1}\n"
                                "{\"update\":4,\"loss\":1}\n";
    assert_metrics(whole);
    FILE *file = fopen(made_path("metrics/metrics.jsonl"), "a");
    fputs("{\"update\":4,\"lo", file); // torn
    fclose(file);
    assert_true(run_folder_cut_metrics(made_path("metrics"), 4, &why));
    assert_metrics(whole);
    assert_true(run_folder_cut_metrics(made_path("metrics"), 2, &why));
    assert_metrics("{\"update\":1,\"loss\":1}\n{\"update\":2,\"loss\":1}\n"
                   "{\"update\":2,\"valid\":1}\n");
    assert_true(run_folder_cut_metrics(made_path("metrics"), 0, &why));
    assert_metrics("");
    text_release(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looking_tells_what_is_there),
        cmocka_unit_test(a_folder_is_made_aside_and_renamed),
        cmocka_unit_test(a_folder_is_used_by_one_process),
        cmocka_unit_test(who_lost_a_folder_does_not_write_into_it),
        cmocka_unit_test(without_locks_the_later_start_has_the_folder),
        cmocka_unit_test(checkpoints_are_listed_highest_first),
        cmocka_unit_test(links_are_replaced),
        cmocka_unit_test(old_checkpoints_go_but_not_the_best),
        cmocka_unit_test(small_files_are_written_whole),
        cmocka_unit_test(metrics_are_cut_behind_an_update),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
