/* SPDX-License-Identifier: MIT */
#include "guarded.h"

#include <stdlib.h>
#include <sys/mman.h>

enum { PAGE = 4096 };

struct guarded guarded_make(size_t size, enum guarded_side side)
{
    size_t inside = (size + PAGE - 1) / PAGE * PAGE;
    struct guarded guarded = {.mapping_size = inside + 2 * PAGE};
    uint8_t *start;

    guarded.mapping =
        mmap(NULL, guarded.mapping_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (guarded.mapping == MAP_FAILED)
        abort();
    start = (uint8_t *)guarded.mapping + PAGE;
    if (inside > 0 && mprotect(start, inside, PROT_READ | PROT_WRITE) != 0)
        abort();
    guarded.bytes = side == GUARDED_BEFORE ? start : start + inside - size;
    return guarded;
}

void guarded_free(struct guarded *guarded)
{
    munmap(guarded->mapping, guarded->mapping_size);
}
