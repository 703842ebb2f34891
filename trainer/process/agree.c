#include "trainer/process/agree.h"
#include "comm/base/die.h"
#include "comm/comm.h"
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>

void agree(bool well, const char *format, ...)
{
    char trouble[2 * PATH_MAX];
    if (!well) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(trouble, sizeof trouble, format, arguments);
        va_end(arguments);
    }
    comm_agree(well ? NULL : trouble, STATUS_FAILED, 0);
}
