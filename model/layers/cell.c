#include "model/layers/cell.h"
#include "comm/base/die.h"

static const struct cell cells[CELL_KINDS] = {
    [CELL_LSTM] = {4, 0, 1, INITIAL_FORGET, lstm_forward, lstm_backward},
    [CELL_GRU] = {3, 1, 0, INITIAL_ZERO, gru_forward, gru_backward},
    [CELL_RNN] = {1, 0, 0, INITIAL_ZERO, rnn_forward, rnn_backward},
};

const struct cell *cell_of(enum cell_kind kind)
{
    require(kind < CELL_KINDS);
    return &cells[kind];
}
