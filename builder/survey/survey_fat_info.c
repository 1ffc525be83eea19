/* SPDX-License-Identifier: MIT */
/* FSInfo, and its backup (FAT 1.03, section 5). */
#include "base/bytes.h"
#include "base/units.h"
#include "survey/survey_fat.h"

static void check_info(struct fat_survey *fat, size_t item, uint64_t place, uint32_t free_clusters,
                       bool is_backup)
{
    static const struct {
        const char *name;
        uint16_t offset;
        uint32_t value;
    } signatures[] = {
        {"its first signature", 0, 0x41615252},
        {"its second signature", 484, 0x61417272},
        {"its last signature", 508, 0xaa550000},
    };
    uint8_t bytes[512];
    uint32_t free_count, next;

    if (!survey_read(fat->surveyor, item, fat->start + place, sizeof(bytes), bytes))
        return;
    for (size_t i = 0; i < COUNT_OF(signatures); i++)
        if (load_le32(bytes + signatures[i].offset) != signatures[i].value)
            DAMAGE_WITH(fat->surveyor, item, fat->start + place + signatures[i].offset, 4,
                        FAT_FIELD, signatures[i].name, load_le32(bytes + signatures[i].offset),
                        signatures[i].value);
    for (uint16_t i = 4; i < 508; i++) {
        if (i == 484)
            i = 496;
        if (bytes[i] != 0) {
            DAMAGE_WITH(fat->surveyor, item, fat->start + place + i, 1, FAT_FIELD,
                        "a reserved field", bytes[i], 0);
            break;
        }
    }
    free_count = load_le32(bytes + 488);
    next = load_le32(bytes + 492);
    /* Nobody keeps the backup up to date: it may say how it was when the volume was made. */
    if (free_count != UINT32_MAX &&
        (is_backup ? free_count > fat->volume.cluster_count : free_count != free_clusters))
        DAMAGE_WITH(fat->surveyor, item, fat->start + place + 488, 4, FAT_FIELD,
                    "the number of free clusters", free_count, free_clusters);
    if (next != UINT32_MAX && !fat_is_cluster(&fat->volume, next))
        DAMAGE_WITH(fat->surveyor, item, fat->start + place + 492, 4, FAT_FIELD,
                    "the next free cluster", next, UINT32_MAX);
    fat_check_rest(fat, item, place);
}

void fat_survey_info(struct fat_survey *fat, uint32_t free_clusters)
{
    uint32_t place = load_le16(fat->overlay.sector + 48);
    uint32_t backup = load_le16(fat->overlay.sector + 50);
    uint32_t reserved = load_le16(fat->overlay.sector + 14);
    uint64_t sector_size = fat->volume.sector_size;

    if (fat->volume.type != FAT32 || place == 0 || place >= reserved)
        return;
    check_info(fat, fat_add_item(fat, SURVEY_FAT_INFO, place * sector_size, sector_size, "FSInfo"),
               place * sector_size, free_clusters, false);
    if (backup != 0 && backup + place < reserved && fat->is_ours)
        check_info(fat,
                   fat_add_item(fat, SURVEY_FAT_INFO, (backup + place) * sector_size, sector_size,
                                "backup of FSInfo"),
                   (backup + place) * sector_size, free_clusters, true);
}
