/* A SentencePiece model in a file whose vocabulary agrees with it; then lines and ids. */
#include "given.h"
#include "io/tokenizer/sentencepiece.h"

static bool collect(const struct text *model, struct text *bytes, int64_t **offsets, int *count)
{
    struct reason why;
    void *library = sentencepiece_load(model, &why);
    *count = library ? sentencepiece_size(library) : 0;
    *offsets = memory_take(((size_t)*count + 1) * sizeof **offsets);
    for (int id = 0; id < *count; id++) {
        size_t length;
        const char *piece = sentencepiece_piece(library, id, &length);
        text_add(bytes, piece, length);
        (*offsets)[id + 1] = (int64_t)bytes->length;
    }
    if (library)
        sentencepiece_unload(library);
    return library != NULL;
}

static void use(const struct tokenizer *tokenizer)
{
    static const char *const lines[] = {"", "the cat  sat",
                                        "\xE4\xBD\xA0\xE5\xA5\xBD a\xE2\x96\x81",
                                        "\xF0\x9F\x98\x80 caf\xC3\xA9\t<s></s>"};
    struct ids ids = {0};
    struct text text = {0};
    for (int i = 0; i < 4; i++)
        tokenizer_encode(tokenizer, lines[i], strlen(lines[i]), &ids);
    tokenizer_decode(tokenizer, ids.list, ids.count, &text);
    tokenizer_tokens(tokenizer, ids.list, ids.count, &text);
    ids.count = 0;
    for (int id = 0; id < tokenizer->vocabulary.size; id++)
        ids_add(&ids, id);
    tokenizer_decode(tokenizer, ids.list, ids.count, &text);
    text_release(&text);
    ids_release(&ids);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text model = {0}, bytes = {0};
    struct tokenizer tokenizer;
    struct reason why;
    int64_t *offsets;
    int count;
    text_add(&model, (const char *)data, size);
    if (collect(&model, &bytes, &offsets, &count) &&
        tokenizer_restore(&tokenizer, TOKENIZER_SENTENCEPIECE, &model, bytes.bytes,
                          (int64_t)bytes.length, offsets, count, &why)) {
        use(&tokenizer);
        tokenizer_release(&tokenizer);
    }
    memory_free(offsets);
    text_release(&bytes);
    text_release(&model);
    return 0;
}
