#include "trainer/settings/faults.h"
#include "comm/base/die.h"
#include "comm/comm.h"
#include <stdarg.h>
#include <stdio.h>

void faults_add(struct faults *faults, const char *format, ...)
{
    char line[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    text_add_format(&faults->text, "%s%s", faults->count ? "\n    " : "", line);
    faults->count++;
}

void faults_release(struct faults *faults)
{
    text_release(&faults->text);
    faults->count = 0;
}

const char *faults_words(struct faults *faults)
{
    if (faults->count > 1) {
        struct text words = {0};
        text_add_format(&words, "%d wrong settings:\n    %s", faults->count, faults->text.bytes);
        text_release(&faults->text);
        faults->text = words;
        faults->count = 1;
    }
    return faults->count > 0 ? faults->text.bytes : NULL;
}

void faults_end(struct faults *faults)
{
    const char *words = faults_words(faults);
    if (words)
        die_usage("%s", words);
    faults_release(faults);
}

void faults_agree(struct faults *faults)
{
    comm_agree(faults_words(faults), STATUS_USAGE, 0);
    faults_release(faults);
}
