/* SPDX-License-Identifier: MIT */
/*
 * BIG_SIZE bytes of constants, each of which has to be where it belongs; big_contents.S holds them.
 * BIG_NAME is the kernel's name, and that of the contents.
 */
#include "library/kernel.h"
#include "library/pattern.h"

extern const uint64_t contents[], contents_end[];
static uint8_t zeros[3 * 1024 * 1024 + 123]; /* .bss larger than one large page */

void kernel_main(struct bowline_info *boot);

void kernel_main(struct bowline_info *boot)
{
    uint64_t seed = pattern_seed(BIG_NAME);
    uint64_t count = (uint64_t)(contents_end - contents);
    uint64_t modules = 0;

    say("%s: at 0x%lx, %lu words\n", BIG_NAME, boot->kernel_base, count);
    say("%s: firmware %s\n", BIG_NAME, firmware_name(boot));
    CHECK_EQUAL(count * 8, BIG_SIZE);
    for (uint64_t i = 0; i < count; i++)
        if (contents[i] != pattern_word(seed, i))
            fail(__FILE__, __LINE__, "the contents differ at byte 0x%lx", i * 8);
    for (size_t i = 0; i < sizeof(zeros); i++)
        if (zeros[i] != 0)
            fail(__FILE__, __LINE__, ".bss is not 0 at byte 0x%lx", i);
    BOWLINE_FOR_EACH (module, boot->modules) {
        check_module(module);
        modules++;
    }
    CHECK_EQUAL(modules, fact_number(boot, "modules", 0));
    pass(BIG_NAME);
}
