#include "trainer/host/address_space.h"
#include "comm/base/text.h"
#include "model/product/threads.h"
#include "trainer/host/host_memory.h"
#include "trainer/process/agree.h"

/* OpenBLAS takes 128 MiB of addresses for each thread that computes, at its first product, and
 * where it cannot have them it tries for ever. The rest is the thread's stack. And once: the stacks
 * of the threads that load, save and watch, and what HDF5 takes for a file, which crashes where it
 * cannot have it. */
enum { THREAD_ADDRESSES = 144 << 20, OTHER_ADDRESSES = 64 << 20 };

void address_space_check(int64_t need, const char *parts)
{
    char wanted[32], had[32];
    int64_t addresses = host_memory_addresses();
    need += threads() * (int64_t)THREAD_ADDRESSES + OTHER_ADDRESSES;
    text_of_bytes(need, wanted);
    text_of_bytes(addresses, had);
    agree(need <= addresses,
          "memory: a rank needs about %s of address space (%s%s%d thread%s), and its limit (ulimit "
          "-v) leaves %s: a higher limit, fewer threads or a smaller model",
          wanted, parts, parts[0] ? ", " : "", threads(), threads() == 1 ? "" : "s", had);
}
