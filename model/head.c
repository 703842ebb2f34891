#include "model/head.h"
#include "comm/base/die.h"

#define HEAD_ROW(kind, name) [kind] = &head_##name,

const struct head_row *head_of(enum head head)
{
    static const struct head_row *const rows[HEADS] = {ALL_HEADS(HEAD_ROW)};
    require((int)head >= 0 && head < HEADS);
    return rows[head];
}
