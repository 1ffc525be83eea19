/* SPDX-License-Identifier: MIT */
#include "image/stages.h"

#include <stdlib.h>
#include <string.h>

#include "base/crc32.h"
#include "base/units.h"

static bool check_size(const char *name, size_t size, size_t most, struct error *error)
{
    if (size <= most)
        return true;
    return FAIL_WITH(error, HOST_STAGE, name, size, most);
}

static bool check_sizes(const struct stages *stages, size_t stage3_offset, struct error *error)
{
    size_t whole = STAGE1_CODE_SIZE + stage3_offset + stages->stage3.size;
    const struct stage2_header *header = (const void *)stages->stage2.bytes;

    if (!check_size("stage 1", stages->stage1.size, STAGE1_CODE_SIZE, error) ||
        !check_size("stage 1 for discs", stages->stage1_disc.size, STAGE1_CODE_SIZE, error) ||
        !check_size("stage 1 for the network", stages->stage1_network.size, STAGE1_NETWORK_SIZE,
                    error) ||
        !check_size("stage 2", stages->stage2.size, STAGE2_SIZE_MAX, error) ||
        !check_size("BIOS chain", whole, BIOS_CHAIN_SIZE_MAX, error))
        return false;
    if (stages->stage2.size < sizeof(*header) || header->magic != STAGE2_MAGIC)
        return FAIL_WITH(error, HOST_STAGE, "stage 2 (it has no header)", stages->stage2.size,
                         STAGE2_SIZE_MAX);
    return true;
}

struct stages stages_for_network(struct stages stages)
{
    stages.stage3 = stages.stage3_network;
    stages.stage3_size = stages.stage3_network_size;
    return stages;
}

static void put_stage1(const struct stage_bytes *stage, const struct stage1_patch *patch,
                       size_t patch_offset, uint8_t *sector, size_t size)
{
    memset(sector, 0, size);
    memcpy(sector, stage->bytes, stage->size);
    memcpy(sector + patch_offset, patch, sizeof(*patch));
}

bool bios_chain_make(const struct stages *stages, const struct seal *seal, uint32_t mark,
                     struct bios_chain *out, struct error *error)
{
    size_t stage3_offset = align_up(stages->stage2.size, STAGE_ALIGNMENT);
    size_t size = align_up(stage3_offset + stages->stage3.size, STAGE_ALIGNMENT);
    struct stage2_header header;
    struct stage1_patch patch = {0};
    uint8_t *bytes;

    if (!check_sizes(stages, stage3_offset, error))
        return false;
    bytes = calloc(1, size);
    if (bytes == NULL)
        return FAIL(error, HOST_MEMORY);
    memcpy(bytes, stages->stage2.bytes, stages->stage2.size);
    memcpy(bytes + stage3_offset, stages->stage3.bytes, stages->stage3.size);

    memcpy(&header, bytes, sizeof(header));
    header.stage3_lba = (STAGE2_OFFSET + stage3_offset) / STAGE_SECTOR_SIZE;
    header.packed_size = (uint32_t)stages->stage3.size;
    header.packed_crc32 = crc32(0, stages->stage3.bytes, stages->stage3.size);
    header.stage3_size = (uint32_t)stages->stage3_size;
    header.mark = mark;
    header.seal = *seal;
    memcpy(bytes, &header, sizeof(header));

    patch.stage2_sectors = (uint16_t)(stage3_offset / STAGE_SECTOR_SIZE);
    patch.stage2_crc32 = crc32(0, bytes, stage3_offset);

    put_stage1(&stages->stage1_network, &patch, STAGE1_NETWORK_PATCH_OFFSET, out->network,
               sizeof(out->network));
    patch.stage2_lba = STAGE2_OFFSET / STAGE_SECTOR_SIZE;
    put_stage1(&stages->stage1, &patch, STAGE1_PATCH_OFFSET, out->boot_sector,
               sizeof(out->boot_sector));
    put_stage1(&stages->stage1_disc, &patch, STAGE1_PATCH_OFFSET, out->disc_sector,
               sizeof(out->disc_sector));
    out->stages = bytes;
    out->size = size;
    return true;
}

void bios_chain_leave_out(const struct stages *stages, struct bios_chain *out)
{
    const struct stage_bytes *stage = &stages->stage1_uefi_only;

    *out = (struct bios_chain){0};
    memcpy(out->boot_sector, stage->bytes, stage->size);
    memcpy(out->disc_sector, stage->bytes, stage->size);
}
