/* What the SentencePiece library does where memory ends: in C++ that is an exception, which must
 * not come up as a failure to tokenise. */
#include "comm/base/memory.h"
#include "io/tokenizer/sentencepiece.h"
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void *learn(void)
{
    enum { SENTENCES = 200 };
    static const char sentence[] = "the lazy dog jumps";
    struct text bytes = {0}, model = {0};
    struct reason why = {""};
    int64_t offsets[SENTENCES + 1] = {0};
    int size;
    for (int i = 0; i < SENTENCES; i++) {
        text_add_format(&bytes, "%s %d", sentence, i);
        offsets[i + 1] = (int64_t)bytes.length;
    }
    struct sentencepiece_training training = {bytes.bytes, offsets, SENTENCES, 300, 0, NULL};
    if (!sentencepiece_train(&training, &model, &size, &why))
        fail_msg("%s", why.text);
    void *processor = sentencepiece_load(&model, &why);
    assert_non_null(processor);
    text_release(&bytes);
    text_release(&model);
    return processor;
}

static void limit_addresses(size_t more)
{
    long long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    assert_true(file && fscanf(file, "%lld", &pages) == 1);
    fclose(file);
    size_t bytes = (size_t)pages * (size_t)sysconf(_SC_PAGESIZE) + more;
    setrlimit(RLIMIT_AS, &(struct rlimit){bytes, bytes});
}

static void memory_that_ends_in_the_library_ends_the_program_with_its_line(void **state)
{
#ifdef __SANITIZE_ADDRESS__ // has more addresses than can be limited
    skip();
#endif
    (void)state;
    enum { LENGTH = 16 << 20 };
    void *processor = learn();
    char *line = memory_take(LENGTH), said[256] = "";
    memset(line, 'd', LENGTH);
    int ends[2], status;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        struct ids ids = {0};
        dup2(ends[1], STDERR_FILENO);
        limit_addresses(32 << 20);
        sentencepiece_encode(processor, line, LENGTH, &ids);
        _exit(0);
    }
    close(ends[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    ssize_t got = read(ends[0], said, sizeof said - 1);
    assert_true(got > 0);
    assert_int_equal(strncmp(said, "fatal: memory: no more can be had (", 35), 0);
    assert_ptr_equal(strchr(said, '\n'), said + got - 1);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    close(ends[0]);
    memory_free(line);
    sentencepiece_unload(processor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_that_ends_in_the_library_ends_the_program_with_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
