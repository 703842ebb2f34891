/* Vocabulary and tokenizer as a file holds them: kind, strings, offsets, symbols; then a line. */
#include "given.h"
#include "io/text/utf8.h"

enum { MOST = 300 };

/* It is told of just those lines that have one. */
static void find_unknown(const struct tokenizer *tokenizer, const char *line, size_t length,
                         const struct ids *ids)
{
    const char *symbol;
    size_t count;
    bool unknown = false;
    for (int64_t i = 0; i < ids->count; i++)
        unknown = unknown || ids->list[i] == ID_UNKNOWN;
    require(tokenizer_unknown(tokenizer, line, length, &symbol, &count) == unknown);
    require(!unknown || (symbol >= line && symbol + count <= line + length && count > 0));
}

static void there_and_back(const struct tokenizer *tokenizer, const char *line, size_t length)
{
    struct ids ids = {0};
    struct text text = {0};
    if (utf8_valid(line, length)) {
        tokenizer_encode(tokenizer, line, length, &ids);
        tokenizer_decode(tokenizer, ids.list, ids.count, &text);
        tokenizer_tokens(tokenizer, ids.list, ids.count, &text);
        if (tokenizer->kind != TOKENIZER_CHARACTERS)
            find_unknown(tokenizer, line, length, &ids);
    }
    text_release(&text);
    ids_release(&ids);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct given given = {data, size};
    struct tokenizer tokenizer;
    struct text model = {0};
    struct reason why;
    int64_t offsets[MOST + 1];
    size_t length;
    static const enum tokenizer_kind kinds[] = {TOKENIZER_CHARACTERS, TOKENIZER_WORDS,
                                                TOKENIZER_LINES};
    enum tokenizer_kind kind = kinds[given_byte(&given) % 3];
    int64_t count = given_byte(&given), offset = 0;
    for (int64_t i = 0; i <= count; i++) { // a length, or 255 and a whole offset
        uint8_t step = i ? given_byte(&given) : 0;
        offset = step == 255 ? given_integer(&given, 8) : (int64_t)((uint64_t)offset + step);
        offsets[i] = offset;
    }
    const char *bytes = given_bytes(&given, given_byte(&given), &length);
    text_add(&model, bytes, length);
    bytes = given_bytes(&given, (size_t)given_byte(&given) * 4, &length);
    int64_t byte_count = given_byte(&given) ? offset : (int64_t)length; // a claim
    if (byte_count < 0 || byte_count > (int64_t)length)
        byte_count = (int64_t)length;
    if (tokenizer_restore(&tokenizer, kind, &model, bytes, byte_count, offsets, count, &why)) {
        there_and_back(&tokenizer, (const char *)given.data, given.size);
        tokenizer_release(&tokenizer);
    }
    text_release(&model);
    return 0;
}
