/* SPDX-License-Identifier: MIT */
/*
 * The boot sector of a partition in place of the loader, as an MBR would start it: at 0000:7C00, in
 * text mode, with the drive in dl and the partition at ds:si. The interrupt controllers, the timer
 * and the vectors are as the BIOS has set them up, for the loader changes none of them; the A20
 * gate stays open.
 */
#include "firmware/chainload.h"

#include "base/bytes.h"
#include "bios.h"
#include "bios_call.h"
#include "boot_sector.h"
#include "console/log.h"
#include "disk.h"
#include "firmware/leave.h"
#include "firmware/memory.h"
#include "firmware/video.h"
#include "memory_layout.h"
#include "pxe.h"

enum { SIGNATURE_AT = 510 };

/* thunk.S */
extern const char boot_sector_gate[];

/* There is no way back: a boot sector that fails calls int 18h. */
static _Noreturn void start(const struct disk *disk, const struct boot_partition *partition)
{
    struct far_pointer *gate = firmware_memory(LAYOUT_CHAIN_ENTRY, sizeof(*gate));
    struct bios_call call = {
        .interrupt = FAR_POINTER_AT(LAYOUT_CHAIN_ENTRY),
        .eax = partition->gpt_entry_size != 0 ? BOOT_PARTITION_GPT : 0,
        .edx = disk->drive,
        .esi = LAYOUT_CHAIN_PARTITION,
        .ebp = LAYOUT_CHAIN_PARTITION, /* of some boot sectors */
    };

    firmware_set_vga_text();
    *gate = (struct far_pointer){
        .offset = (uint16_t)((uintptr_t)boot_sector_gate - LAYOUT_STAGE3),
        .segment = LAYOUT_STAGE3 >> 4,
    };
    bios_calls(&call, 1);
    firmware_reset();
}

/* Both to where the boot sector expects them. Nobody needs any more what lies there. */
static bool read_boot_sector(struct disk *disk, uint32_t number, struct boot_partition *partition,
                             struct error *error)
{
    /* Stage 1 and, of sectors of 4096 bytes, stage 2. */
    uint8_t *sector = firmware_memory(LAYOUT_STAGE1, disk->sector_size);
    uint64_t start_byte;

    if (!boot_partition_find(&disk->reader, disk->sector_size, number, partition, &start_byte,
                             error) ||
        !reader_read(&disk->reader, start_byte, disk->sector_size, sector, error))
        return false;
    uint16_t signature = load_le16(sector + SIGNATURE_AT);

    return signature == MBR_BOOT_SIGNATURE ||
           FAIL(error, CHAINLOAD_NO_BOOT_SECTOR, number, signature);
}

bool firmware_prepare_chainload(const struct settings *settings, struct frames *frames, void **out,
                                struct error *error)
{
    struct disk *disk = files_disk();

    (void)frames;
    firmware_must_be_alive();
    if (settings->partition == 0)
        return FAIL_WITH(error, CHAINLOAD_FIRMWARE, "an EFI application");
    if (disk == NULL)
        return FAIL(error, CHAINLOAD_NO_DISK);
    *out = firmware_memory(LAYOUT_CHAIN_PARTITION, sizeof(struct boot_partition));
    return read_boot_sector(disk, settings->partition, *out, error) ||
           error_in(error, "the boot disk");
}

bool firmware_start_chainload(const struct settings *settings, void *prepared, struct error *error)
{
    (void)error;
    firmware_must_be_alive();
    log_message(LOG_INFO, "starting the boot sector of partition %u", settings->partition);
    start(files_disk(), prepared);
}
