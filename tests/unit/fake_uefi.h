/* SPDX-License-Identifier: MIT */
/*
 * A UEFI firmware for unit tests of uefi/. It writes down each call, fails on demand, and counts
 * what it has handed out. A service that it does not have fails the test.
 */
#pragma once

#include "unit.h"

#include "../../uefi/uefi.h"

enum { FAKE_DESCRIPTORS_MAX = 1024, FAKE_PROTOCOLS_MAX = 16 };

struct fake_uefi {
    EFI_SYSTEM_TABLE system;
    EFI_BOOT_SERVICES boot;
    EFI_RUNTIME_SERVICES runtime;

    char trace[512];          /* the names of the calls that were made, each followed by a space */
    char logged[512];         /* the last message of the log */
    char text[512];           /* what ConOut has got, as Latin-1 */
    long blocks;              /* pool blocks, files and directories that are open */
    unsigned fail_allocation; /* number of the AllocatePool() that fails, from 1; 0: none */
    unsigned allocations;
    unsigned interrupts_disabled;

    /* GetMemoryMap() */
    EFI_MEMORY_DESCRIPTOR descriptors[FAKE_DESCRIPTORS_MAX];
    UINTN descriptor_count;
    UINTN descriptor_size;
    UINTN stray_bytes; /* behind the last descriptor */
    UINTN growth;      /* descriptors that appear after the first call */
    EFI_STATUS map_status;

    /* ExitBootServices() */
    unsigned exit_failures; /* so many calls fail */
    UINTN key;              /* of the last map; changes with each */

    /* AllocatePages() */
    EFI_STATUS pages_status;
    EFI_PHYSICAL_ADDRESS pages_address;
    EFI_ALLOCATE_TYPE pages_kind;
    EFI_MEMORY_TYPE pages_type;

    struct {
        EFI_HANDLE handle;
        EFI_GUID guid;
        void *interface;
    } protocols[FAKE_PROTOCOLS_MAX];
    unsigned protocol_count;
};

extern struct fake_uefi fake;

/* Begins anew, with 124 descriptors of 48 bytes, as OVMF has them. For cmocka's setup. */
int fake_start(void **state);

/* Fails if anything that was handed out has not come back. For cmocka's teardown. */
int fake_end(void **state);

void fake_add_protocol(EFI_HANDLE handle, EFI_GUID guid, void *interface);
void fake_trace(const char *call);

/* Does the statement end in cpu_halt()? What comes after the call in it is skipped. */
#define HALTS(statement)                                                                           \
    (setjmp(fake_halt_point) != 0                                                                  \
         ? (fake_expect_halt = false, true)                                                        \
         : (fake_expect_halt = true, statement, fake_expect_halt = false))
extern jmp_buf fake_halt_point;
extern bool fake_expect_halt;
