/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/crc32.h"
#include "base/units.h"
#include "format/boot_state.h"
#include "format/config.h"
#include "format/stage.h"
#include "image/image_plan.h"
#include "kernel/unpacked.h"

static bool differs(struct error *error, const char *what, uint64_t offset)
{
    return FAIL_WITH(error, HOST_VERIFY, what, offset);
}

/* The checks that each stage makes of the next one, made here as they make them. */
static bool verify_chain(const struct image_plan *plan, struct reader *disk, struct error *error)
{
    static uint8_t bytes[BIOS_CHAIN_SIZE_MAX];
    struct stage1_patch patch;
    struct stage2_header header;
    uint64_t offset, size;

    if (plan->chain.size == 0) /* left out */
        return true;
    memcpy(&patch, plan->chain.boot_sector + STAGE1_PATCH_OFFSET, sizeof(patch));
    offset = patch.stage2_lba * STAGE_SECTOR_SIZE;
    size = (uint64_t)patch.stage2_sectors * STAGE_SECTOR_SIZE;
    if (size < sizeof(header) || size > sizeof(bytes))
        return differs(error, "length of stage 2", STAGE1_PATCH_OFFSET);
    if (!reader_read(disk, offset, size, bytes, error))
        return false;
    if (crc32(0, bytes, size) != patch.stage2_crc32)
        return differs(error, "checksum of stage 2", offset);

    memcpy(&header, bytes, sizeof(header));
    offset = header.stage3_lba * STAGE_SECTOR_SIZE;
    if (header.packed_size > sizeof(bytes))
        return differs(error, "length of stage 3", STAGE2_OFFSET);
    if (!reader_read(disk, offset, header.packed_size, bytes, error))
        return false;
    if (crc32(0, bytes, header.packed_size) != header.packed_crc32)
        return differs(error, "checksum of stage 3", offset);
    return true;
}

/* As the loader takes it. */
static bool verify_state(struct reader *disk, struct error *error)
{
    struct bowline_state records[2];

    for (int i = 0; i < 2; i++)
        if (!reader_read(disk, boot_state_place(i), sizeof(records[i]), &records[i], error))
            return false;
    return bowline_state_newest(records) == 0 || differs(error, "boot state", BOOT_STATE_OFFSET);
}

static bool verify_partition(const struct gpt_table *table, struct reader *disk,
                             const struct gpt *gpt, uint32_t index, struct error *error)
{
    const struct gpt_part *part = &table->parts[index];
    struct gpt_entry entry;

    if (!gpt_read_entry(disk, gpt, index, &entry, error))
        return false;
    if (memcmp(&entry.type, &part->type, sizeof(entry.type)) != 0 ||
        memcmp(&entry.partition_guid, &part->guid, sizeof(entry.partition_guid)) != 0 ||
        entry.first_lba * table->sector_size != part->start ||
        (entry.last_lba + 1) * table->sector_size != part->start + part->size)
        return differs(error, "partition table", gpt->header.entries_lba * table->sector_size);
    return true;
}

static bool verify_gpt(const struct gpt_table *table, struct reader *disk, struct error *error)
{
    const uint64_t places[] = {GPT_PRIMARY_LBA, table->disk_size / table->sector_size - 1};

    for (size_t copy = 0; copy < COUNT_OF(places); copy++) {
        struct gpt gpt;

        if (!gpt_read_copy(disk, table->sector_size, places[copy], &gpt, error))
            return false;
        if (memcmp(&gpt.header.disk_guid, &table->disk_guid, sizeof(table->disk_guid)) != 0)
            return differs(error, "disk GUID", gpt.header.my_lba * table->sector_size);
        for (uint32_t i = 0; i < table->count; i++)
            if (!verify_partition(table, disk, &gpt, i, error))
                return false;
    }
    return true;
}

/* As the loader will find the partition when there is no GPT. */
static bool verify_mbr(const struct image_plan *plan, struct reader *disk, const struct mbr *mbr,
                       struct error *error)
{
    const struct gpt_part *esp = &plan->parts[1];
    struct mbr_partition found;

    if (!mbr_find(mbr, ESP_OFFSET, disk->size, &found, error))
        return false;
    if (found.start != esp->start || found.size != esp->size)
        return differs(error, "partition table", MBR_SIGNATURE_OFFSET);
    return true;
}

static bool verify_table(const struct image_plan *plan, struct reader *disk, struct error *error)
{
    struct mbr mbr;

    if (!mbr_read(disk, &mbr, error))
        return false;
    if (mbr_is_protective(&mbr) != (plan->scheme == MKIMAGE_GPT))
        return differs(error, "scheme of the partition table", MBR_SIGNATURE_OFFSET);
    return plan->scheme == MKIMAGE_GPT ? verify_gpt(&plan->gpt, disk, error)
                                       : verify_mbr(plan, disk, &mbr, error);
}

/* Opens the file as the loader will, walks its chain, and compares what comes out. */
static bool verify_file(struct fat_volume *volume, const struct image_file *file,
                        struct error *error)
{
    struct fingerprint written;
    struct fat_file found;

    if (!fat_open_file(volume, file->path, &found, error))
        return false;
    if (found.reader.size != file->content.reader.size)
        return differs(error, file->path, 0);
    if (!fingerprint_reader(&found.reader, &written, error))
        return false;
    if (fingerprints_equal(&written, &file->fingerprint))
        return true;
    /* Either the image is bad, or the file was still being written when it was read first. */
    struct fingerprint now;
    struct content content = file->content;

    if (file->host.fd >= 0 && (!fingerprint_reader(&content.reader, &now, error) ||
                               !fingerprints_equal(&now, &file->fingerprint)))
        FAIL(error, HOST_CHANGED);
    else
        differs(error, file->path, 0);
    return error_in(error, file->source);
}

/* The kernel in the image must be the one that was checked, whatever has become of its file since.
 */
static bool verify_kernel(struct fat_volume *volume, const struct image_plan *plan,
                          struct error *error)
{
    static struct elf_kernel elf; /* large */
    const struct kernel_facts *checked = &plan->kernel;
    const struct image_file *file = plan->files[0];
    struct bowline_request request;
    struct unpacked kernel;
    struct fat_file found;
    bool has_request;

    if (!fat_open_file(volume, file->path, &found, error) ||
        !unpacked_open(file->path, &found.reader, -1, &kernel, error))
        return error_in(error, file->source);
    bool is_read = elf_read(kernel.reader, &elf, error) &&
                   request_read(kernel.reader, &elf, &request, &has_request, error);
    unpacked_close(&kernel);
    if (!is_read)
        return error_in(error, file->source);
    if (elf.entry == checked->elf.entry && elf.segment_count == checked->elf.segment_count &&
        memcmp(elf.segments, checked->elf.segments, elf.segment_count * sizeof(elf.segments[0])) ==
            0 &&
        memcmp(&request, &checked->request, sizeof(request)) == 0)
        return true;
    FAIL(error, HOST_CHANGED);
    return error_in(error, file->source);
}

static bool verify_file_system(const struct image_plan *plan, struct reader *disk,
                               struct error *error)
{
    static struct fat_volume volume;
    struct window_reader partition;
    char label[12];

    window_reader_init(&partition, disk, plan->parts[1].start, plan->parts[1].size);
    if (!fat_open(&partition.reader, &volume, error))
        return false;
    memcpy(label, volume.label, sizeof(label));
    for (size_t end = strnlen(label, sizeof(label) - 1); end > 0 && label[end - 1] == ' '; end--)
        label[end - 1] = '\0';
    if (volume.type != plan->fat.options.type || strcmp(label, plan->fat.options.label) != 0)
        return differs(error, "file system", plan->parts[1].start);
    for (size_t i = 0; i < plan->file_count; i++)
        if (!verify_file(&volume, plan->files[i], error))
            return false;
    return verify_kernel(&volume, plan, error);
}

static bool verify_partitions(const struct image_plan *plan, struct reader *disk,
                              struct error *error)
{
    for (size_t i = 0; i < plan->partition_count; i++) {
        const struct gpt_part *part = &plan->parts[PARTS_OF_OURS + i];
        const struct image_partition *partition = &plan->partitions[i];
        struct window_reader window;
        struct fingerprint written;

        window_reader_init(&window, disk, part->start, partition->content.reader.size);
        if (!fingerprint_reader(&window.reader, &written, error))
            return false;
        if (!fingerprints_equal(&written, &partition->fingerprint))
            return differs(error, part->name, part->start);
    }
    return true;
}

bool image_verify(const struct image_plan *plan, struct output *output, struct error *error)
{
    struct host_file written;
    struct reader *disk = &written.reader;

    output_read_back(output);
    host_file_borrow(&written, output->fd, plan->size);
    return image_write(plan, output, error) && verify_chain(plan, disk, error) &&
           verify_state(disk, error) && verify_table(plan, disk, error) &&
           verify_file_system(plan, disk, error) && verify_partitions(plan, disk, error);
}
