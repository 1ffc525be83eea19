/* SPDX-License-Identifier: MIT */
/*
 * Damages an image in one place at a time, and surveys it: the survey has to find it, in the
 * structure that the place belongs to.
 *
 *   damage_image EVERY IMAGE COUNT [KIND...]
 *
 * First every field of every structure, by name; then COUNT bytes of each structure, drawn with a
 * fixed seed; of all these each EVERY-th. KINDs (survey_kind_name()) restrict it: images of other
 * tools have structures that nothing watches. One line for each structure says how many damages
 * were made and found. Where any value is right (a free byte, a time, the text of a name), a damage
 * is made too, but what the survey says of it is not judged.
 */
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/units.h"
#include "damage_fields.h"

static uint8_t *image;
static uint64_t image_size;
static struct stages own;
static struct survey whole;
static unsigned kinds;             /* bits */
static unsigned long every, looks; /* of so many looks one is taken */
static unsigned long failures, total, total_found, total_noted, total_free;

static struct {
    unsigned long made, found, noted, free;
} * counts; /* by item of `whole` */

/* ---- Where any value is right ---- */

enum demand { DEMAND_FOUND, DEMAND_NOTED, DEMAND_NOTHING };

static bool is_changed_outside(const uint8_t *before, const uint8_t *after, uint32_t start,
                               uint32_t end, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++)
        if ((i < start || i >= end) && before[i] != after[i])
            return true;
    return false;
}

static enum demand demand_of_slot(const uint8_t *before, const uint8_t *after)
{
    bool is_long = (before[11] & 0x3f) == 0x0f;
    uint32_t size_before = load_le32(before + 28), size_after = load_le32(after + 28);

    if (before[0] == 0xe5 || (before[0] == 0 && after[0] == 0xe5))
        return DEMAND_NOTHING;
    if (before[0] == 0)
        return after[0] != 0 && whole.is_ours ? DEMAND_FOUND : DEMAND_NOTHING;
    if (is_long) { /* the text of a name may be any */
        if (!is_changed_outside(before, after, 1, 11, 32) ||
            !is_changed_outside(before, after, 14, 26, 32) ||
            !is_changed_outside(before, after, 28, 32, 32))
            return DEMAND_NOTHING;
        return DEMAND_FOUND;
    }
    if (!whole.is_ours) { /* whatever it is called, nobody expected it to be there */
        if (!is_changed_outside(before, after, 0, 11, 32))
            return DEMAND_NOTHING;
        if (whole.volumes[0].type != FAT32 && !is_changed_outside(before, after, 20, 22, 32))
            return DEMAND_NOTHING;
        if ((before[11] & 8) && !is_changed_outside(before, after, 11, 12, 32))
            return DEMAND_NOTHING;
    }
    /* Times, and what a user may set: read-only, hidden, system, archive. */
    if (!is_changed_outside(before, after, 13, 20, 32) ||
        !is_changed_outside(before, after, 22, 26, 32))
        return DEMAND_NOTHING;
    if (!is_changed_outside(before, after, 11, 12, 32) && ((before[11] ^ after[11]) & ~0x27) == 0)
        return DEMAND_NOTHING;
    if (!is_changed_outside(before, after, 12, 13, 32) && ((before[12] ^ after[12]) & ~0x18) == 0)
        return DEMAND_NOTHING;
    /* Nothing knows how long a file is that fills as many clusters either way. */
    if (!is_changed_outside(before, after, 28, 32, 32) && !(before[11] & 0x18)) {
        uint32_t cluster = whole.volumes[0].cluster_size;

        if ((size_before + UINT64_C(1) * cluster - 1) / cluster ==
            (size_after + UINT64_C(1) * cluster - 1) / cluster)
            return DEMAND_NOTHING;
    }
    return DEMAND_FOUND;
}

/* A type that file systems like the loader's have, so that any of them is right. */
static bool is_fat_type(uint8_t type)
{
    return type != 0 &&
           memchr("\x01\x04\x06\x0b\x0c\x0e\x11\x14\x16\x1b\x1c\x1e\xef", type, 13) != NULL;
}

static enum demand demand_of_mbr(const uint8_t *before, const uint8_t *after)
{
    if (!is_changed_outside(before, after, 0, 4, 72))
        return DEMAND_NOTED;
    for (uint32_t entry = 6; entry < 70; entry += 16) {
        static const uint8_t beyond[3] = {0xfe, 0xff, 0xff}, ones[3] = {0xff, 0xff, 0xff};

        if (before[entry + 4] != 0xee && before[entry + 4] != 0 &&
            !is_changed_outside(before, after, entry + 4, entry + 5, 72) && after[entry + 4] != 0 &&
            after[entry + 4] != 0xee)
            return is_fat_type(after[entry + 4]) ? DEMAND_NOTHING : DEMAND_NOTED;
        if (!is_changed_outside(before, after, entry + 5, entry + 8, 72) &&
            (memcmp(after + entry + 5, beyond, 3) == 0 || memcmp(after + entry + 5, ones, 3) == 0))
            return DEMAND_NOTHING;
        if (before[entry + 4] == 0xee &&
            !is_changed_outside(before, after, entry + 12, entry + 16, 72) &&
            load_le32(after + entry + 12) == UINT32_MAX)
            return DEMAND_NOTHING;
    }
    return DEMAND_FOUND;
}

static enum demand demand_of_info(const struct survey_item *item, const uint8_t *before,
                                  const uint8_t *after)
{
    bool is_backup = strstr(item->name, "backup") != NULL;
    uint32_t clusters = whole.volumes[0].cluster_count;
    uint32_t next = load_le32(after + 492), count = load_le32(after + 488);

    if (!is_changed_outside(before, after, 492, 496, 512) &&
        (next == UINT32_MAX || (next >= 2 && next < clusters + 2)))
        return DEMAND_NOTHING;
    if (!is_changed_outside(before, after, 488, 492, 512)) {
        if (count == UINT32_MAX) /* "not known" */
            return DEMAND_NOTHING;
        if (is_backup && count <= clusters) /* how it was once */
            return DEMAND_NOTHING;
    }
    return DEMAND_FOUND;
}

static enum demand demand_of_primary(const uint8_t *before, const uint8_t *after)
{
    uint32_t label = offsetof(struct iso_primary, volume);
    uint32_t identifier = offsetof(struct iso_primary, volume_set);

    if (!is_changed_outside(before, after, label, label + 32, ISO_BLOCK_SIZE) ||
        !is_changed_outside(before, after, identifier, identifier + 32, ISO_BLOCK_SIZE))
        return DEMAND_NOTED;
    return DEMAND_FOUND;
}

/* The loader's own files, and those whose hashes boot.conf has. */
static bool is_known(const char *path)
{
    if (strncmp(path, "/EFI/BOOT/BOOT", 14) == 0)
        return true;
    return whole.boot_conf != NULL && strstr(whole.boot_conf, "\nsha256 ") != NULL &&
           (strcmp(path, "/kernel.elf") == 0 || strncmp(path, "/modules/", 9) == 0);
}

/* What the survey owes to the change of `size` bytes at `offset` of an item from `before`. */
static enum demand demand_of(const struct survey_item *item, const uint8_t *before,
                             const uint8_t *after, uint64_t offset, uint64_t size)
{
    switch (item->kind) {
    case SURVEY_FREE:
        return DEMAND_NOTHING;
    case SURVEY_BOOT_SECTOR:
        return offset >= 3 && offset < 90 ? DEMAND_NOTHING : DEMAND_FOUND;
    case SURVEY_BOOT_STATE:
        return DEMAND_NOTED; /* the other record is whole */
    case SURVEY_MBR:
        return demand_of_mbr(before, after);
    case SURVEY_FAT_BOOT_SECTOR:
        /* FAT12 and FAT16 have no backup: their serial number is known to nobody. */
        if (whole.volumes[0].type != FAT32 && offset < 512 && (before[37] ^ after[37]) < 4 &&
            (!is_changed_outside(before, after, 37, 43, 512) && before[38] == after[38]))
            return DEMAND_NOTHING;
        return offset == 65 && (before[65] ^ after[65]) < 4 ? DEMAND_NOTHING : DEMAND_FOUND;
    case SURVEY_FAT_INFO:
        return offset < 512 ? demand_of_info(item, before, after) : DEMAND_FOUND;
    case SURVEY_ISO:
        return strcmp(item->name, "primary volume descriptor") == 0
                   ? demand_of_primary(before, after)
                   : DEMAND_FOUND;
    case SURVEY_DIRECTORY: {
        uint64_t slot = align_down(offset, 32);

        return slot >= item->size ? DEMAND_NOTHING : demand_of_slot(before + slot, after + slot);
    }
    case SURVEY_FILE:
        return is_known(item->name) && offset + size <= item->size ? DEMAND_FOUND : DEMAND_NOTHING;
    case SURVEY_WORDS: /* a power cut does no worse */
        return DEMAND_NOTED;
    default:
        return DEMAND_FOUND;
    }
}

/* ---- One damage ---- */

static enum survey_state worst_of(const struct survey *survey, const char *name)
{
    enum survey_state worst = SURVEY_WHOLE;

    for (size_t i = 0; i < survey->finding_count; i++)
        if (strcmp(survey->items[survey->findings[i].item].name, name) == 0 &&
            survey->findings[i].state > worst)
            worst = survey->findings[i].state;
    return worst;
}

static void print_findings(const struct survey *survey)
{
    for (size_t i = 0; i < survey->finding_count; i++) {
        char text[1024];

        error_print(&survey->findings[i].error, text, sizeof(text));
        fprintf(stderr, "    %s: %s", survey->items[survey->findings[i].item].name, text);
    }
}

static void look(size_t index, const char *field, uint64_t offset, const uint8_t *new_bytes,
                 uint64_t size, bool is_wanted)
{
    const struct survey_item *item = &whole.items[index];
    uint64_t place = item->start + offset; /* all structures but files are in one piece here */
    uint8_t *before;
    struct memory_reader disk;
    struct survey survey;
    struct error error = {0};
    enum demand demand;
    enum survey_state state;
    bool is_right;

    if (item->extent_count == 0 || offset + size > item->extents[0].size ||
        memcmp(image + place, new_bytes, size) == 0 || looks++ % every != 0)
        return;
    before = malloc(item->extents[0].size);
    memcpy(before, image + item->start, item->extents[0].size);
    memcpy(image + place, new_bytes, size);
    demand = is_wanted ? DEMAND_FOUND : demand_of(item, before, image + item->start, offset, size);

    memory_reader_init(&disk, image, image_size);
    if (!survey_make(&disk.reader, &own, &survey, &error)) {
        fprintf(stderr, "damage: %s: %s at 0x%lx: no survey\n", item->name, field, offset);
        exit(1);
    }
    state = worst_of(&survey, item->name);
    is_right = demand == DEMAND_NOTHING || state == SURVEY_DAMAGED ||
               (demand == DEMAND_NOTED && state == SURVEY_ODD);
    if (!is_right) {
        failures++;
        fprintf(stderr,
                "damage: nobody noticed: %s: %s, byte 0x%lx of it (0x%lx), 0x%02x to 0x%02x\n",
                item->name, field, offset, place, before[offset], new_bytes[0]);
        print_findings(&survey);
    }
    counts[index].made++;
    if (demand == DEMAND_NOTHING)
        counts[index].free++;
    else if (state == SURVEY_DAMAGED)
        counts[index].found++;
    else if (state == SURVEY_ODD)
        counts[index].noted++;
    survey_free(&survey);
    memcpy(image + item->start, before, item->extents[0].size);
    free(before);
}

static void look_at_field(size_t index, const char *field, uint64_t offset, uint32_t size,
                          bool is_wanted)
{
    uint8_t bytes[64], ones[64], zeros[64] = {0};
    uint32_t length = (uint32_t)minimum(size, sizeof(bytes));
    const uint8_t *place = image + whole.items[index].start + offset;

    memset(ones, 0xff, sizeof(ones));
    memcpy(bytes, place, length);
    bytes[0] ^= 1;
    look(index, field, offset, bytes, length, is_wanted);
    memcpy(bytes, place, length);
    bytes[length - 1] ^= 0x80;
    look(index, field, offset, bytes, length, is_wanted);
    look(index, field, offset, zeros, length, is_wanted);
    look(index, field, offset, ones, length, is_wanted);
}

/* ---- All of them ---- */

static bool is_chosen(const struct survey_item *item)
{
    return item->extent_count > 0 && item->kind != SURVEY_PARTITION && (kinds >> item->kind & 1);
}

static void damage_fields(void)
{
    for (size_t i = 0; i < whole.item_count; i++) {
        const struct survey_item *item = &whole.items[i];

        if (!is_chosen(item))
            continue;
        for (size_t j = 0; j < COUNT_OF(fields); j++)
            if (fields[j].kind == item->kind &&
                (fields[j].item == NULL || strcmp(fields[j].item, item->name) == 0) &&
                fields[j].offset + fields[j].size <= item->extents[0].size)
                look_at_field(i, fields[j].name, fields[j].offset, fields[j].size,
                              item->kind == SURVEY_FILE);
        for (uint64_t slot = 0; item->kind == SURVEY_DIRECTORY && slot < item->size; slot += 32)
            for (size_t j = 0; j < COUNT_OF(slot_fields); j++)
                look_at_field(i, slot_fields[j].name, slot + slot_fields[j].offset,
                              slot_fields[j].size, false);
    }
}

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static void damage_bytes(unsigned long count)
{
    uint32_t random = 0x424f574c;

    for (size_t i = 0; i < whole.item_count; i++) {
        const struct survey_item *item = &whole.items[i];

        for (unsigned long j = 0; is_chosen(item) && item->extents[0].size > 0 && j < count; j++) {
            uint64_t offset = next_random(&random) % item->extents[0].size;
            uint8_t byte = image[item->start + offset] ^ (uint8_t)(1 << next_random(&random) % 8);

            look(i, "a byte", offset, &byte, 1, false);
        }
    }
}

static void choose_kinds(int count, char **names)
{
    if (count == 0)
        kinds = ~0u;
    for (int i = 0; i < count; i++)
        for (unsigned kind = 0; kind <= SURVEY_FREE; kind++)
            if (strcmp(names[i], survey_kind_name((enum survey_kind)kind)) == 0)
                kinds |= 1u << kind;
}

static void open_image(const char *path)
{
    int file = open(path, O_RDONLY);
    struct stat status;

    if (file < 0 || fstat(file, &status) != 0) {
        perror(path);
        exit(2);
    }
    image_size = (uint64_t)status.st_size;
    image = mmap(NULL, image_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
    if (image == MAP_FAILED) {
        perror(path);
        exit(2);
    }
    close(file);
}

int main(int argc, char **argv)
{
    struct memory_reader disk;
    struct error error = {0};

    every = argc > 3 ? strtoul(argv[1], NULL, 10) : 0;
    if (every == 0) {
        fputs("usage: damage_image EVERY IMAGE COUNT [KIND...]\n", stderr);
        return 2;
    }
    argc--;
    argv++;
    choose_kinds(argc - 3, argv + 3);
    open_image(argv[1]);
    own = stages_embedded();
    memory_reader_init(&disk, image, image_size);
    if (!survey_make(&disk.reader, &own, &whole, &error) || whole.damaged_count > 0) {
        fprintf(stderr, "damage: %s is damaged already\n", argv[1]);
        print_findings(&whole);
        return 1;
    }
    counts = calloc(whole.item_count, sizeof(*counts));
    if (counts == NULL)
        return 2;
    damage_fields();
    damage_bytes(strtoul(argv[2], NULL, 10));
    for (size_t i = 0; i < whole.item_count; i++) {
        if (counts[i].made > 0)
            printf("%5lu damages, %5lu found, %4lu noted, %4lu where any value is right: %s\n",
                   counts[i].made, counts[i].found, counts[i].noted, counts[i].free,
                   whole.items[i].name);
        total += counts[i].made;
        total_found += counts[i].found;
        total_noted += counts[i].noted;
        total_free += counts[i].free;
    }
    printf("%s: %lu damages, %lu found, %lu noted, %lu where any value is right, %lu missed\n",
           argv[1], total, total_found, total_noted, total_free, failures);
    free(counts);
    survey_free(&whole);
    return failures == 0 ? 0 : 1;
}
