#include "io/tokenizer/pieces_model.h"
#include <stdint.h>

/* Field numbers of sentencepiece_model.proto. */
enum { NORMALIZER = 3, DENORMALIZER = 5, CHARSMAP = 2 };

/* Of a protobuf message: what is left of it. */
struct message {
    const unsigned char *at, *end;
};

static bool take_varint(struct message *message, uint64_t *value)
{
    *value = 0;
    for (int shift = 0; shift < 64 && message->at < message->end; shift += 7) {
        unsigned char byte = *message->at++;
        *value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80)
            return true;
    }
    return false;
}

/* The next field's number and, where it has a length, its content. What the library would read in
 * another way, or what no model has (groups), is a failure. */
static bool take_field(struct message *message, uint64_t *number, struct message *content)
{
    enum { VARINT, EIGHT_BYTES, WITH_LENGTH, FOUR_BYTES = 5 };
    uint64_t key, size = 0;
    if (!take_varint(message, &key) || key > UINT32_MAX)
        return false;
    unsigned type = (unsigned)key & 7;
    if ((type == VARINT || type == WITH_LENGTH) && !take_varint(message, &size))
        return false;
    if (type == VARINT)
        size = 0;
    else if (type != WITH_LENGTH)
        size = type == EIGHT_BYTES ? 8 : 4;
    if (type == 3 || type == 4 || type > FOUR_BYTES ||
        size > (uint64_t)(message->end - message->at))
        return false;
    *number = key >> 3;
    *content = (struct message){message->at, message->at + size};
    message->at += size;
    return true;
}

bool pieces_model_check(const char *model, size_t length, struct reason *why)
{
    const unsigned char *bytes = (const unsigned char *)model;
    struct message all = {bytes, bytes + length}, content, inner;
    uint64_t number;
    while (all.at < all.end) {
        if (!take_field(&all, &number, &content))
            return fail(why, "SentencePiece: the model is damaged");
        if (number != NORMALIZER && number != DENORMALIZER)
            continue;
        while (content.at < content.end) {
            if (!take_field(&content, &number, &inner))
                return fail(why, "SentencePiece: the model is damaged");
            if (number == CHARSMAP && inner.at < inner.end)
                return fail(why, "SentencePiece: the model has a normalisation that is not "
                                 "'identity'");
        }
    }
    return true;
}
