/* Which kernels OpenBLAS is to take. It decides when it is loaded, and its own choice is wrong on
 * processors that it does not know (an AVX-512 processor of AMD gets AVX2 kernels: half the speed),
 * so the choice is ours: a pure function of the processor and the environment. The program sets
 * OPENBLAS_CORETYPE and executes itself once, before MPI starts. */
#ifndef KERNEL_H
#define KERNEL_H

#include "comm/base/reason.h"

struct processor {
    char vendor[16]; // of an x86-64 ("AuthenticAMD"), else ""
    int avx, avx2, fma, avx512f, avx512bw, avx512dq, avx512vl, avx512bf16,
        amx_bf16;                          // usable, that is: the system saves the registers too
    int neon, atomics, sve, v84, sve2bf16; // of an aarch64; neon: it is one
};
void processor_read(struct processor *processor);

/* wanted: the setting --kernel ("auto" or the name of a kernel set, any case); coretype:
 * OPENBLAS_CORETYPE as the user's environment has it, or NULL. On success *choice is the value to
 * set, or NULL to leave the environment as it is. A user's own choice is never overridden by auto;
 * one that the processor cannot execute, or that no version knows, is refused. */
bool kernel_choose(const struct processor *processor, const char *wanted, const char *coretype,
                   const char **choice, struct reason *why);

/* A kernel made of the widest instructions that this processor executes; "" where none is known. */
const char *kernel_widest(const struct processor *processor);
/* Of x86-64: is a kernel made of narrower instructions than the other, and of which ("AVX-512")? */
bool kernel_narrower(const char *name, const char *than);
const char *kernel_instructions(const char *name);
/* Bytes of the vectors with which this kernel multiplies and adds in one: 64, 32, or 0 for none. */
int kernel_vectors(const char *name);
/* The names of the kernel sets that this processor can execute, in rising order of what they need;
 * returns their number. */
enum { KERNELS_MOST = 20 };
int kernel_usable(const struct processor *processor, const char *names[KERNELS_MOST]);

#endif
