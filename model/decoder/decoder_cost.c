#include "model/decoder/decoder.h"

static int64_t joined_cost(const struct decoder *decoder)
{
    struct linear W = recurrent_input(&decoder->layer[0], decoder->E, decoder->M);
    return decoder->joined ? constant_cost(&W) : 0;
}

int64_t decoder_step_cost(const struct decoder *decoder)
{
    int64_t cost = readout_cost(&decoder->readout) - joined_cost(decoder);
    for (int l = 0; l < decoder->layers; l++)
        cost += recurrent_cost(&decoder->layer[l]);
    if (decoder->attends == ATTENDS_WITHIN)
        cost += recurrent_cost(&decoder->second);
    return cost;
}

int64_t decoder_row_cost(const struct decoder *decoder)
{
    int64_t cost = decoder_step_cost(decoder);
    for (int k = 0; k < decoder->sources && decoder->attends; k++)
        cost += attention_query_cost(&decoder->attention[k]);
    return cost;
}

int64_t decoder_context_cost(const struct decoder *decoder)
{
    int64_t cost = context_cost(&decoder->context) + joined_cost(decoder);
    if (decoder->readout.joined)
        cost += constant_cost(&decoder->readout.c);
    return cost;
}

int64_t decoder_attention_cost(const struct decoder *decoder, enum side side, int64_t S, int64_t T)
{
    const struct attention *attention = &decoder->attention[side];
    if (!decoder->attends)
        return 0;
    return S * attention_key_cost(attention) + T * S * attention_pair_cost(attention);
}

int64_t decoder_sentence_cost(const struct decoder *decoder, const int64_t S[SOURCES], int T)
{
    int64_t cost = decoder_context_cost(decoder);
    for (int k = 0; k < decoder->sources; k++)
        cost += decoder_attention_cost(decoder, (enum side)k, S[k], T);
    return cost;
}

static int64_t joined_memory(const struct decoder *decoder, int B)
{
    struct linear W = recurrent_input(&decoder->layer[0], decoder->E, decoder->M);
    int64_t bytes = decoder->joined ? constant_memory(&W, B) : 0;
    return bytes + (decoder->readout.joined ? constant_memory(&decoder->readout.c, B) : 0);
}

int64_t decoder_memory(const struct decoder *decoder, const int64_t N[SOURCES], int B, int T)
{
    int64_t H = decoder->H, layers = decoder->layers;
    int64_t row = 2 * (decoder->J + decoder->M) + decoder->R, weights = 0;
    for (int l = 0; l < layers; l++) {
        int stepwise = l && decoder->stepwise ? decoder->H : decoder->J;
        row += recurrent_memory(&decoder->layer[l]) + 2 * H; // h and dh
        weights += recurrent_weights_memory(&decoder->layer[l], stepwise);
    }
    if (decoder->attends == ATTENDS_WITHIN) {
        row += recurrent_memory(&decoder->second) + H;
        weights += recurrent_weights_memory(&decoder->second, decoder->M);
    }
    if (decoder->feeding)
        weights += readout_memory(&decoder->readout);
    row += decoder->dropout_layer > 0 ? (layers - 1) * H : 0;
    int64_t reals = B * (layers * 8 * H + 2 * decoder->M + 2 * decoder->R);
    int64_t bytes = weights + joined_memory(decoder, B);
    for (int k = 0; k < decoder->sources && decoder->attends; k++)
        bytes += attention_memory(&decoder->attention[k], N[k], B, T);
    return bytes + (reals + (int64_t)T * B * row) * (int64_t)sizeof(real);
}
