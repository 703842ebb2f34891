#include "model/layers/cell.h"
#include "comm/base/die.h"

#define CELL_ROW(kind, name) [kind] = &cell_##name,
static const struct cell *const cells[CELL_KINDS] = {CELLS(CELL_ROW)};

const struct cell *cell_of(enum cell_kind kind)
{
    require(kind < CELL_KINDS);
    return cells[kind];
}
