/* SPDX-License-Identifier: MIT */
/*
 * A boot on the simulated machine, and eyes to look at what it leaves in memory: as the processor
 * would see it, through the page tables.
 */
#pragma once

#include <bowline.h>

#include "elf_builder.h"
#include "handover/handover.h"
#include "host/machine.h"
#include "support.h"

#define KERNEL_BASE UINT64_C(0xffffffff80000000)

enum { MODULE_ONE_SIZE = 5000 };
#define UNMAPPED UINT32_MAX
extern uint8_t module_one[MODULE_ONE_SIZE]; /* modules/one */
extern const uint8_t module_two[1];         /* modules/two words */

struct fixture {
    struct elf_builder elf; /* the kernel; a small one unless the test builds another */
    struct host_machine machine;
    struct host_machine_file files[5];
    const char *config;               /* boot.conf; NULL: one with two modules */
    struct bowline_request_note note; /* the small kernel's request: all defaults */
};

/* For cmocka: *state is the fixture, with a machine of 64 MiB that has not booted. */
int setup(void **state);
int teardown(void **state);

enum host_end start(struct fixture *fixture);

/* Boots, and fails with the loader's words unless the kernel is reached. */
void boot_or_fail(struct fixture *fixture);

/* What the loader has told the resident part, and the kernel. */
const struct resident *resident_of(const struct fixture *fixture);
const struct bowline_info *info_of(const struct fixture *fixture);

/* The byte that the kernel sees at `address`, which has to be mapped. */
const void *see(const struct fixture *fixture, uint64_t address);

/* enum map_flags of the page there, or UNMAPPED. */
unsigned flags_at(const struct fixture *fixture, uint64_t address);

#define BOOT_TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
