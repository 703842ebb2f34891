#include "model/model.h"
#include "model/place.h"

/* Counted are the multiply-adds of the matrix products: the encoder's by source tokens, the
 * decoder's by the B rows that run for T steps each, attention's by T times the states of a
 * sentence, the output's by target tokens; backward executes twice those of forward. Element-wise
 * work is not counted. */
int64_t model_cost(const struct model *model, int source_end, int count, const int *source_lengths,
                   const int *target_lengths)
{
    const struct shape *shape = &model->shape;
    int64_t N = 0, P = 0, forward = 0, R = shape_readout_width(shape);
    int T = 0;
    for (int i = 0; i < count; i++) {
        N += source_lengths[i] + source_end;
        P += target_lengths[i] + 1;
        T = target_lengths[i] + 1 > T ? target_lengths[i] + 1 : T;
    }
    for (int i = 0; i < count; i++)
        forward += decoder_sentence_cost(&model->decoder, source_lengths[i] + source_end, T);
    if (model->output_map != PLACE_NONE) {
        forward += P * shape->embedding * R;
        R = shape->embedding;
    }
    forward += N * encoder_cost(&model->encoder);
    forward += (int64_t)T * count * decoder_row_cost(&model->decoder);
    forward += P * R * shape->target_vocabulary;
    return 3 * forward;
}

/* Every sentence as long as the longest. */
int64_t model_memory(const struct model *model, int B, int S, int T)
{
    const struct shape *shape = &model->shape;
    int64_t N = (int64_t)B * S, P = (int64_t)B * T, E = shape->embedding,
            R = shape_readout_width(shape);
    int64_t embedded = 2 * (N + P) * E * (int64_t)sizeof(real);
    int64_t output = P * (3 * R * (int64_t)sizeof(real) + 24) + // r, its gradient, packed and not
                     (model->output_map == PLACE_NONE ? 0 : 2 * P * E * (int64_t)sizeof(real));
    return embedded + output + encoder_memory(&model->encoder, N, B) +
           decoder_memory(&model->decoder, N, B, T);
}
