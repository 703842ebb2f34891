#include "model/head.h"
#include "comm/base/die.h"

const struct head_row *head_of(enum head head)
{
    static const struct head_row *const rows[HEADS] = {
        [HEAD_DECODE] = &head_decode,
        [HEAD_STEP] = &head_step,
        [HEAD_POOL] = &head_pool,
    };
    require((int)head >= 0 && head < HEADS);
    return rows[head];
}
