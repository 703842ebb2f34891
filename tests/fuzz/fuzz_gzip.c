/* The same as text that is packed: the input's bytes behind a member's head. */
#include "given.h"
#include "io/text/lines.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t head[10] = {0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3};
    struct reason why;
    uint8_t *packed = memory_take(sizeof head + size);
    memcpy(packed, head, sizeof head);
    if (size)
        memcpy(packed + sizeof head, data, size);
    struct given given = {packed, sizeof head + size};
    struct lines *lines = lines_open(given_file(0, &given), &why);
    memory_free(packed);
    require(lines);
    const char *bytes;
    size_t length;
    int got;
    while ((got = lines_next(lines, &bytes, &length, &why)) > 0)
        require(length <= LINE_MOST && !memchr(bytes, 0, length));
    require(got == 0 || lines_next(lines, &bytes, &length, &why) == -1); // a failure stays
    lines_close(lines);
    return 0;
}
