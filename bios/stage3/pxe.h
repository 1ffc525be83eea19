/* SPDX-License-Identifier: MIT */
/* The API of a network ROM: Preboot Execution Environment (PXE) Specification 2.1, chapter 4. */
#pragma once

#include <stdbool.h>

#include "base/error.h"

/* An address in real mode: 16 * segment + offset. */
struct far_pointer {
    uint16_t offset, segment;
};
_Static_assert(sizeof(struct far_pointer) == 4, "PXE 2.1, 4.1.2: SEGOFF16");

static inline uint32_t far_linear(struct far_pointer pointer)
{
    return ((uint32_t)pointer.segment << 4) + pointer.offset;
}

/* To something below 1 MiB, as all of stage 3 is. */
static inline struct far_pointer far_to(const void *memory)
{
    return (struct far_pointer){
        .offset = (uintptr_t)memory & 15,
        .segment = (uint16_t)((uintptr_t)memory >> 4),
    };
}

/* "!PXE", as far as all versions have it. */
struct pxe_segment {
    uint16_t selector;
    uint32_t base;
    uint16_t size;
} __attribute__((packed));

struct pxe_new_entry {
    char signature[4];
    uint8_t length, checksum, revision, reserved0;
    struct far_pointer undi_rom, base_rom;
    struct far_pointer entry;
    uint8_t protected_mode[9];
    uint8_t segment_count;
    uint16_t first_selector;
    struct pxe_segment stack;
    struct pxe_segment segments[6]; /* data and code of the card's driver and of the base code */
} __attribute__((packed));
_Static_assert(sizeof(struct pxe_new_entry) == 0x58, "PXE 2.1, 4.1.2");
_Static_assert(__builtin_offsetof(struct pxe_new_entry, entry) == 16, "PXE 2.1, 4.1.2");
_Static_assert(__builtin_offsetof(struct pxe_new_entry, stack) == 32, "PXE 2.1, 4.1.2");

/* "PXENV+", which version 2.1 of PXE keeps for the programs of earlier ones. */
struct pxe_old_entry {
    char signature[6];
    uint16_t version;
    uint8_t length, checksum;
    struct far_pointer entry;
    uint8_t protected_mode[6];
    uint16_t stack, stack_size;
    struct {
        uint16_t segment, size;
    } segments[4]; /* code and data of the base code, data and code of the card's driver */
    struct far_pointer new_entry; /* from version 2.1 on */
} __attribute__((packed));
_Static_assert(sizeof(struct pxe_old_entry) == 0x2c, "PXE 2.1, 4.1.1");
_Static_assert(__builtin_offsetof(struct pxe_old_entry, new_entry) == 40, "PXE 2.1, 4.1.1");

/* Where and how a ROM is called. */
struct pxe_rom {
    struct far_pointer entry;
    bool is_old;    /* it is older than version 2, and ends in another way */
    uint32_t start; /* the lowest byte that it uses; 0: unknown */
};

/*
 * Looks for a ROM at the two places that it has told stage 1, the first of "!PXE", the second of
 * "PXENV+", in the first MiB of memory, `low`. False: there is none. Pure.
 */
bool pxe_find(const uint8_t *low, struct far_pointer new_entry, struct far_pointer old_entry,
              struct pxe_rom *out);

/* Functions (PXE 2.1, 4.2 to 4.4). */
enum pxe_function {
    PXE_UNDI_CLEANUP = 0x02,
    PXE_UNDI_SHUTDOWN = 0x05,
    PXE_STOP_UNDI = 0x15,
    PXE_UDP_OPEN = 0x30,
    PXE_UDP_CLOSE = 0x31,
    PXE_UDP_READ = 0x32,
    PXE_UDP_WRITE = 0x33,
    PXE_UNLOAD_STACK = 0x70,
    PXE_GET_CACHED_INFO = 0x71,
};

/* Chooses the ROM that pxe_call() calls. */
void pxe_use(const struct pxe_rom *rom);

/*
 * Calls a function whose parameters, below 1 MiB, begin with the status. True: done; what
 * *parameters say is up to the function.
 */
bool pxe_call(enum pxe_function function, void *parameters, struct error *error);

/* The same where a failure is no news. */
bool pxe_try(enum pxe_function function, void *parameters);

/* int 1Ah AX=5650h (PXE 2.1, 3.1): where the BIOS says that "PXENV+" lies. */
bool pxe_ask_bios(struct far_pointer *out);

/* Parameters. Addresses and ports are in network byte order. */
struct pxe_cached_info {
    uint16_t status;
    uint16_t packet; /* which */
    uint16_t size;   /* of the buffer, and then of what is in it */
    struct far_pointer buffer;
    uint16_t capacity;
};
_Static_assert(sizeof(struct pxe_cached_info) == 12, "PXE 2.1, 4.3.1");

struct pxe_udp_open {
    uint16_t status;
    uint8_t own[4];
};
_Static_assert(sizeof(struct pxe_udp_open) == 6, "PXE 2.1, 4.3.4");

struct pxe_udp_write {
    uint16_t status;
    uint8_t to[4], gateway[4];
    uint8_t from_port[2], to_port[2];
    uint16_t size;
    struct far_pointer buffer;
};
_Static_assert(sizeof(struct pxe_udp_write) == 20, "PXE 2.1, 4.3.7");

struct pxe_udp_read {
    uint16_t status;
    uint8_t from[4], to[4];
    uint8_t from_port[2], to_port[2];
    uint16_t size;
    struct far_pointer buffer;
};
_Static_assert(sizeof(struct pxe_udp_read) == 20, "PXE 2.1, 4.3.6");
