/* SPDX-License-Identifier: MIT */
/*
 * ISO 9660 (ECMA-119, 4th edition) and the boot catalog of El Torito ("Bootable CD-ROM Format
 * Specification", 1.0), as they lie on a disc. Where ECMA-119 wants a number in both byte orders
 * (7.2.3, 7.3.3), it is a struct of two.
 */
#pragma once

#include <stdint.h>

enum { ISO_BLOCK_SIZE = 2048 };

struct iso_both16 {
    uint16_t little;
    uint16_t big;
};

struct iso_both32 {
    uint32_t little;
    uint32_t big;
} __attribute__((packed));

struct iso_directory_record {
    uint8_t length; /* of the record, with the name, even */
    uint8_t attribute_length;
    struct iso_both32 block;
    struct iso_both32 size; /* bytes */
    uint8_t time[7];        /* year - 1900, month, day, hour, minute, second, zone */
    uint8_t flags;
    uint8_t unit_size;
    uint8_t gap_size;
    struct iso_both16 volume;
    uint8_t name_length; /* the name follows */
} __attribute__((packed));
_Static_assert(sizeof(struct iso_directory_record) == 33, "ECMA-119, 9.1");

/* In `flags`. */
#define ISO_HIDDEN    0x01 /* there, but of no interest to whoever looks into the disc */
#define ISO_DIRECTORY 0x02

struct iso_path_record {
    uint8_t name_length;
    uint8_t attribute_length;
    uint32_t block;
    uint16_t parent; /* number of a record, from 1 */
    uint8_t name[2]; /* of the root: 0, and one byte to make the length even */
} __attribute__((packed));
_Static_assert(sizeof(struct iso_path_record) == 10, "ECMA-119, 9.4, for the root");

enum { ISO_TYPE_BOOT = 0, ISO_TYPE_PRIMARY = 1, ISO_TYPE_TERMINATOR = 255 };

/* What every volume descriptor begins with. */
struct iso_descriptor_head {
    uint8_t type;
    uint8_t identifier[5]; /* "CD001" */
    uint8_t version;       /* 1 */
};
_Static_assert(sizeof(struct iso_descriptor_head) == 7, "ECMA-119, 8.1");

struct iso_primary {
    struct iso_descriptor_head head;
    uint8_t unused0;
    uint8_t system[32]; /* texts are padded with spaces */
    uint8_t volume[32];
    uint8_t unused1[8];
    struct iso_both32 blocks;
    uint8_t unused2[32];
    struct iso_both16 set_size;
    struct iso_both16 sequence_number;
    struct iso_both16 block_size;
    struct iso_both32 path_table_size; /* bytes */
    uint32_t path_table_little;
    uint32_t path_table_little_copy;
    uint32_t path_table_big;
    uint32_t path_table_big_copy;
    struct iso_directory_record root;
    uint8_t root_name;
    uint8_t volume_set[128];
    uint8_t publisher[128];
    uint8_t preparer[128];
    uint8_t application[128];
    uint8_t files[3][37]; /* names of copyright, abstract and bibliographic file */
    uint8_t created[17];  /* YYYYMMDDHHMMSSCC, zone */
    uint8_t modified[17];
    uint8_t expires[17];
    uint8_t effective[17];
    uint8_t structure_version; /* 1 */
    uint8_t reserved0;
    uint8_t application_use[512];
    uint8_t reserved1[653];
} __attribute__((packed));
_Static_assert(sizeof(struct iso_primary) == ISO_BLOCK_SIZE, "ECMA-119, 8.4");
_Static_assert(__builtin_offsetof(struct iso_primary, root) == 156, "ECMA-119, 8.4.18");
_Static_assert(__builtin_offsetof(struct iso_primary, created) == 813, "ECMA-119, 8.4.26");

struct iso_boot_record {
    struct iso_descriptor_head head;
    uint8_t boot_system[32]; /* "EL TORITO SPECIFICATION", padded with zeros */
    uint8_t unused0[32];
    uint32_t catalog; /* block */
    uint8_t unused1[1973];
} __attribute__((packed));
_Static_assert(sizeof(struct iso_boot_record) == ISO_BLOCK_SIZE, "El Torito 1.0, figure 7");

enum { BOOT_PLATFORM_X86 = 0, BOOT_PLATFORM_EFI = 0xef /* UEFI 2.10, 13.3.2.1 */ };

struct boot_validation {
    uint8_t header; /* 1 */
    uint8_t platform;
    uint16_t reserved;
    uint8_t identifier[24];
    uint16_t checksum; /* makes the sum of all 16-bit words 0 */
    uint16_t key;      /* 0xaa55 */
};
_Static_assert(sizeof(struct boot_validation) == 32, "El Torito 1.0, figure 2");

struct boot_entry {
    uint8_t indicator; /* 0x88: bootable */
    uint8_t media;     /* 0: no emulation */
    uint16_t segment;  /* where a BIOS loads it; 0: 0x7c0 */
    uint8_t system_type;
    uint8_t unused;
    uint16_t sectors; /* of 512 bytes */
    uint32_t block;
    uint8_t selection[20];
};
_Static_assert(sizeof(struct boot_entry) == 32, "El Torito 1.0, figures 3 and 5");

struct boot_section {
    uint8_t header; /* 0x91: the last one */
    uint8_t platform;
    uint16_t entries;
    uint8_t identifier[28];
};
_Static_assert(sizeof(struct boot_section) == 32, "El Torito 1.0, figure 4");

struct boot_catalog {
    struct boot_validation validation;
    struct boot_entry bios;
    struct boot_section section;
    struct boot_entry efi;
};
_Static_assert(sizeof(struct boot_catalog) == 128, "El Torito 1.0, 2.0");
