/* SPDX-License-Identifier: MIT */
#include "base/string.h"
#include "base/units.h"
#include "bios.h"
#include "disk.h"
#include "file_source.h"
#include "firmware/boot_disk.h"
#include "firmware/memory.h"
#include "format/fat.h"
#include "format/gpt.h"
#include "format/mbr.h"
#include "format/stage.h"
#include "memory_layout.h"

/* The kernel, and for each step of the boot one more. */
enum { OPEN_FILES_MAX = 8 };

static struct disk disk;
static struct disk_requests requests; /* below 1 MiB, as all of stage 3 */
static struct window_reader partition;
static struct fat_volume volume;
static struct bowline_boot_device boot_device;
static bool is_open;
static struct fat_file files[OPEN_FILES_MAX];

static void start(const struct stage2_report *report)
{
    disk_init(&disk, (uint8_t)report->drive, STAGE_SECTOR_SIZE << report->sector_shift, &requests,
              (struct range){LAYOUT_BOUNCE, memory_low_end() - LAYOUT_BOUNCE});
}

static bool find_in_gpt(struct range *out, struct error *error)
{
    struct gpt gpt;
    struct gpt_partition esp;

    if (!gpt_read(&disk.reader, &gpt, error) ||
        !gpt_find(&disk.reader, &gpt, &GPT_TYPE_ESP, &esp, error))
        return false;
    *out = (struct range){esp.start, esp.size};
    boot_device.partition_number = esp.number;
    memcpy(boot_device.disk_guid, &gpt.header.disk_guid, sizeof(boot_device.disk_guid));
    memcpy(boot_device.partition_guid, &esp.entry.partition_guid,
           sizeof(boot_device.partition_guid));
    return true;
}

static bool find_in_mbr(const struct mbr *mbr, struct range *out, struct error *error)
{
    struct mbr_partition esp;

    if (!mbr_find(mbr, ESP_OFFSET, disk.reader.size, &esp, error))
        return false;
    *out = (struct range){esp.start, esp.size};
    boot_device.partition_number = esp.number;
    return true;
}

/* Sector 0 says which table counts: behind an MBR that does not protect it a GPT is a leftover. */
static bool find_partition(struct range *out, struct error *error)
{
    struct mbr mbr;

    if (!mbr_read(&disk.reader, &mbr, error))
        return false;
    boot_device.mbr_signature = mbr.disk_signature;
    boot_device.bios_drive = disk.drive;
    if (mbr_is_protective(&mbr))
        return find_in_gpt(out, error);
    return find_in_mbr(&mbr, out, error);
}

static bool open_volume(struct error *error)
{
    struct range bytes;

    if (!find_partition(&bytes, error))
        return error_in(error, "the boot disk");
    window_reader_init(&partition, &disk.reader, bytes.base, bytes.length);
    if (!fat_open(&partition.reader, &volume, error))
        return error_in(error, "the EFI system partition");
    is_open = true;
    return true;
}

static void close_file(struct reader *reader)
{
    *(struct fat_file *)reader = (struct fat_file){0};
}

static bool open(const char *path, struct reader **out, struct error *error)
{
    if (!is_open && !open_volume(error))
        return false;
    for (unsigned i = 0; i < OPEN_FILES_MAX; i++) {
        struct fat_file *file = &files[i];

        if (file->volume != NULL)
            continue;
        if (!fat_open_file(&volume, path, file, error)) {
            *file = (struct fat_file){0};
            return false;
        }
        file->reader.close = close_file;
        *out = &file->reader;
        return true;
    }
    return FAIL_WITH(error, FIRMWARE, "table of open files", OPEN_FILES_MAX);
}

static void find_boot_device(struct bowline_boot_device *out)
{
    *out = boot_device;
}

/* From the network no disk has been started; a disc has sectors of 2048 bytes. */
struct disk *files_disk(void)
{
    return disk.sector_size == 512 || disk.sector_size == 4096 ? &disk : NULL;
}

bool firmware_find_boot_disk(struct firmware_boot_disk *out)
{
    firmware_must_be_alive();
    if (files_disk() == NULL)
        return false;
    *out = (struct firmware_boot_disk){.sector_size = disk.sector_size};
    return true;
}

bool firmware_read_boot_disk(uint64_t offset, uint64_t length, void *to, struct error *error)
{
    firmware_must_be_alive();
    disk.held_count = 0; /* from the disk, whatever is in the bounce buffer */
    return reader_read(&disk.reader, offset, length, to, error);
}

bool firmware_write_boot_disk(uint64_t offset, uint64_t length, const void *from,
                              struct error *error)
{
    firmware_must_be_alive();
    return disk_write(&disk, offset, length, from, error);
}

/* The BIOS does nothing between two requests. */
static void end(void)
{
}

const struct file_source volume_source = {start, open, find_boot_device, end};
