#include "io/encode.h"
#include "io/utf8.h"

bool encode(const struct content *content, const struct raw *raw, struct ids *cells, int *places,
            struct reason *why)
{
    int64_t before = cells->count;
    if (!utf8_valid(raw->bytes, raw->length))
        return fail(why, "is not valid UTF-8");
    tokenizer_encode(&content->tokenizer, raw->bytes, raw->length, cells);
    *places = (int)(cells->count - before);
    return true;
}
