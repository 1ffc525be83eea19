/* SPDX-License-Identifier: MIT */
/* The raw memory map, for the hand-over. The buffers are memory.c's. */
#pragma once

#include "uefi.h"

#include "firmware/memory.h"

struct uefi_map {
    UINTN size; /* bytes */
    UINTN key;  /* what ExitBootServices() takes */
    UINTN descriptor_size;
    UINT32 version;
};

/*
 * One GetMemoryMap() into the buffer that firmware_read_memory_map() has allocated, and nothing
 * else: good between two tries of ExitBootServices().
 */
bool uefi_get_map(struct uefi_map *out, struct error *error);

/* Gives the buffers back to the firmware, after a boot that failed. */
void uefi_free_map(void);

/* The map that uefi_get_map() has read, in bowline's terms. */
bool uefi_translate_map(const struct uefi_map *raw, bool is_final, struct firmware_memory_map *out,
                        struct error *error);
