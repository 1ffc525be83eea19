/* SPDX-License-Identifier: MIT */
#include "disk/iso_writer.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "base/units.h"
#include "format/stage.h"

/* Blocks of the disc. ECMA-119 and El Torito say where the first two are. */
enum {
    BLOCK_PRIMARY = 16,
    BLOCK_BOOT_RECORD = 17,
    BLOCK_TERMINATOR = 18,
    BLOCK_CATALOG = 19,
    BLOCK_PATH_TABLE_LITTLE = 20,
    BLOCK_PATH_TABLE_BIG = 21,
    BLOCK_ROOT = 22,
    BLOCK_README = 23,
    BLOCK_STAGE1 = 24,
};
_Static_assert(ISO_START == BLOCK_PRIMARY * ISO_BLOCK_SIZE, "ECMA-119, 6.2.1");
_Static_assert(ISO_START + ISO_SIZE == BLOCK_STAGE1 * ISO_BLOCK_SIZE &&
                   DISC_STAGE1_OFFSET == BLOCK_STAGE1 * ISO_BLOCK_SIZE,
               "docs/image-layout.md");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "on-disk structs are filled in as they are");

/* For whoever looks into the disc. Line ends are those that every system shows as such. */
static const char readme[] =
    "This disc boots a kernel: Bowline's mkimage has made it. The same bytes boot from\r\n"
    "a USB stick or a disk that they are written to, from the first to the last.\r\n"
    "\r\n"
    "The files are not here, but in a FAT file system, the EFI system partition. It\r\n"
    "begins at byte 1048576 of the image; EFI.IMG is that partition (left out if it\r\n"
    "has 4 GiB or more). These show what is in it:\r\n"
    "\r\n"
    "  mount -o loop,offset=1048576 IMAGE DIRECTORY     (Linux)\r\n"
    "  mdir -/ -i IMAGE@@1M                             (mtools, everywhere)\r\n"
    "\r\n"
    "and on a stick it is a partition like any other. To change the files, change them\r\n"
    "there, or build another image.\r\n";
_Static_assert(sizeof(readme) - 1 <= ISO_BLOCK_SIZE, "one block");

static void *block_at(uint8_t *out, uint32_t block)
{
    return out + block * ISO_BLOCK_SIZE - ISO_START;
}

static struct iso_both16 both16(uint16_t value)
{
    return (struct iso_both16){value, __builtin_bswap16(value)};
}

static struct iso_both32 both32(uint64_t value)
{
    return (struct iso_both32){(uint32_t)value, __builtin_bswap32((uint32_t)value)};
}

static struct iso_descriptor_head head_of(uint8_t type)
{
    return (struct iso_descriptor_head){type, {'C', 'D', '0', '0', '1'}, 1};
}

/* A text field of a descriptor: padded with spaces. */
static void set_text(uint8_t *field, size_t size, const char *text)
{
    size_t length = strlen(text);

    memset(field, ' ', size);
    memcpy(field, text, minimum(length, size));
}

static struct tm utc_of(uint64_t time)
{
    time_t seconds = (time_t)time;
    struct tm utc;

    gmtime_r(&seconds, &utc);
    return utc;
}

/* ECMA-119, 8.4.26.1: sixteen digits, and the zone. */
static void set_time(uint8_t field[17], const struct tm *utc)
{
    char digits[64];

    snprintf(digits, sizeof(digits), "%04d%02d%02d%02d%02d%02d00", utc->tm_year + 1900,
             utc->tm_mon + 1, utc->tm_mday, utc->tm_hour, utc->tm_min, utc->tm_sec);
    memcpy(field, digits, 16);
    field[16] = 0;
}

/* The same digits and capital letters as in the GUID's text: other characters are not allowed. */
static void set_identifier(uint8_t field[128], const struct guid *guid)
{
    static const uint8_t order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    char text[33];

    for (size_t i = 0; i < sizeof(order); i++)
        snprintf(text + 2 * i, 3, "%02X", guid->bytes[order[i]]);
    set_text(field, 128, text);
}

static struct iso_directory_record record_of(uint32_t block, uint64_t size, uint8_t flags,
                                             uint8_t name_length, const struct tm *utc)
{
    return (struct iso_directory_record){
        /* ECMA-119, 9.1.12: a byte more where the length were odd */
        .length = (uint8_t)align_up(sizeof(struct iso_directory_record) + name_length, 2),
        .block = both32(block),
        .size = both32(size),
        .time = {(uint8_t)utc->tm_year, (uint8_t)(utc->tm_mon + 1), (uint8_t)utc->tm_mday,
                 (uint8_t)utc->tm_hour, (uint8_t)utc->tm_min, (uint8_t)utc->tm_sec, 0},
        .flags = flags,
        .volume = both16(1),
        .name_length = name_length,
    };
}

static struct iso_directory_record root_record(const struct tm *utc)
{
    return record_of(BLOCK_ROOT, ISO_BLOCK_SIZE, ISO_DIRECTORY, 1, utc);
}

static void make_primary(const struct iso_volume *volume, const struct tm *utc,
                         struct iso_primary *out)
{
    out->head = head_of(ISO_TYPE_PRIMARY);
    set_text(out->system, sizeof(out->system), "");
    set_text(out->volume, sizeof(out->volume), volume->label);
    out->blocks = both32(volume->size / ISO_BLOCK_SIZE);
    out->set_size = both16(1);
    out->sequence_number = both16(1);
    out->block_size = both16(ISO_BLOCK_SIZE);
    out->path_table_size = both32(sizeof(struct iso_path_record));
    out->path_table_little = BLOCK_PATH_TABLE_LITTLE;
    out->path_table_big = __builtin_bswap32(BLOCK_PATH_TABLE_BIG);
    out->root = root_record(utc);
    set_identifier(out->volume_set, &volume->identifier);
    set_text(out->publisher, sizeof(out->publisher), "");
    set_text(out->preparer, sizeof(out->preparer), "");
    set_text(out->application, sizeof(out->application), "BOWLINE MKIMAGE");
    memset(out->files, ' ', sizeof(out->files));
    set_time(out->created, utc);
    set_time(out->modified, utc);
    memset(out->expires, '0', 16); /* not specified */
    memset(out->effective, '0', 16);
    out->structure_version = 1;
}

static void make_boot_record(struct iso_boot_record *out)
{
    out->head = head_of(ISO_TYPE_BOOT);
    memcpy(out->boot_system, "EL TORITO SPECIFICATION", strlen("EL TORITO SPECIFICATION"));
    out->catalog = BLOCK_CATALOG;
}

static uint16_t checksum_of(const struct boot_validation *validation)
{
    const uint8_t *bytes = (const uint8_t *)validation;
    uint16_t sum = 0;

    for (size_t i = 0; i < sizeof(*validation); i += 2)
        sum = (uint16_t)(sum + load_le16(bytes + i));
    return (uint16_t)-sum;
}

static void make_catalog(const struct iso_volume *volume, struct boot_catalog *out)
{
    *out = (struct boot_catalog){
        .validation = {.header = 1,
                       .platform = BOOT_PLATFORM_X86,
                       .identifier = "Bowline",
                       .key = 0xaa55},
        .bios =
            {
                .indicator = 0x88,
                .sectors = ISO_BLOCK_SIZE / STAGE_SECTOR_SIZE, /* more is not for every BIOS */
                .block = BLOCK_STAGE1,
            },
        .section = {.header = 0x91, .platform = BOOT_PLATFORM_EFI, .entries = 1},
        .efi =
            {
                .indicator = 0x88,
                /* No ESP of ours is as small as 16 bits can say. UEFI 2.10, 13.3.2.1: 0 and 1 mean
                 * "to the end of the disc"; 1 is what Windows's own discs have. */
                .sectors = 1,
                .block = (uint32_t)(volume->esp_start / ISO_BLOCK_SIZE),
            },
    };
    out->validation.checksum = checksum_of(&out->validation);
}

static void make_path_table(uint32_t block, uint16_t parent, void *out)
{
    struct iso_path_record root = {.name_length = 1, .block = block, .parent = parent};

    memcpy(out, &root, sizeof(root));
}

struct iso_file {
    const char *name;
    uint64_t start; /* bytes from the start of the disc */
    uint64_t size;
    uint8_t flags;
};

static uint8_t *add_record(uint8_t *to, struct iso_directory_record record, const char *name)
{
    memcpy(to, &record, sizeof(record));
    memcpy(to + sizeof(record), name, record.name_length);
    return to + record.length;
}

/*
 * ECMA-119, 6.8.2.2 and 9.3: the names 0 and 1 are the directory itself and its parent; the others
 * are sorted. The boot catalog and what it leads to are files, so that other tools know whose the
 * blocks are.
 */
static void make_root(const struct iso_volume *volume, const struct tm *utc, uint8_t *out)
{
    const struct iso_file files[] = {
        {"BIOS.IMG;1", DISC_STAGE1_OFFSET, ISO_BLOCK_SIZE, ISO_HIDDEN},
        {"BOOT.CAT;1", BLOCK_CATALOG * ISO_BLOCK_SIZE, ISO_BLOCK_SIZE, ISO_HIDDEN},
        {"EFI.IMG;1", volume->esp_start, volume->esp_size, 0},
        {"README.TXT;1", BLOCK_README * ISO_BLOCK_SIZE, strlen(readme), 0},
    };

    out = add_record(out, root_record(utc), "\0");
    out = add_record(out, root_record(utc), "\1");
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        const struct iso_file *file = &files[i];

        if (file->size > UINT32_MAX)
            continue; /* to record it in parts is not for every reader, and no boot needs it */
        out = add_record(out,
                         record_of((uint32_t)(file->start / ISO_BLOCK_SIZE), file->size,
                                   file->flags, (uint8_t)strlen(file->name), utc),
                         file->name);
    }
}

void iso_make(const struct iso_volume *volume, uint8_t out[ISO_SIZE])
{
    struct iso_descriptor_head terminator = head_of(ISO_TYPE_TERMINATOR);
    struct tm utc = utc_of(volume->time);

    memset(out, 0, ISO_SIZE);
    make_primary(volume, &utc, block_at(out, BLOCK_PRIMARY));
    make_boot_record(block_at(out, BLOCK_BOOT_RECORD));
    memcpy(block_at(out, BLOCK_TERMINATOR), &terminator, sizeof(terminator));
    make_catalog(volume, block_at(out, BLOCK_CATALOG));
    make_path_table(BLOCK_ROOT, 1, block_at(out, BLOCK_PATH_TABLE_LITTLE));
    make_path_table(__builtin_bswap32(BLOCK_ROOT), __builtin_bswap16(1),
                    block_at(out, BLOCK_PATH_TABLE_BIG));
    make_root(volume, &utc, block_at(out, BLOCK_ROOT));
    memcpy(block_at(out, BLOCK_README), readme, strlen(readme));
}
