#include "model/product/kernel.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

#if defined(__x86_64__)
#include <cpuid.h>

/* Which registers the system saves when it switches processes (XCR0). */
static unsigned saved_registers(void)
{
    unsigned low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

static int has(unsigned word, int bit)
{
    return (int)(word >> bit & 1);
}

void processor_read(struct processor *processor)
{
    enum { AVX_STATE = 0x6, AVX512_STATE = 0xe6, AMX_STATE = 0x60000 };
    unsigned a, b, c, d, saved = 0;
    memset(processor, 0, sizeof(*processor));
    if (!__get_cpuid(0, &a, &b, &c, &d))
        return;
    memcpy(processor->vendor, &b, 4);
    memcpy(processor->vendor + 4, &d, 4);
    memcpy(processor->vendor + 8, &c, 4);
    if (!__get_cpuid(1, &a, &b, &c, &d))
        return;
    if (has(c, 27)) // OSXSAVE
        saved = saved_registers();
    if ((saved & AVX_STATE) != AVX_STATE)
        return;
    processor->avx = has(c, 28);
    processor->fma = has(c, 12);
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d))
        return;
    int avx512 = (saved & AVX512_STATE) == AVX512_STATE, most = (int)a;
    processor->avx2 = has(b, 5);
    processor->avx512f = avx512 && has(b, 16);
    processor->avx512dq = avx512 && has(b, 17);
    processor->avx512bw = avx512 && has(b, 30);
    processor->avx512vl = avx512 && has(b, 31);
    processor->amx_bf16 = (saved & AMX_STATE) == AMX_STATE && has(d, 22);
    if (most >= 1 && __get_cpuid_count(7, 1, &a, &b, &c, &d))
        processor->avx512bf16 = avx512 && has(a, 5);
}

#elif defined(__aarch64__)
#include <sys/auxv.h>

void processor_read(struct processor *processor)
{
    unsigned long first = getauxval(AT_HWCAP), second = getauxval(AT_HWCAP2);
    memset(processor, 0, sizeof(*processor));
    processor->neon = 1;
    processor->atomics = (first & HWCAP_ATOMICS) != 0;
    processor->sve = (first & HWCAP_SVE) != 0;
    processor->v84 = (first & HWCAP_USCAT) != 0;
    processor->sve2bf16 = (second & HWCAP2_SVE2) && (second & HWCAP2_BF16);
}

#else

void processor_read(struct processor *processor)
{
    memset(processor, 0, sizeof(*processor));
}

#endif

enum needs {
    NEEDS_NEON, // to NEEDS_SVE2: of aarch64; the others of x86-64
    NEEDS_ATOMICS,
    NEEDS_SVE,
    NEEDS_V84,
    NEEDS_SVE2,
    NEEDS_NOTHING,
    NEEDS_AVX,
    NEEDS_AVX2,
    NEEDS_AVX512,
    NEEDS_BF16,
    NEEDS_AMX
};

static const char *const needs_words[] = {[NEEDS_NEON] = "NEON",
                                          [NEEDS_ATOMICS] = "ARMv8.1's atomics",
                                          [NEEDS_SVE] = "SVE",
                                          [NEEDS_V84] = "ARMv8.4 with SVE",
                                          [NEEDS_SVE2] = "SVE2 with BF16",
                                          [NEEDS_NOTHING] = "SSE",
                                          [NEEDS_AVX] = "AVX",
                                          [NEEDS_AVX2] = "AVX2 and FMA",
                                          [NEEDS_AVX512] = "AVX-512",
                                          [NEEDS_BF16] = "AVX-512 with BF16",
                                          [NEEDS_AMX] = "AMX with BF16"};

static const struct kernel {
    const char *name;
    enum needs needs;
} kernels[] = {{"Prescott", NEEDS_NOTHING}, {"Nehalem", NEEDS_NOTHING},
               {"Sandybridge", NEEDS_AVX},  {"Haswell", NEEDS_AVX2},
               {"Zen", NEEDS_AVX2},         {"SkylakeX", NEEDS_AVX512},
               {"Cooperlake", NEEDS_BF16},  {"Sapphirerapids", NEEDS_AMX},
               {"ARMV8", NEEDS_NEON},       {"CORTEXA53", NEEDS_NEON},
               {"CORTEXA57", NEEDS_NEON},   {"CORTEXA72", NEEDS_NEON},
               {"CORTEXA73", NEEDS_NEON},   {"THUNDERX2T99", NEEDS_ATOMICS},
               {"TSV110", NEEDS_ATOMICS},   {"NEOVERSEN1", NEEDS_ATOMICS},
               {"NEOVERSEV1", NEEDS_V84},   {"NEOVERSEN2", NEEDS_SVE2},
               {"ARMV8SVE", NEEDS_SVE},     {"A64FX", NEEDS_SVE}};
enum { KERNELS = sizeof(kernels) / sizeof(*kernels) };
_Static_assert((int)KERNELS <= (int)KERNELS_MOST, "room for the names of all kernels");

static bool executes(const struct processor *processor, enum needs needs)
{
    bool avx2 = processor->avx && processor->avx2 && processor->fma;
    bool avx512 = avx2 && processor->avx512f && processor->avx512bw && processor->avx512dq &&
                  processor->avx512vl;
    switch (needs) {
    case NEEDS_ATOMICS:
        return processor->atomics;
    case NEEDS_SVE:
        return processor->sve;
    case NEEDS_V84:
        return processor->sve && processor->v84;
    case NEEDS_SVE2:
        return processor->sve && processor->sve2bf16;
    case NEEDS_AVX:
        return processor->avx;
    case NEEDS_AVX2:
        return avx2;
    case NEEDS_AVX512:
        return avx512;
    case NEEDS_BF16:
        return avx512 && processor->avx512bf16;
    case NEEDS_AMX:
        return avx512 && processor->avx512bf16 && processor->amx_bf16;
    default:
        return true;
    }
}

static bool is_of(const struct processor *processor, const struct kernel *kernel)
{
    return processor->neon ? kernel->needs < NEEDS_NOTHING
                           : processor->vendor[0] && kernel->needs >= NEEDS_NOTHING;
}

static const struct kernel *named(const char *name)
{
    for (int i = 0; i < KERNELS; i++)
        if (strcasecmp(name, kernels[i].name) == 0)
            return &kernels[i];
    return NULL;
}

/* The table's spelling of a name that this processor can execute, or NULL with a reason. */
static const char *usable(const struct processor *processor, const char *source, const char *name,
                          struct reason *why)
{
    char known[256] = "auto";
    for (int i = 0; i < KERNELS; i++) {
        if (!is_of(processor, &kernels[i]))
            continue;
        if (strcasecmp(name, kernels[i].name) == 0) {
            if (executes(processor, kernels[i].needs))
                return kernels[i].name;
            fail(why, "%s '%s' needs %s, which this processor does not have", source, name,
                 needs_words[kernels[i].needs]);
            return NULL;
        }
        size_t length = strlen(known);
        snprintf(known + length, sizeof(known) - length, ", %s", kernels[i].name);
    }
    fail(why, "%s '%s' is not known: choose one of %s", source, name, known);
    return NULL;
}

int kernel_usable(const struct processor *processor, const char *names[KERNELS_MOST])
{
    int count = 0;
    for (int i = 0; i < KERNELS; i++)
        if (is_of(processor, &kernels[i]) && executes(processor, kernels[i].needs))
            names[count++] = kernels[i].name;
    return count;
}

bool kernel_choose(const struct processor *processor, const char *wanted, const char *coretype,
                   const char **choice, struct reason *why)
{
    *choice = NULL;
    if (!processor->vendor[0] && !processor->neon) // no kernel above is of it
        return true;
    if (strcasecmp(wanted, "auto") != 0)
        return (*choice = usable(processor, "kernel", wanted, why)) != NULL;
    if (coretype && coretype[0])
        return usable(processor, "OPENBLAS_CORETYPE", coretype, why) != NULL;
    if (strcmp(processor->vendor, "AuthenticAMD") == 0 && executes(processor, NEEDS_AVX512))
        *choice = "SkylakeX";
    return true;
}

/* For products of float and double: BF16 and AMX add nothing to AVX-512. */
static enum needs width(enum needs needs)
{
    return needs > NEEDS_AVX512 ? NEEDS_AVX512 : needs;
}

const char *kernel_widest(const struct processor *processor)
{
    const struct kernel *widest = NULL;
    for (int i = 0; i < KERNELS; i++)
        if (is_of(processor, &kernels[i]) && executes(processor, kernels[i].needs) &&
            (!widest || width(kernels[i].needs) > width(widest->needs)))
            widest = &kernels[i];
    return widest ? widest->name : "";
}

bool kernel_narrower(const char *name, const char *than)
{
    const struct kernel *this = named(name), *other = named(than);
    return this && other && this->needs >= NEEDS_NOTHING && other->needs >= NEEDS_NOTHING &&
           width(this->needs) < width(other->needs);
}

const char *kernel_instructions(const char *name)
{
    const struct kernel *this = named(name);
    return this ? needs_words[width(this->needs)] : "";
}

int kernel_vectors(const char *name)
{
    const struct kernel *this = named(name);
    return !this ? 0 : this->needs >= NEEDS_AVX512 ? 64 : this->needs == NEEDS_AVX2 ? 32 : 0;
}
