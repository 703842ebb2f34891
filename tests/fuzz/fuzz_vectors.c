/* Vectors as text: which of its formats, then the file. */
#include "given.h"
#include "io/vectors/vectors.h"
#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct given given = {data, size};
    struct reason why;
    struct vectors_item item;
    int dimension = 0;
    enum vectors_format format = given_byte(&given) % 2 ? VECTORS_LINES : VECTORS_FRAMES;
    struct vectors *vectors = vectors_open(given_file(0, &given), format, &why);
    while (vectors && vectors_next(vectors, &item, &why) > 0) {
        require(item.frames > 0 && item.dimension > 0);
        require(!dimension || item.dimension == dimension);
        dimension = item.dimension;
        for (int i = 0; i < item.frames * item.dimension; i++)
            require(isfinite(item.values[i]));
    }
    vectors_close(vectors);
    return 0;
}
