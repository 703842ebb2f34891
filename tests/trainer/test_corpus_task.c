/* What io knows of the tasks is what their table says. */
#include "../io/made_files.h"

#include "io/corpus_task.h"
#include "trainer/task.h"

static void a_corpus_is_held_to_its_task(void **state)
{
    (void)state;
    for (int kind = 0; kind < TASKS; kind++) {
        const struct task *task = task_of((enum task_kind)kind);
        const struct corpus_task *known = corpus_task_find(task->name);
        assert_non_null(known);
        assert_int_equal(known->sources, task->sources);
        assert_int_equal(known->sources_most, task->sources_most);
        assert_int_equal(known->target, task->in_step  ? PLACES_OF_SOURCE
                                        : task->single ? PLACES_ONE
                                                       : PLACES_ANY);
        assert_int_equal(known->classes, task->head != HEAD_DECODE);
    }
    assert_null(corpus_task_find("paint"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_corpus_is_held_to_its_task)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
