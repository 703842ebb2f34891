/* VECTOR_CLONES compiles a function for several widths of vectors, chosen when the program starts.
 * Contraction is off, so each clone of a loop without sums across its steps gives the same bits. */
#ifndef CLONES_H
#define CLONES_H

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                             \
    !defined(__SANITIZE_ADDRESS__)
#define VECTOR_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define VECTOR_CLONES
#endif

#endif
