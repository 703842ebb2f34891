/* What the operands of products are rounded to before they are multiplied (--precision): float32 as
 * they are, or bfloat16, the upper half of a float32. Sums, and all that is kept, stay float32. */
#ifndef PRECISION_H
#define PRECISION_H

#include <stdint.h>
#include <string.h>

enum precision { PRECISION_FLOAT32, PRECISION_BFLOAT16 };

/* To nearest, ties to even; a NaN stays one. */
static inline uint16_t bfloat16_of(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    uint32_t rounded = bits + 0x7fff + (bits >> 16 & 1), quiet = bits | 0x400000;
    return (uint16_t)((x != x ? quiet : rounded) >> 16);
}

static inline float bfloat16_value(uint16_t half)
{
    uint32_t bits = (uint32_t)half << 16;
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

#endif
