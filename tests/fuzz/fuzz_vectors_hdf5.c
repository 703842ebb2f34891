/* Vectors in an HDF5 file of another program's. */
#include "given.h"
#include "io/vectors/vectors.h"
#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct given given = {data, size};
    struct reason why;
    struct vectors_item item;
    struct vectors *vectors = vectors_open(given_file(0, &given), VECTORS_HDF5, &why);
    while (vectors && vectors_next(vectors, &item, &why) > 0)
        for (int i = 0; i < item.frames * item.dimension; i++)
            require(isfinite(item.values[i]));
    vectors_close(vectors);
    return 0;
}
