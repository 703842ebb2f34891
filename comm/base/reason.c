#include "comm/base/reason.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool fail(struct reason *why, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why->text, sizeof why->text, format, arguments);
    va_end(arguments);
    return false;
}

bool fail_errno(struct reason *why)
{
    return fail(why, "%s", strerror(errno));
}

bool fail_about(struct reason *why, const char *format, ...)
{
    struct reason inner = *why, subject;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(subject.text, sizeof subject.text, format, arguments);
    va_end(arguments);
    return fail(why, "%s: %s", subject.text, inner.text);
}
