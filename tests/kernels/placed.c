/* SPDX-License-Identifier: MIT */
/*
 * Requests addresses, and looks whether they were honoured. PLACED says what is asked for:
 *   AT      everything at an address
 *   RANGE   everything in a narrow dynamic range in the lower half
 *   NOTHING neither direct map nor framebuffer
 */
#include "library/kernel.h"

#define AT      1
#define RANGE   2
#define NOTHING 3

#define DIRECT_MAP  UINT64_C(0xffffc00000000000)
#define STACK       UINT64_C(0xfffffe0000003000)
#define BOOT_INFO   UINT64_C(0x0000700000001000)
#define FRAMEBUFFER UINT64_C(0xffffd00000005000)
#define MODULES     UINT64_C(0xffffe00000007000)
#define RANGE_START UINT64_C(0x0000000140000000)
#define RANGE_END   UINT64_C(0x0000001400000000)

#if PLACED == AT
BOWLINE_REQUEST(.direct_map = BOWLINE_AT(DIRECT_MAP), .stack = BOWLINE_AT(STACK),
                .boot_info = BOWLINE_AT(BOOT_INFO), .framebuffer = BOWLINE_AT(FRAMEBUFFER),
                .modules = BOWLINE_AT(MODULES), .recursive_index = 300,
                .flags = BOWLINE_REQUIRE(BOWLINE_WANT_RECURSIVE_PAGE_TABLE));
#elif PLACED == RANGE
BOWLINE_REQUEST(.dynamic_range_start = RANGE_START, .dynamic_range_end = RANGE_END,
                .flags = BOWLINE_REQUIRE(BOWLINE_WANT_KASLR));
#elif PLACED == NOTHING
BOWLINE_REQUEST(.direct_map = BOWLINE_NONE, .framebuffer = BOWLINE_NONE);
#endif

void kernel_main(struct bowline_info *boot);

static void check_requested(const struct bowline_info *boot)
{
    promise("2.7");
    CHECK_EQUAL(boot->direct_map, DIRECT_MAP);
    CHECK_EQUAL(boot->stack_base, STACK);
    CHECK_EQUAL(boot, BOOT_INFO);
    CHECK_EQUAL(boot->framebuffers.items->address, FRAMEBUFFER);
    CHECK_EQUAL(boot->modules.items->address, MODULES);
    promise("2.10");
    CHECK_EQUAL(boot->recursive_index, 300);
}

struct place {
    const char *name;
    uint64_t start, end;
};

static void check_range(const struct bowline_info *boot)
{
    const struct bowline_framebuffer *framebuffer = boot->framebuffers.items;
    const struct bowline_module *last = &boot->modules.items[boot->modules.count - 1];
    const struct place places[] = {
        {"direct map", boot->direct_map, boot->direct_map + boot->direct_map_size},
        {"stack", boot->stack_base - PAGE_SIZE, boot->stack_base + boot->stack_size},
        {"loader area", boot->loader_base, boot->loader_base + boot->loader_size},
        {"boot info", (uint64_t)boot, align_up((uint64_t)boot->log + boot->log_size, PAGE_SIZE)},
        {"framebuffer", (uint64_t)framebuffer->address,
         (uint64_t)framebuffer->address + framebuffer->height * framebuffer->pitch},
        {"modules", (uint64_t)boot->modules.items->address, (uint64_t)last->address + last->size},
    };

    promise("2.8");
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        say("placed: %s at 0x%lx\n", places[i].name, places[i].start);
        CHECK(places[i].start >= RANGE_START && places[i].end <= RANGE_END);
        for (size_t j = 0; j < COUNT_OF(places); j++)
            CHECK(i == j || places[j].start >= places[i].end + PAGE_SIZE ||
                  places[j].end + PAGE_SIZE <= places[i].start);
    }
}

static void check_nothing(const struct bowline_info *boot)
{
    promise("2.15");
    CHECK_EQUAL(boot->direct_map, 0);
    CHECK_EQUAL(boot->direct_map_size, 0);
    CHECK_EQUAL(boot->framebuffers.count, 0);
}

void kernel_main(struct bowline_info *boot)
{
    switch (PLACED) {
    case AT:
        check_requested(boot);
        break;
    case RANGE:
        check_range(boot);
        break;
    case NOTHING:
        check_nothing(boot);
        break;
    }
    pass("placed");
}
