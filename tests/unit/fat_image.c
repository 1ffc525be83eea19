/* SPDX-License-Identifier: MIT */
#include "fat_image.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "unit.h"

void fat_image_make(struct fat_image *image, uint32_t clusters, uint32_t sector_size,
                    uint32_t cluster_sectors)
{
    int type = clusters < 4085 ? 12 : clusters < 65525 ? 16 : 32;
    uint32_t reserved = type == 32 ? 32 : 1;
    uint32_t root_sectors = type == 32 ? 0 : 2;
    uint32_t fat_bytes = (uint32_t)(((uint64_t)(clusters + 2) * (uint32_t)type + 7) / 8);
    uint32_t fat_sectors = (fat_bytes + sector_size - 1) / sector_size;
    uint32_t sectors = reserved + 2 * fat_sectors + root_sectors + clusters * cluster_sectors;

    *image = (struct fat_image){
        .size = (uint64_t)sectors * sector_size,
        .type = type,
        .sector_size = sector_size,
        .cluster_size = cluster_sectors * sector_size,
        .fat = (uint64_t)reserved * sector_size,
        .root = (uint64_t)(reserved + 2 * fat_sectors) * sector_size,
        .data = (uint64_t)(reserved + 2 * fat_sectors + root_sectors) * sector_size,
    };
    image->bytes = calloc(1, image->size);
    assert_non_null(image->bytes);

    uint8_t *boot = image->bytes;
    store_le16(boot + 11, (uint16_t)sector_size);
    boot[13] = (uint8_t)cluster_sectors;
    store_le16(boot + 14, (uint16_t)reserved);
    boot[16] = 2;
    store_le16(boot + 17, (uint16_t)(root_sectors * sector_size / 32));
    boot[21] = 0xf8;
    if (type != 32 && sectors < 65536)
        store_le16(boot + 19, (uint16_t)sectors);
    else
        store_le32(boot + 32, sectors);
    if (type == 32) {
        store_le32(boot + 36, fat_sectors);
        store_le32(boot + 44, 2);
    } else {
        store_le16(boot + 22, (uint16_t)fat_sectors);
    }
    memcpy(boot + (type == 32 ? 66 : 38),
           "\x29"
           "1234"
           "MY LABEL   ",
           16);
    boot[510] = 0x55;
    boot[511] = 0xaa;
    fat_image_link(image, 0, fat_image_end(image) & ~7u);
    fat_image_link(image, 1, fat_image_end(image));
    if (type == 32)
        fat_image_link(image, 2, fat_image_end(image));
}

void fat_image_free(struct fat_image *image)
{
    free(image->bytes);
}

void fat_image_link(struct fat_image *image, uint32_t cluster, uint32_t next)
{
    uint8_t *fat = image->bytes + image->fat;

    if (image->type == 32) {
        store_le32(fat + (uint64_t)cluster * 4, next);
    } else if (image->type == 16) {
        store_le16(fat + (uint64_t)cluster * 2, (uint16_t)next);
    } else {
        uint8_t *place = fat + (uint64_t)cluster * 3 / 2;
        uint16_t old = load_le16(place);

        store_le16(place, cluster % 2 ? (uint16_t)((old & 0x000f) | next << 4)
                                      : (uint16_t)((old & 0xf000) | (next & 0xfff)));
    }
}

uint32_t fat_image_end(const struct fat_image *image)
{
    return image->type == 32 ? 0x0fffffff : image->type == 16 ? 0xffff : 0xfff;
}

uint8_t *fat_image_cluster(struct fat_image *image, uint32_t cluster)
{
    return image->bytes + image->data + (uint64_t)(cluster - 2) * image->cluster_size;
}

uint8_t *fat_image_entry(uint8_t *to, const char *name, uint8_t attributes, uint32_t cluster,
                         uint32_t size)
{
    memset(to, 0, 32);
    memcpy(to, name, 11);
    to[11] = attributes;
    store_le16(to + 20, (uint16_t)(cluster >> 16));
    store_le16(to + 26, (uint16_t)cluster);
    store_le32(to + 28, size);
    return to + 32;
}

uint8_t *fat_image_long_name(uint8_t *to, const uint16_t *units, size_t length, const char *name)
{
    static const uint8_t places[13] = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};
    size_t parts = (length + 12) / 13;
    uint8_t sum = 0;

    for (int i = 0; i < 11; i++)
        sum = (uint8_t)(((sum & 1) << 7) + (sum >> 1) + (uint8_t)name[i]);
    for (size_t part = parts; part > 0; part--, to += 32) {
        memset(to, 0, 32);
        to[0] = (uint8_t)(part | (part == parts ? 0x40 : 0));
        to[11] = 0x0f;
        to[13] = sum;
        for (size_t i = 0; i < 13; i++) {
            size_t unit = (part - 1) * 13 + i;

            store_le16(to + places[i], unit < length ? units[unit] : unit == length ? 0 : 0xffff);
        }
    }
    return to;
}
