/* Reading a command line in a test: words as typed, and the faults that it must give. */
#ifndef FAULTY_H
#define FAULTY_H

#include "trainer/settings/settings.h"

enum { WORDS_MOST = 32 };

/* NULL-terminated words behind the command's name; settings are initialised here. */
static inline void read_words(struct settings *settings, enum command command,
                              const char *const *words, struct faults *faults)
{
    char *argv[WORDS_MOST];
    int argc = 0;
    for (; words[argc]; argc++)
        argv[argc] = (char *)words[argc];
    settings_init(settings);
    settings_read(settings, command, argc, argv, faults);
}
#define READ(settings, command, faults, ...)                                                       \
    read_words((settings), (command), (const char *const[]){__VA_ARGS__, NULL}, (faults))

/* All faults, a line each, must be these; then they are forgotten. */
#define assert_faults(faults, expected)                                                            \
    do {                                                                                           \
        assert_string_equal((faults)->count ? (faults)->text.bytes : "", expected);                \
        faults_release(faults);                                                                    \
    } while (0)

#endif
