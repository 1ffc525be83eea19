/* SPDX-License-Identifier: MIT */
/* What mkimage needs to know of PE files, as UEFI applications are (Microsoft, "PE Format"). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PE_MACHINE_X64 = 0x8664,
    PE_MACHINE_IA32 = 0x14c,
    PE_APPLICATION = 10, /* subsystem (PE format, "Windows Subsystem") */
};

/* Where the fields lie in the file. */
struct pe_file {
    size_t header; /* the signature "PE" */
    size_t machine;
    size_t subsystem;
    size_t checksum;
};

/* False: it has no PE header, or is cut short before the header's end. */
bool pe_read(const uint8_t *bytes, size_t size, struct pe_file *out);

/*
 * Finds the bytes of the section with this name. False: there is none, or it does not lie in the
 * file.
 */
bool pe_find_section(const uint8_t *bytes, size_t size, const struct pe_file *file,
                     const char *name, size_t *offset, size_t *length);

/* What the checksum is to be, whatever it is now. */
uint32_t pe_checksum(const uint8_t *bytes, size_t size, const struct pe_file *file);
