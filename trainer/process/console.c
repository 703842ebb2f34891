#include "trainer/process/console.h"
#include "comm/base/die.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

bool console_write(const struct text *text)
{
    for (size_t done = 0; done < text->length;) {
        ssize_t written = write(STDOUT_FILENO, text->bytes + done, text->length - done);
        if (written >= 0)
            done += (size_t)written;
        else if (errno == EPIPE)
            return false;
        else if (errno != EINTR)
            die("standard output: %s", strerror(errno));
    }
    return true;
}
