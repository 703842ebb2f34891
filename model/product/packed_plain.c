#include "model/product/packed_kernel.h"

#if defined(__aarch64__)
#include <arm_neon.h>
#ifdef CHORUS_DOUBLE
#define KERNEL_ADD(sum, a, b) vfmaq_f64(sum, a, b)
#else
#define KERNEL_ADD(sum, a, b) vfmaq_f32(sum, a, b)
#endif
#else
#define KERNEL_ADD(sum, a, b) ((sum) + (a) * (b))
#endif

#define KERNEL_BYTES 16
#define KERNEL_ROWS 6
#define KERNEL_NAME packed_kernel_plain
#include "model/product/packed_tile.h"
