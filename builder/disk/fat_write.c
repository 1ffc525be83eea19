/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "base/units.h"
#include "disk/fat_writer.h"

enum {
    ENTRY_SIZE = 32,
    FAT_COUNT = 2,
    FSINFO_SECTOR = 1,
    BACKUP_SECTOR = 6, /* "no value other than 6 is recommended" */
    MEDIA_FIXED = 0xf8,
    ATTRIBUTE_LABEL = 0x08,
    ATTRIBUTE_DIRECTORY = 0x10,
    ATTRIBUTE_ARCHIVE = 0x20,
};

/* The boot sector, FAT 1.03, section 3; fields at odd offsets, hence packed. */
struct boot_sector {
    uint8_t jump[3];
    char oem_name[8];
    uint16_t sector_size;
    uint8_t sectors_per_cluster;
    uint16_t reserved_sectors;
    uint8_t fat_count;
    uint16_t root_entries;
    uint16_t total_sectors_16;
    uint8_t media;
    uint16_t fat_sectors_16;
    uint16_t sectors_per_track;
    uint16_t heads;
    uint32_t hidden_sectors;
    uint32_t total_sectors_32;
} __attribute__((packed));
_Static_assert(sizeof(struct boot_sector) == 36, "FAT 1.03, section 3.1");

struct boot_sector_32 { /* follows it in FAT32 */
    uint32_t fat_sectors_32;
    uint16_t flags;
    uint16_t version;
    uint32_t root_cluster;
    uint16_t fsinfo_sector;
    uint16_t backup_sector;
    uint8_t reserved[12];
} __attribute__((packed));
_Static_assert(sizeof(struct boot_sector_32) == 28, "FAT 1.03, section 3.3");

struct boot_sector_tail { /* follows that, or the first part in FAT12 and FAT16 */
    uint8_t drive;
    uint8_t reserved;
    uint8_t signature; /* 0x29: the next three fields are there */
    uint32_t volume_id;
    uint8_t label[11];
    char type_name[8];
} __attribute__((packed));
_Static_assert(sizeof(struct boot_sector_tail) == 26, "FAT 1.03, section 3.2");

struct fsinfo {
    uint32_t lead_signature;
    uint8_t reserved_1[480];
    uint32_t signature;
    uint32_t free_clusters;
    uint32_t next_free;
    uint8_t reserved_2[12];
    uint32_t trail_signature;
} __attribute__((packed));
_Static_assert(sizeof(struct fsinfo) == 512, "FAT 1.03, section 5");

struct directory_entry {
    uint8_t name[FAT_SHORT_SIZE];
    uint8_t attributes;
    uint8_t reserved;
    uint8_t created_hundredths;
    uint16_t created_time;
    uint16_t created_date;
    uint16_t accessed_date;
    uint16_t cluster_high;
    uint16_t written_time;
    uint16_t written_date;
    uint16_t cluster_low;
    uint32_t size;
} __attribute__((packed));
_Static_assert(sizeof(struct directory_entry) == ENTRY_SIZE, "FAT 1.03, section 6");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "on-disk structs are filled in as they are");

/* Eleven bytes, padded with spaces. */
static void put_label(const struct fat_layout *layout, uint8_t out[FAT_SHORT_SIZE])
{
    memset(out, ' ', FAT_SHORT_SIZE);
    memcpy(out, layout->options.label, minimum(strlen(layout->options.label), FAT_SHORT_SIZE));
}

static bool write_at(const struct fat_layout *layout, struct output *output, uint64_t offset,
                     const void *bytes, uint64_t length, struct error *error)
{
    return output_write(output, layout->options.start + offset, bytes, length, error);
}

static void fill_boot_sector(const struct fat_layout *layout, uint8_t sector[512])
{
    const struct fat_options *options = &layout->options;
    bool is_fat32 = options->type == FAT32;
    bool is_small = !is_fat32 && layout->total_sectors < 0x10000;
    struct boot_sector boot = {
        .oem_name = "BOWLINE ",
        .sector_size = (uint16_t)options->sector_size,
        .sectors_per_cluster = (uint8_t)layout->sectors_per_cluster,
        .reserved_sectors = (uint16_t)layout->reserved_sectors,
        .fat_count = FAT_COUNT,
        .root_entries = (uint16_t)layout->root_entries,
        .total_sectors_16 = is_small ? (uint16_t)layout->total_sectors : 0,
        .media = MEDIA_FIXED,
        .fat_sectors_16 = is_fat32 ? 0 : (uint16_t)layout->fat_sectors,
        .sectors_per_track = 63, /* what every BIOS assumes of a disk without a geometry */
        .heads = 255,
        .hidden_sectors = (uint32_t)(options->start / options->sector_size),
        .total_sectors_32 = is_small ? 0 : layout->total_sectors,
    };
    struct boot_sector_32 more = {
        .fat_sectors_32 = layout->fat_sectors,
        .root_cluster = layout->root->first_cluster,
        .fsinfo_sector = FSINFO_SECTOR,
        .backup_sector = BACKUP_SECTOR,
    };
    struct boot_sector_tail tail = {
        .drive = 0x80,
        .signature = 0x29,
        .volume_id = options->volume_id,
    };
    size_t tail_offset = sizeof(boot) + (is_fat32 ? sizeof(more) : 0);
    size_t code_offset = tail_offset + sizeof(tail);
    /* Started by mistake: int 0x18, "this does not boot", then hlt; jmp to it. */
    static const uint8_t code[] = {0xcd, 0x18, 0xf4, 0xeb, 0xfd};

    boot.jump[0] = 0xeb; /* jmp short to the code */
    boot.jump[1] = (uint8_t)(code_offset - 2);
    boot.jump[2] = 0x90;
    put_label(layout, tail.label);
    memcpy(tail.type_name,
           is_fat32                 ? "FAT32   "
           : options->type == FAT16 ? "FAT16   "
                                    : "FAT12   ",
           8);

    memset(sector, 0, 512);
    memcpy(sector, &boot, sizeof(boot));
    if (is_fat32)
        memcpy(sector + sizeof(boot), &more, sizeof(more));
    memcpy(sector + tail_offset, &tail, sizeof(tail));
    memcpy(sector + code_offset, code, sizeof(code));
    store_le16(sector + 510, 0xaa55);
}

static bool write_boot_sectors(const struct fat_layout *layout, struct output *output,
                               struct error *error)
{
    uint64_t sector_size = layout->options.sector_size;
    uint32_t free_clusters = layout->cluster_count - layout->used_clusters;
    struct fsinfo fsinfo = {
        .lead_signature = 0x41615252,
        .signature = 0x61417272,
        .free_clusters = free_clusters,
        .next_free = free_clusters > 0 ? layout->used_clusters + 2 : 0xffffffff,
        .trail_signature = 0xaa550000,
    };
    uint8_t sector[512];

    fill_boot_sector(layout, sector);
    if (!write_at(layout, output, 0, sector, sizeof(sector), error))
        return false;
    if (layout->options.type != FAT32)
        return true;
    return write_at(layout, output, FSINFO_SECTOR * sector_size, &fsinfo, sizeof(fsinfo), error) &&
           write_at(layout, output, BACKUP_SECTOR * sector_size, sector, sizeof(sector), error) &&
           write_at(layout, output, (BACKUP_SECTOR + FSINFO_SECTOR) * sector_size, &fsinfo,
                    sizeof(fsinfo), error);
}

/* The table is made in pieces of so many entries: even, so that FAT12's begin on a byte. */
enum { TABLE_PIECE = 16 * 1024 };

struct table {
    const struct fat_layout *layout;
    struct output *output;
    uint8_t bytes[TABLE_PIECE * 4];
    uint32_t first; /* entry that bytes[] begins with */
    uint32_t next;  /* entry to be put next */
};

static bool flush_table(struct table *table, struct error *error)
{
    const struct fat_layout *layout = table->layout;
    uint64_t bits = layout->options.type;
    uint64_t length = ((table->next - table->first) * bits + 7) / 8;

    for (uint32_t copy = 0; copy < FAT_COUNT; copy++) {
        uint64_t start = (layout->reserved_sectors + (uint64_t)copy * layout->fat_sectors) *
                         layout->options.sector_size;

        if (!write_at(layout, table->output, start + table->first * bits / 8, table->bytes, length,
                      error))
            return false;
    }
    memset(table->bytes, 0, sizeof(table->bytes));
    table->first = table->next;
    return true;
}

static bool put_entry(struct table *table, uint32_t value, struct error *error)
{
    uint32_t index = table->next - table->first;
    uint8_t *place;

    switch (table->layout->options.type) {
    case FAT12: /* a byte and a half each, the even one first */
        place = table->bytes + index * 3 / 2;
        store_le16(place, index % 2 == 0 ? (uint16_t)((value & 0xfff) | place[1] << 8)
                                         : (uint16_t)(place[0] | (value & 0xfff) << 4));
        break;
    case FAT16:
        store_le16(table->bytes + (size_t)index * 2, (uint16_t)value);
        break;
    case FAT32: /* the upper four bits are reserved */
        store_le32(table->bytes + (size_t)index * 4, value & 0x0fffffff);
        break;
    }
    table->next++;
    return table->next - table->first < TABLE_PIECE || flush_table(table, error);
}

static bool put_chain(struct table *table, const struct fat_node *node, struct error *error)
{
    for (uint32_t i = 1; i < node->cluster_count; i++)
        if (!put_entry(table, table->next + 1, error))
            return false;
    return node->cluster_count == 0 || put_entry(table, 0xffffffff, error);
}

/* Chains in the order in which fat_layout() has handed out the clusters: directories, files. */
static bool put_chains(struct table *table, struct error *error)
{
    if (!put_entry(table, 0xffffff00 | MEDIA_FIXED, error) || !put_entry(table, 0xffffffff, error))
        return false;
    for (int pass = 0; pass < 2; pass++)
        for (struct fat_node *node = table->layout->root; node != NULL; node = fat_tree_next(node))
            if (node->is_directory == (pass == 0) && !put_chain(table, node, error))
                return false;
    return flush_table(table, error);
}

static bool write_tables(const struct fat_layout *layout, struct output *output,
                         struct error *error)
{
    struct table *table = calloc(1, sizeof(*table));
    bool is_written;

    if (table == NULL)
        return FAIL(error, HOST_MEMORY);
    table->layout = layout;
    table->output = output;
    is_written = put_chains(table, error);
    free(table);
    return is_written;
}

static struct directory_entry make_entry(const struct fat_layout *layout, const uint8_t *name,
                                         uint8_t attributes, uint32_t cluster)
{
    time_t seconds = (time_t)layout->options.time;
    struct tm utc;
    struct directory_entry entry = {
        .attributes = attributes,
        .cluster_high = (uint16_t)(cluster >> 16),
        .cluster_low = (uint16_t)cluster,
    };

    gmtime_r(&seconds, &utc);
    entry.written_date = (uint16_t)((utc.tm_year - 80) << 9 | (utc.tm_mon + 1) << 5 | utc.tm_mday);
    entry.written_time = (uint16_t)(utc.tm_hour << 11 | utc.tm_min << 5 | utc.tm_sec / 2);
    entry.created_date = entry.written_date;
    entry.created_time = entry.written_time;
    entry.accessed_date = entry.written_date;
    memcpy(entry.name, name, FAT_SHORT_SIZE);
    return entry;
}

static uint8_t *put(uint8_t *position, struct directory_entry entry)
{
    memcpy(position, &entry, sizeof(entry));
    return position + sizeof(entry);
}

static void fill_directory(const struct fat_layout *layout, const struct fat_node *directory,
                           uint8_t *position)
{
    uint8_t label[FAT_SHORT_SIZE];

    if (directory->parent == NULL) {
        put_label(layout, label);
        position = put(position, make_entry(layout, label, ATTRIBUTE_LABEL, 0));
    } else {
        /* ".." of a directory in the root is 0, even where the root has a cluster. */
        const struct fat_node *parent = directory->parent;
        uint32_t parent_cluster = parent->parent == NULL ? 0 : parent->first_cluster;

        position = put(position, make_entry(layout, (const uint8_t *)".          ",
                                            ATTRIBUTE_DIRECTORY, directory->first_cluster));
        position = put(position, make_entry(layout, (const uint8_t *)"..         ",
                                            ATTRIBUTE_DIRECTORY, parent_cluster));
    }
    for (const struct fat_node *node = directory->children; node != NULL; node = node->next) {
        struct directory_entry entry = make_entry(
            layout, node->name.short_name,
            node->is_directory ? ATTRIBUTE_DIRECTORY : ATTRIBUTE_ARCHIVE, node->first_cluster);

        entry.size = node->is_directory ? 0 : (uint32_t)node->size;
        position += fat_name_write(&node->name, position) * ENTRY_SIZE;
        position = put(position, entry);
    }
}

static uint64_t node_offset(const struct fat_layout *layout, const struct fat_node *node)
{
    if (node->first_cluster != 0)
        return fat_cluster_offset(layout, node->first_cluster);
    /* Only the root of FAT12 and FAT16 has no cluster: it lies behind the tables. */
    return ((uint64_t)layout->reserved_sectors + (uint64_t)FAT_COUNT * layout->fat_sectors) *
           layout->options.sector_size;
}

static bool write_node(const struct fat_layout *layout, const struct fat_node *node,
                       struct output *output, struct error *error)
{
    uint64_t offset = node_offset(layout, node);
    uint8_t *entries;
    bool is_written;

    if (!node->is_directory)
        return node->size == 0 ||
               output_copy(output, layout->options.start + offset, node->content, error);
    entries = calloc(1, node->size);
    if (entries == NULL)
        return FAIL(error, HOST_MEMORY);
    fill_directory(layout, node, entries);
    is_written = write_at(layout, output, offset, entries, node->size, error);
    free(entries);
    return is_written;
}

bool fat_write(const struct fat_layout *layout, struct output *output, struct error *error)
{
    if (!write_boot_sectors(layout, output, error) || !write_tables(layout, output, error))
        return false;
    for (struct fat_node *node = layout->root; node != NULL; node = fat_tree_next(node))
        if (!write_node(layout, node, output, error))
            return false;
    return true;
}
