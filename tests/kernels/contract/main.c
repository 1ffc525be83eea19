/* SPDX-License-Identifier: MIT */
/*
 * Asserts every promise of docs/boot-protocol.md that this version keeps, on whatever firmware and
 * machine. What it cannot know is told on the command line: firmware=uefi modules=2 memory=256
 * framebuffer=0 stack=131072.
 */
#include "contract.h"

#if defined(CONTRACT_STACK_SIZE)
BOWLINE_REQUEST(.stack_size = CONTRACT_STACK_SIZE);
#elif defined(CONTRACT_LA57)
BOWLINE_REQUEST(.flags = BOWLINE_REQUIRE(BOWLINE_WANT_LA57));
#elif defined(CONTRACT_NO_FRAMEBUFFER)
BOWLINE_REQUEST(.framebuffer = BOWLINE_NONE);
#elif defined(CONTRACT_EXTRAS) /* all that has to be asked for */
BOWLINE_REQUEST(.flags = BOWLINE_REQUIRE(BOWLINE_WANT_KASLR | BOWLINE_WANT_FILE_COPY |
                                         BOWLINE_WANT_RECURSIVE_PAGE_TABLE) |
                         BOWLINE_WANT_LA57);
#endif

static uint8_t zeros[300001]; /* ends somewhere inside a page */
static uint32_t initialised[3] = {1, 2, 3};

void kernel_main(struct bowline_info *boot);

static void check_variables(void)
{
    const uint8_t *end = (const uint8_t *)align_up((uint64_t)variables_end, PAGE_SIZE);

    promise("1.2");
    CHECK_EQUAL(initialised[0] + initialised[1] * 10 + initialised[2] * 100, 321);
    promise("1.4");
    for (size_t i = 0; i < sizeof(zeros); i++)
        if (zeros[i] != 0)
            fail(__FILE__, __LINE__, ".bss is not 0 at byte 0x%lx", i);
    /* Nothing of another file, of the firmware or of an earlier boot behind it either. */
    for (const uint8_t *byte = variables_end; byte < end; byte++)
        CHECK_EQUAL(*byte, 0);
}

void kernel_main(struct bowline_info *boot)
{
    check_variables();
    promise("3.1");
    CHECK(boot != NULL);
    check_info(boot);
    check_entry(boot);
    check_memory_map(boot);
    check_address_space(boot);
    check_framebuffer(boot);
    check_interrupts(boot);
    check_timer();
    pass("contract");
}
