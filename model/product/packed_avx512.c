#include "model/product/packed_kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>
#ifdef CHORUS_DOUBLE
#define KERNEL_ADD(sum, a, b) _mm512_fmadd_pd(a, b, sum)
#else
#define KERNEL_ADD(sum, a, b) _mm512_fmadd_ps(a, b, sum)
#endif
#define KERNEL_BYTES 64
#define KERNEL_ROWS 12
#define KERNEL_NAME packed_kernel_avx512
#include "model/product/packed_tile.h"
#endif
