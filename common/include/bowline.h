/* SPDX-License-Identifier: 0BSD */
/*
 * bowline.h: the contract between the Bowline boot loader and a 64-bit kernel.
 *
 * Copy this file into a kernel. It needs nothing but <stdint.h>. It is C11, C17, C23 and C++17; the
 * macro BOWLINE_REQUEST() uses designated initialisers, which C++ has from C++20 on.
 *
 *     #include <bowline.h>
 *
 *     BOWLINE_REQUEST(.stack_size = 128 * 1024);      // optional
 *
 *     void kernel_main(struct bowline_info *boot)     // the ELF entry point: plain System V C
 *     {
 *         ...
 *     }
 *
 * Three rules hold everywhere:
 *   - zero means "default", "none" or "unknown";
 *   - structs grow only at their end: what the other side is too old for reads as zero;
 *   - addresses are virtual and mapped in the kernel's page tables, except those called *_phys.
 * Sizes and lengths are in bytes. docs/boot-protocol.md states what the loader guarantees.
 */
#ifndef BOWLINE_H
#define BOWLINE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#define BOWLINE_STATIC_ASSERT(condition) static_assert(condition, #condition)
#else
#define BOWLINE_STATIC_ASSERT(condition) _Static_assert(condition, #condition)
#endif

/* The version of this contract. The minor number rises when a field is added. */
#define BOWLINE_VERSION_MAJOR 0
#define BOWLINE_VERSION_MINOR 1

/* ------------------------------------------------------------------ what the kernel asks for -- */

/* "BOWLREQ" and "BOWLINF" as little-endian text. */
#define BOWLINE_REQUEST_MAGIC UINT64_C(0x005145524c574f42)
#define BOWLINE_INFO_MAGIC    UINT64_C(0x00464e494c574f42)

/* The ELF note that carries the request: owner "BowlineBoot", type 1. */
#define BOWLINE_NOTE_OWNER "BowlineBoot"
#define BOWLINE_NOTE_TYPE  1

/* Where something is to lie in the virtual address space. */
enum {
    BOWLINE_PLACE_ANYWHERE = 0, /* inside the dynamic range, chosen by the loader */
    BOWLINE_PLACE_AT = 1,       /* exactly at `address`, or the boot stops with the reason */
    BOWLINE_PLACE_NONE = 2,     /* not wanted */
};

struct bowline_placement {
    uint64_t kind;
    uint64_t address;
};

/* clang-format off */
#define BOWLINE_ANYWHERE            {BOWLINE_PLACE_ANYWHERE, 0}
#define BOWLINE_AT(virtual_address) {BOWLINE_PLACE_AT, (virtual_address)}
#define BOWLINE_NONE                {BOWLINE_PLACE_NONE, 0}
/* clang-format on */

/*
 * Flags of a request. A plain flag is a wish: a loader that cannot fulfil it boots all the same,
 * and the boot info shows it. BOWLINE_REQUIRE(flag) is a requirement: the boot stops with the
 * reason.
 */
#define BOWLINE_WANT_FRAMEBUFFER          (UINT64_C(1) << 0)
#define BOWLINE_WANT_VGA_TEXT             (UINT64_C(1) << 1) /* 80x25 text, BIOS only */
#define BOWLINE_WANT_KASLR                (UINT64_C(1) << 2) /* everything dynamic at random */
#define BOWLINE_WANT_RECURSIVE_PAGE_TABLE (UINT64_C(1) << 3) /* one root entry maps the root */
#define BOWLINE_WANT_LA57                 (UINT64_C(1) << 4) /* five levels of page tables */
#define BOWLINE_WANT_SMP                  (UINT64_C(1) << 5) /* all processors started, parked */
#define BOWLINE_WANT_FILE_COPY            (UINT64_C(1) << 6) /* the kernel's ELF file in memory */
#define BOWLINE_REQUIRE(flag)             ((flag) << 32)

struct bowline_request {
    uint64_t magic;   /* BOWLINE_REQUEST_MAGIC     \                           */
    uint64_t size;    /* sizeof, when it was built  } set by BOWLINE_REQUEST() */
    uint64_t version; /* major << 32 | minor       /                           */
    uint64_t flags;

    uint64_t stack_size; /* usable bytes, rounded up to pages; 0: 64 KiB */

    uint64_t framebuffer_width; /* preferred, in pixels; 0: what the monitor prefers */
    uint64_t framebuffer_height;
    uint64_t framebuffer_min_width; /* smaller modes are not used */
    uint64_t framebuffer_min_height;

    struct bowline_placement direct_map; /* NONE: no direct map */
    struct bowline_placement kernel_base;
    struct bowline_placement stack;
    struct bowline_placement boot_info;
    struct bowline_placement framebuffer; /* NONE: none is set up */
    struct bowline_placement modules;

    uint64_t dynamic_range_start; /* where ANYWHERE may be, end exclusive; */
    uint64_t dynamic_range_end;   /* both 0: the upper half */

    uint64_t recursive_index; /* root entry to use for the recursive mapping; 0: any free one */
};

BOWLINE_STATIC_ASSERT(sizeof(struct bowline_placement) == 16);
BOWLINE_STATIC_ASSERT(sizeof(struct bowline_request) == 192);

/* The note as it lies in the file. Its descriptor is at 24 whether notes are aligned to 4 or 8. */
struct bowline_request_note {
    uint32_t owner_size;
    uint32_t request_size;
    uint32_t type;
    char owner[12];
    struct bowline_request request;
};

BOWLINE_STATIC_ASSERT(sizeof(BOWLINE_NOTE_OWNER) == 12);
BOWLINE_STATIC_ASSERT(sizeof(struct bowline_request_note) == 24 + sizeof(struct bowline_request));

#if defined(__has_attribute)
#if __has_attribute(retain)
#define BOWLINE_RETAIN retain,
#endif
#endif
#ifndef BOWLINE_RETAIN
#define BOWLINE_RETAIN
#endif

/*
 * States the kernel's wishes, once, at file scope. It survives `strip`, --gc-sections and LTO. A
 * linker script that lists its sections has to keep .note.bowline, in a PT_NOTE or a PT_LOAD.
 */
/* clang-format off */
#define BOWLINE_REQUEST(...)                                                                       \
    _Pragma("GCC diagnostic push")                                                                 \
    _Pragma("GCC diagnostic ignored \"-Wmissing-field-initializers\"")                             \
    __attribute__((section(".note.bowline"), BOWLINE_RETAIN used,                                  \
                   aligned(8))) static const struct bowline_request_note bowline_request_note = {  \
        sizeof(BOWLINE_NOTE_OWNER),                                                                \
        sizeof(struct bowline_request),                                                            \
        BOWLINE_NOTE_TYPE,                                                                         \
        BOWLINE_NOTE_OWNER,                                                                        \
        {.magic = BOWLINE_REQUEST_MAGIC,                                                           \
         .size = sizeof(struct bowline_request),                                                   \
         .version = ((uint64_t)BOWLINE_VERSION_MAJOR << 32) | BOWLINE_VERSION_MINOR,               \
         __VA_ARGS__}};                                                                            \
    _Pragma("GCC diagnostic pop")                                                                  \
    BOWLINE_STATIC_ASSERT(sizeof(bowline_request_note) == sizeof(struct bowline_request_note))
/* clang-format on */

/* --------------------------------------------------------------------- what the kernel gets -- */

/*
 * A pointer of the kernel's. A program with pointers of its own, such as a loader, may define
 * BOWLINE_NO_POINTERS: then it sees the address as a number.
 */
#ifdef BOWLINE_NO_POINTERS
#define BOWLINE_POINTER(type) uint64_t
#else
#define BOWLINE_POINTER(type) type *
BOWLINE_STATIC_ASSERT(sizeof(void *) == 8);
#endif

/* Every array has this shape. Walk it by its stride: a newer loader's items may be larger. */
#define BOWLINE_ARRAY(type)                                                                        \
    struct {                                                                                       \
        BOWLINE_POINTER(type) items;                                                               \
        uint64_t count;                                                                            \
        uint64_t stride;                                                                           \
    }

/*
 * for each: BOWLINE_FOR_EACH (region, boot->memory_map) { ... region->base ... }
 * (The "+ 0" makes the pointer a value, which is not const where `boot` points to a const info; the
 * arithmetic is on integers because an empty array has no items to point to.)
 */
#define BOWLINE_FOR_EACH(item, array)                                                              \
    for (__typeof__((array).items + 0)                                                             \
             item = (array).items,                                                                 \
             item##_end = (__typeof__((array).items + 0))((uintptr_t)(array).items +               \
                                                          (array).count * (array).stride);         \
         item != item##_end;                                                                       \
         item = (__typeof__((array).items + 0))((uintptr_t)item + (array).stride))

/* Is the loader new enough to know this field? A field that it does not know is not there. */
#define BOWLINE_HAS(info, field)                                                                   \
    ((info)->size >=                                                                               \
     __builtin_offsetof(struct bowline_info, field) + sizeof(((struct bowline_info *)0)->field))

/* Kinds of physical memory. */
enum {
    BOWLINE_MEMORY_USABLE = 1,
    BOWLINE_MEMORY_LOADER_RECLAIMABLE = 2, /* usable once the kernel has left the loader's
                                              page tables, stack, GDT, IDT and boot info */
    BOWLINE_MEMORY_KERNEL = 3,
    BOWLINE_MEMORY_MODULE = 4,
    BOWLINE_MEMORY_FRAMEBUFFER = 5,
    BOWLINE_MEMORY_ACPI_RECLAIMABLE = 6, /* usable once the ACPI tables have been read */
    BOWLINE_MEMORY_ACPI_NVS = 7,
    BOWLINE_MEMORY_RUNTIME_CODE = 8, /* UEFI runtime services */
    BOWLINE_MEMORY_RUNTIME_DATA = 9,
    BOWLINE_MEMORY_MMIO = 10,
    BOWLINE_MEMORY_PERSISTENT = 11,
    BOWLINE_MEMORY_BAD = 12,
    BOWLINE_MEMORY_RESERVED = 13,
};

/* Regions are sorted by base, disjoint and page-aligned. */
struct bowline_memory_region {
    uint64_t base; /* physical */
    uint64_t length;
    uint64_t kind;
    uint64_t firmware_kind; /* E820 type or EFI_MEMORY_TYPE; 0 for USABLE and LOADER_RECLAIMABLE */
    uint64_t attributes;    /* E820 extended attributes or EFI memory attributes */
};

struct bowline_video_mode {
    uint64_t width; /* pixels */
    uint64_t height;
    uint64_t bits_per_pixel;
};

/* How a framebuffer is mapped. */
enum {
    BOWLINE_CACHING_UNCACHED = 1,
    BOWLINE_CACHING_WRITE_COMBINING = 2,
};

struct bowline_framebuffer {
    BOWLINE_POINTER(void) address;
    uint64_t phys;
    uint64_t width; /* pixels */
    uint64_t height;
    uint64_t pitch;          /* bytes from one line to the next */
    uint64_t bits_per_pixel; /* 16, 24 or 32 */
    uint64_t red_shift;      /* lowest bit of the channel in a pixel */
    uint64_t green_shift;
    uint64_t blue_shift;
    uint64_t red_bits; /* width of the channel in bits */
    uint64_t green_bits;
    uint64_t blue_bits;
    uint64_t caching;
    BOWLINE_POINTER(const void) edid; /* the monitor's description, or NULL */
    uint64_t edid_size;
    BOWLINE_ARRAY(const struct bowline_video_mode) modes; /* what the firmware offers */
};

struct bowline_module {
    BOWLINE_POINTER(void) address; /* page-aligned; NULL when the module is empty */
    uint64_t phys;
    uint64_t size;
    BOWLINE_POINTER(const char) name;      /* never NULL */
    BOWLINE_POINTER(const char) arguments; /* never NULL */
};

/*
 * What was booted from. Its size tells which fields there are, as with bowline_info. GUIDs are as
 * on the disk: the first three groups little-endian.
 */
struct bowline_boot_device {
    uint64_t size;
    uint8_t disk_guid[16]; /* all 0: not a GPT disk, or unknown */
    uint8_t partition_guid[16];
    uint64_t partition_number; /* from 1; 0: unknown */
    uint64_t mbr_signature;    /* bytes 440 to 443 of sector 0, also of a GPT disk; 0: unknown */
    uint64_t bios_drive;       /* DL of the BIOS; 0 on UEFI */
    uint64_t server_ip4;       /* network boot: the server, first byte lowest */
    BOWLINE_POINTER(const char) kernel_path; /* as in boot.conf; never NULL */
    uint64_t state_offset; /* bytes from the start of the disk to the boot-state records; 0: none */
    uint64_t slot;
    uint64_t attempts_left;
};

struct bowline_timestamp {
    uint64_t tsc;
    BOWLINE_POINTER(const char) name;
};

/* Flags of a processor. */
#define BOWLINE_CPU_IS_BSP (UINT64_C(1) << 0)

struct bowline_cpu {
    uint64_t apic_id;
    uint64_t acpi_id;
    uint64_t flags;
    uint64_t stack_base;
    uint64_t stack_size;
    uint64_t argument; /* handed to start() */
    uint64_t start;    /* write the address of a void (*)(struct bowline_cpu *) last */
};

/* The firmware that the loader found. */
enum {
    BOWLINE_FIRMWARE_BIOS = 1,
    BOWLINE_FIRMWARE_UEFI = 2,
};

/* Flags of the boot info. */
#define BOWLINE_IS_SECURE_BOOT    (UINT64_C(1) << 0) /* the firmware verifies what it starts */
#define BOWLINE_IS_MEASURED       (UINT64_C(1) << 1)
#define BOWLINE_IS_LA57           (UINT64_C(1) << 2)
#define BOWLINE_IS_ENTROPY_STRONG (UINT64_C(1) << 3) /* from RDSEED, RDRAND or EFI_RNG */
#define BOWLINE_IS_VGA_TEXT       (UINT64_C(1) << 4) /* mode 3: 80x25, physical 0xb8000, empty */
#define BOWLINE_IS_UEFI_32        (UINT64_C(1) << 5) /* UEFI's tables and code are 32-bit */

struct bowline_info {
    uint64_t magic; /* BOWLINE_INFO_MAGIC */
    uint64_t size;  /* of this struct, as the loader knows it */
    uint64_t version_major;
    uint64_t version_minor;
    BOWLINE_POINTER(const char) loader_name; /* "Bowline 0.1.0" */
    uint64_t firmware;
    uint64_t flags;
    BOWLINE_POINTER(const char) command_line; /* UTF-8, never NULL */

    BOWLINE_ARRAY(struct bowline_memory_region) memory_map;

    uint64_t direct_map; /* physical p is at direct_map + p, for p < direct_map_size */
    uint64_t direct_map_size;
    uint64_t recursive_index; /* 0: none */

    uint64_t kernel_base; /* lowest address of the kernel, and bytes up to its highest */
    uint64_t kernel_size;
    uint64_t kernel_slide; /* how far the kernel lies from where it was linked */
    uint64_t kernel_phys;  /* 0: the kernel is not one contiguous block */
    uint64_t kernel_entry;
    BOWLINE_POINTER(const void) kernel_file; /* only with BOWLINE_WANT_FILE_COPY */
    uint64_t kernel_file_size;

    uint64_t stack_base; /* lowest usable byte; a guard page lies below */
    uint64_t stack_size;
    uint64_t loader_base; /* GDT, IDT, TSS and fault screen of the loader */
    uint64_t loader_size;

    BOWLINE_POINTER(const void) tls_template; /* .tdata; NULL: the kernel has no TLS */
    uint64_t tls_file_size;
    uint64_t tls_memory_size;
    uint64_t tls_alignment;

    BOWLINE_ARRAY(struct bowline_framebuffer) framebuffers;
    BOWLINE_ARRAY(struct bowline_module) modules;

    uint64_t rsdp_phys; /* ACPI */
    uint64_t smbios_phys;
    uint64_t smbios3_phys;
    uint64_t efi_system_table_phys;             /* SetVirtualAddressMap() has not been called */
    BOWLINE_POINTER(const void) efi_memory_map; /* as the firmware gave it */
    uint64_t efi_memory_map_size;
    uint64_t efi_descriptor_size;
    uint64_t efi_descriptor_version;

    BOWLINE_POINTER(const struct bowline_boot_device) boot_device; /* never NULL */
    uint64_t boot_time;                                            /* Unix seconds */
    uint64_t tsc_hz;
    BOWLINE_ARRAY(const struct bowline_timestamp) timestamps;
    uint64_t entropy[8];
    BOWLINE_POINTER(const char) log; /* the loader's log as text, not terminated */
    uint64_t log_size;
    BOWLINE_POINTER(const void) tcg_log; /* measured boot */
    uint64_t tcg_log_size;
    uint64_t tcg_log_format;

    BOWLINE_ARRAY(struct bowline_cpu) cpus; /* only with BOWLINE_WANT_SMP */
    uint64_t bsp_apic_id;
};

BOWLINE_STATIC_ASSERT(sizeof(struct bowline_memory_region) == 40);
BOWLINE_STATIC_ASSERT(sizeof(struct bowline_video_mode) == 24);
BOWLINE_STATIC_ASSERT(sizeof(struct bowline_framebuffer) == 144);
BOWLINE_STATIC_ASSERT(sizeof(struct bowline_module) == 40);
BOWLINE_STATIC_ASSERT(sizeof(struct bowline_boot_device) == 104);
BOWLINE_STATIC_ASSERT(sizeof(struct bowline_timestamp) == 16);
BOWLINE_STATIC_ASSERT(sizeof(struct bowline_cpu) == 56);
#define BOWLINE_INFO_OFFSET(field, offset)                                                         \
    BOWLINE_STATIC_ASSERT(__builtin_offsetof(struct bowline_info, field) == (offset))
BOWLINE_INFO_OFFSET(version_major, 16);
BOWLINE_INFO_OFFSET(loader_name, 32);
BOWLINE_INFO_OFFSET(firmware, 40);
BOWLINE_INFO_OFFSET(flags, 48);
BOWLINE_INFO_OFFSET(command_line, 56);
BOWLINE_INFO_OFFSET(memory_map, 64);
BOWLINE_INFO_OFFSET(direct_map, 88);
BOWLINE_INFO_OFFSET(direct_map_size, 96);
BOWLINE_INFO_OFFSET(recursive_index, 104);
BOWLINE_INFO_OFFSET(kernel_base, 112);
BOWLINE_INFO_OFFSET(kernel_size, 120);
BOWLINE_INFO_OFFSET(kernel_slide, 128);
BOWLINE_INFO_OFFSET(kernel_phys, 136);
BOWLINE_INFO_OFFSET(kernel_entry, 144);
BOWLINE_INFO_OFFSET(kernel_file, 152);
BOWLINE_INFO_OFFSET(kernel_file_size, 160);
BOWLINE_INFO_OFFSET(stack_base, 168);
BOWLINE_INFO_OFFSET(stack_size, 176);
BOWLINE_INFO_OFFSET(loader_base, 184);
BOWLINE_INFO_OFFSET(loader_size, 192);
BOWLINE_INFO_OFFSET(tls_template, 200);
BOWLINE_INFO_OFFSET(tls_file_size, 208);
BOWLINE_INFO_OFFSET(tls_memory_size, 216);
BOWLINE_INFO_OFFSET(tls_alignment, 224);
BOWLINE_INFO_OFFSET(framebuffers, 232);
BOWLINE_INFO_OFFSET(modules, 256);
BOWLINE_INFO_OFFSET(rsdp_phys, 280);
BOWLINE_INFO_OFFSET(smbios_phys, 288);
BOWLINE_INFO_OFFSET(smbios3_phys, 296);
BOWLINE_INFO_OFFSET(efi_system_table_phys, 304);
BOWLINE_INFO_OFFSET(efi_memory_map, 312);
BOWLINE_INFO_OFFSET(efi_memory_map_size, 320);
BOWLINE_INFO_OFFSET(efi_descriptor_size, 328);
BOWLINE_INFO_OFFSET(efi_descriptor_version, 336);
BOWLINE_INFO_OFFSET(boot_device, 344);
BOWLINE_INFO_OFFSET(boot_time, 352);
BOWLINE_INFO_OFFSET(tsc_hz, 360);
BOWLINE_INFO_OFFSET(timestamps, 368);
BOWLINE_INFO_OFFSET(entropy, 392);
BOWLINE_INFO_OFFSET(log, 456);
BOWLINE_INFO_OFFSET(log_size, 464);
BOWLINE_INFO_OFFSET(tcg_log, 472);
BOWLINE_INFO_OFFSET(tcg_log_size, 480);
BOWLINE_INFO_OFFSET(tcg_log_format, 488);
BOWLINE_INFO_OFFSET(cpus, 496);
BOWLINE_INFO_OFFSET(bsp_apic_id, 520);
BOWLINE_STATIC_ASSERT(sizeof(struct bowline_info) == 528);

#ifdef __cplusplus
}
#endif

#endif /* BOWLINE_H */
