/* SPDX-License-Identifier: MIT */
/* The BIOS chain: stage 1 for disks and for discs, stage 2, stage 3. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/crc32.h"
#include "base/units.h"
#include "disk/iso9660.h"
#include "format/stage.h"
#include "stage2/unpack.h"
#include "survey/survey_parts.h"

static const char STAGE1_TEXT[] = "Bowline: stage 2: "; /* what its messages begin with */

static bool has_text(struct surveyor *surveyor, uint64_t offset)
{
    uint8_t code[STAGE1_CODE_SIZE];

    return survey_peek(surveyor, offset, sizeof(code), code) &&
           memmem(code, sizeof(code), STAGE1_TEXT, strlen(STAGE1_TEXT)) != NULL;
}

static bool read_patch(struct surveyor *surveyor, uint64_t sector, struct stage1_patch *out)
{
    return survey_peek(surveyor, sector + STAGE1_PATCH_OFFSET, sizeof(*out), out);
}

static bool is_plausible(const struct stage1_patch *patch)
{
    uint64_t size = (uint64_t)patch->stage2_sectors * STAGE_SECTOR_SIZE;

    return patch->stage2_lba == STAGE2_OFFSET / STAGE_SECTOR_SIZE && patch->reserved == 0 &&
           size >= STAGE_ALIGNMENT && size <= STAGE2_SIZE_MAX && is_aligned(size, STAGE_ALIGNMENT);
}

/* By its text, or by what mkimage has filled in: one of them may be damaged. */
static bool has_stage1(struct surveyor *surveyor, uint64_t sector)
{
    struct stage1_patch patch;

    return has_text(surveyor, sector) ||
           (read_patch(surveyor, sector, &patch) && is_plausible(&patch));
}

static bool has_bytes(struct surveyor *surveyor, uint64_t offset, const char *expected)
{
    char bytes[16];
    size_t length = strlen(expected);

    return survey_peek(surveyor, offset, length, bytes) && memcmp(bytes, expected, length) == 0;
}

/*
 * One sign may have been left behind on a disk that holds something else now, and one may be
 * damaged: two of them make an image of ours.
 */
void survey_recognize(struct surveyor *surveyor)
{
    static const uint16_t boot_sectors[] = {0, 6 * 512, 6 * 4096}; /* and its backup in FAT32 */
    struct survey *survey = surveyor->survey;
    bool is_stage1 = has_stage1(surveyor, 0);
    bool is_stage2 = has_bytes(surveyor, STAGE2_OFFSET + 4, "BWL2");
    bool has_file_system = false;

    for (size_t i = 0; i < COUNT_OF(boot_sectors); i++)
        has_file_system |= has_bytes(surveyor, ESP_OFFSET + boot_sectors[i] + 3, "BOWLINE ");
    surveyor->has_disc_sector = has_stage1(surveyor, DISC_STAGE1_OFFSET);
    survey->is_ours = has_file_system || is_stage1 + is_stage2 + surveyor->has_disc_sector >= 2;
    survey->has_stages = survey->is_ours && (is_stage1 || is_stage2 || surveyor->has_disc_sector);
}

bool survey_is_ours(struct reader *disk)
{
    struct survey survey = {0};
    struct surveyor surveyor = {.disk = disk, .survey = &survey};

    survey_recognize(&surveyor);
    return survey.is_ours;
}

void survey_find_version(const uint8_t *bytes, size_t size, char out[SURVEY_VERSION_SIZE])
{
    static const char name[] = "Bowline ";
    const uint8_t *place = bytes, *end = bytes + size;

    out[0] = '\0';
    while ((place = memmem(place, (size_t)(end - place), name, strlen(name))) != NULL) {
        const uint8_t *digit = place + strlen(name);
        size_t length = 0;

        while (digit + length < end && length + sizeof(name) < SURVEY_VERSION_SIZE &&
               ((digit[length] >= '0' && digit[length] <= '9') || digit[length] == '.'))
            length++;
        if (length >= strlen("0.0.0")) {
            memcpy(out, place, strlen(name) + length);
            out[strlen(name) + length] = '\0';
            return;
        }
        place = digit;
    }
}

/* ---- What stage 1 knows of stage 2 ---- */

struct chain {
    size_t stage1, disc, stage2;       /* items */
    struct stage1_patch patch;         /* the one that counts */
    uint8_t bytes[STAGE2_SIZE_MAX];    /* stage 2 with its padding */
    uint64_t size;                     /* 0: it is not known where it lies */
    bool is_own_stage2, is_own_stage3; /* but for the header that mkimage fills in */
};

static bool fits(struct surveyor *surveyor, const struct stage1_patch *patch)
{
    uint8_t bytes[STAGE2_SIZE_MAX];
    uint64_t size = (uint64_t)patch->stage2_sectors * STAGE_SECTOR_SIZE;

    return is_plausible(patch) && survey_peek(surveyor, STAGE2_OFFSET, size, bytes) &&
           crc32(0, bytes, size) == patch->stage2_crc32;
}

/* Is what lies at STAGE2_OFFSET our own stage 2, whatever stands in its header? */
static bool has_own_stage2(struct surveyor *surveyor)
{
    uint8_t bytes[STAGE2_SIZE_MAX];
    const struct stage_bytes *own = &surveyor->own->stage2;
    size_t start = sizeof(struct stage2_header);
    uint64_t at, padding = align_up(own->size, STAGE_ALIGNMENT) - own->size;

    return own->size >= start && own->size <= sizeof(bytes) &&
           survey_peek(surveyor, STAGE2_OFFSET, own->size, bytes) &&
           memcmp(bytes, own->bytes, offsetof(struct stage2_header, stage3_lba)) == 0 &&
           memcmp(bytes + start, own->bytes + start, own->size - start) == 0 &&
           survey_is_zero(surveyor, STAGE2_OFFSET + own->size, padding, &at);
}

/* Where stage 3 of this mkimage's own would lie. */
static bool has_own_stage3(struct surveyor *surveyor)
{
    const struct stage_bytes *own = &surveyor->own->stage3;
    uint64_t offset = STAGE2_OFFSET + align_up(surveyor->own->stage2.size, STAGE_ALIGNMENT);
    uint8_t *bytes = malloc(own->size);
    bool is_own = bytes != NULL && survey_peek(surveyor, offset, own->size, bytes) &&
                  memcmp(bytes, own->bytes, own->size) == 0;

    free(bytes);
    return is_own;
}

/* ---- Stage 1 ---- */

/* What is wrong with the fields that mkimage has filled in, given those that fit. */
static void compare_patch(struct surveyor *surveyor, size_t item, uint64_t sector,
                          const struct stage1_patch *right)
{
    static const struct {
        const char *name;
        uint8_t offset, size;
    } fields[] = {
        {"the place of stage 2", offsetof(struct stage1_patch, stage2_lba), 8},
        {"the checksum of stage 2", offsetof(struct stage1_patch, stage2_crc32), 4},
        {"the length of stage 2", offsetof(struct stage1_patch, stage2_sectors), 2},
        {"a reserved field", offsetof(struct stage1_patch, reserved), 2},
    };
    struct stage1_patch patch;

    if (!survey_read(surveyor, item, sector + STAGE1_PATCH_OFFSET, sizeof(patch), &patch))
        return;
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        uint64_t found = 0, expected = 0;

        memcpy(&found, (const uint8_t *)&patch + fields[i].offset, fields[i].size);
        memcpy(&expected, (const uint8_t *)right + fields[i].offset, fields[i].size);
        if (found != expected)
            DAMAGE_WITH(surveyor, item, sector + STAGE1_PATCH_OFFSET + fields[i].offset,
                        fields[i].size, STAGE_FIELD, fields[i].name, found, expected);
    }
}

/* `skip` bytes at offset 3 belong to a BIOS. Behind the patch there are zeros up to `size`. */
static void compare_code(struct surveyor *surveyor, size_t item, uint64_t sector,
                         const struct stage_bytes *own, size_t free_end, size_t size)
{
    uint8_t code[STAGE1_PATCH_OFFSET];
    uint64_t at;

    if (!survey_read(surveyor, item, sector, sizeof(code), code))
        return;
    for (size_t i = 0; i < sizeof(code); i++) {
        if (i >= 3 && i < free_end)
            continue;
        if (code[i] != (i < own->size ? own->bytes[i] : 0)) {
            DAMAGE(surveyor, item, sector + i, 1, STAGE_CODE, sector + i, code[i],
                   i < own->size ? own->bytes[i] : 0);
            return;
        }
    }
    if (!survey_is_zero(surveyor, sector + STAGE1_CODE_SIZE, size - STAGE1_CODE_SIZE, &at))
        DAMAGE(surveyor, item, at, 1, STAGE_CODE, at, 1, 0);
}

/* ---- Stages 2 and 3 ---- */

/*
 * Finds the patch that counts: stage 1 is there twice on a disc. Where none fits, stage 2 is to
 * blame, unless it is the one that this mkimage has.
 */
static void choose_patch(struct surveyor *surveyor, struct chain *chain)
{
    struct stage1_patch patches[2];
    size_t count = 0;
    uint64_t size =
        align_up(surveyor->own != NULL ? surveyor->own->stage2.size : 0, STAGE_ALIGNMENT);

    count += read_patch(surveyor, 0, &patches[count]);
    if (surveyor->has_disc_sector)
        count += read_patch(surveyor, DISC_STAGE1_OFFSET, &patches[count]);
    for (size_t i = 0; i < count; i++) {
        if (fits(surveyor, &patches[i])) {
            chain->patch = patches[i];
            return;
        }
    }
    chain->patch = (struct stage1_patch){.stage2_lba = STAGE2_OFFSET / STAGE_SECTOR_SIZE};
    if (chain->is_own_stage2 && survey_peek(surveyor, STAGE2_OFFSET, size, chain->bytes)) {
        struct stage2_header header;
        struct error ignored;

        memcpy(&header, chain->bytes, sizeof(header));
        chain->patch.stage2_sectors = (uint16_t)(size / STAGE_SECTOR_SIZE);
        chain->patch.stage2_crc32 = crc32(0, chain->bytes, size);
        /* Its header has no other guard than stage 1: two that agree, or the place of stage 3. */
        if (count > 0 && is_plausible(&patches[0]) &&
            ((count == 2 && memcmp(&patches[0], &patches[1], sizeof(patches[0])) == 0) ||
             (surveyor->survey->has_mbr && header.mark != surveyor->survey->disk_signature) ||
             header.stage3_lba != (STAGE2_OFFSET + size) / STAGE_SECTOR_SIZE ||
             header.packed_size != surveyor->own->stage3.size ||
             header.stage3_size != surveyor->own->stage3_size ||
             !seal_check(&header.seal, &ignored) ||
             header.packed_crc32 !=
                 crc32(0, surveyor->own->stage3.bytes, surveyor->own->stage3.size)))
            chain->patch = patches[0];
        return;
    }
    for (size_t i = 0; i < count; i++)
        if (is_plausible(&patches[i]))
            chain->patch = patches[i];
}

static void check_stage2(struct surveyor *surveyor, struct chain *chain, unsigned depth)
{
    uint64_t size = (uint64_t)chain->patch.stage2_sectors * STAGE_SECTOR_SIZE;
    struct stage2_header header;
    uint32_t crc;

    chain->stage2 = survey_add(surveyor, SURVEY_STAGE, depth, STAGE2_OFFSET,
                               size > 0 ? size : STAGE_ALIGNMENT, "stage 2");
    if (size == 0) {
        DAMAGE(surveyor, chain->stage1, STAGE1_PATCH_OFFSET, sizeof(struct stage1_patch),
               STAGE_LOST);
        return;
    }
    if (!survey_read(surveyor, chain->stage2, STAGE2_OFFSET, size, chain->bytes))
        return;
    chain->size = size;
    crc = crc32(0, chain->bytes, size);
    if (crc != chain->patch.stage2_crc32) {
        DAMAGE(surveyor, chain->stage2, STAGE2_OFFSET, size, STAGE_CHECKSUM, crc,
               chain->patch.stage2_crc32);
        return;
    }
    memcpy(&header, chain->bytes, sizeof(header));
    survey_add_seal(surveyor, chain->stage2, STAGE2_OFFSET + offsetof(struct stage2_header, seal),
                    &header.seal);
    if (header.magic != STAGE2_MAGIC)
        DAMAGE_WITH(surveyor, chain->stage2, STAGE2_OFFSET + 4, 4, STAGE_FIELD, "its magic number",
                    header.magic, STAGE2_MAGIC);
}

static void unpack_stage3(struct surveyor *surveyor, size_t item, uint64_t offset,
                          const struct stage2_header *header, const uint8_t *packed)
{
    uint8_t *bytes = malloc(header->stage3_size);

    if (bytes == NULL) {
        surveyor->is_out_of_memory = true;
        return;
    }
    if (unpack(packed, header->packed_size, bytes, header->stage3_size))
        survey_find_version(bytes, header->stage3_size, surveyor->survey->stages_version);
    else
        DAMAGE(surveyor, item, offset, header->packed_size, STAGE_UNPACK, header->stage3_size);
    free(bytes);
}

static void check_stage3(struct surveyor *surveyor, struct chain *chain, unsigned depth)
{
    enum { UNPACKED_MAX = 1024 * 1024 }; /* nothing of the sort fits where stage 3 runs */
    static uint8_t packed[BIOS_CHAIN_SIZE_MAX];
    struct stage2_header header;
    uint64_t offset;
    uint32_t crc;
    size_t item;

    if (chain->size == 0)
        return;
    memcpy(&header, chain->bytes, sizeof(header));
    offset = header.stage3_lba * STAGE_SECTOR_SIZE;
    if (header.stage3_lba < (STAGE2_OFFSET + chain->size) / STAGE_SECTOR_SIZE ||
        header.stage3_lba >= (STAGE2_OFFSET + STAGE_AREA_SIZE) / STAGE_SECTOR_SIZE ||
        header.packed_size == 0 || header.packed_size > sizeof(packed) || header.stage3_size == 0 ||
        header.stage3_size > UNPACKED_MAX) {
        if (surveyor->survey->items[chain->stage2].state == SURVEY_WHOLE)
            DAMAGE_WITH(surveyor, chain->stage2, STAGE2_OFFSET, sizeof(header), STAGE_FIELD,
                        "the place of stage 3", header.stage3_lba,
                        (STAGE2_OFFSET + chain->size) / STAGE_SECTOR_SIZE);
        return;
    }
    item = survey_add(surveyor, SURVEY_STAGE, depth, offset, header.packed_size, "stage 3");
    if (!survey_read(surveyor, item, offset, header.packed_size, packed))
        return;
    crc = crc32(0, packed, header.packed_size);
    if (crc == header.packed_crc32)
        unpack_stage3(surveyor, item, offset, &header, packed);
    else if (surveyor->survey->items[chain->stage2].state == SURVEY_WHOLE)
        DAMAGE(surveyor, item, offset, header.packed_size, STAGE_CHECKSUM, crc,
               header.packed_crc32);
}

/* The image's mark is its disk signature, which nobody but a human being compares. */
static void check_mark(struct surveyor *surveyor, const struct chain *chain)
{
    struct survey *survey = surveyor->survey;
    struct stage2_header header;

    if (chain->size == 0 || !survey->has_mbr || survey->items[chain->stage2].state != SURVEY_WHOLE)
        return;
    memcpy(&header, chain->bytes, sizeof(header));
    if (header.mark == survey->disk_signature)
        return;
    for (size_t i = 0; i < survey->item_count; i++)
        if (survey->items[i].kind == SURVEY_MBR)
            ODD(surveyor, i, MBR_SIGNATURE_OFFSET, 4, MBR_OTHER_SIGNATURE, survey->disk_signature,
                header.mark);
}

void survey_chain(struct surveyor *surveyor, unsigned depth)
{
    struct survey *survey = surveyor->survey;
    struct chain *chain = calloc(1, sizeof(*chain));
    const struct stages *own = surveyor->own;

    if (chain == NULL) {
        surveyor->is_out_of_memory = true;
        return;
    }
    chain->stage1 = survey_add(surveyor, SURVEY_BOOT_SECTOR, 0, 0, STAGE1_CODE_SIZE, "stage 1");
    survey_add(surveyor, SURVEY_FREE, 1, 3, STAGE1_BPB_END - 3, "a BIOS's parameter block");
    if (surveyor->has_disc_sector)
        chain->disc = survey_add(surveyor, SURVEY_DISC_SECTOR, 0, DISC_STAGE1_OFFSET,
                                 ISO_BLOCK_SIZE, "stage 1 for discs");
    chain->is_own_stage2 = own != NULL && has_own_stage2(surveyor);
    chain->is_own_stage3 = own != NULL && has_own_stage3(surveyor);
    choose_patch(surveyor, chain);
    if (!surveyor->is_out_of_memory)
        check_stage2(surveyor, chain, depth);
    if (!surveyor->is_out_of_memory)
        check_stage3(surveyor, chain, depth);
    if (!surveyor->is_out_of_memory && chain->size > 0) {
        compare_patch(surveyor, chain->stage1, 0, &chain->patch);
        if (surveyor->has_disc_sector)
            compare_patch(surveyor, chain->disc, DISC_STAGE1_OFFSET, &chain->patch);
        check_mark(surveyor, chain);
    }
    survey->is_own_version = chain->is_own_stage2 && chain->is_own_stage3;
    /* Stage 1 has no checksum. What another version's looks like is not known here. */
    if (!surveyor->is_out_of_memory && survey->is_own_version) {
        compare_code(surveyor, chain->stage1, 0, &own->stage1, STAGE1_BPB_END, STAGE1_CODE_SIZE);
        if (surveyor->has_disc_sector)
            compare_code(surveyor, chain->disc, DISC_STAGE1_OFFSET, &own->stage1_disc, 3,
                         ISO_BLOCK_SIZE);
    }
    free(chain);
}
