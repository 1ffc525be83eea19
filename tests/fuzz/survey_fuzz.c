/* SPDX-License-Identifier: MIT */
#include "survey/survey.h"

#include "base/bytes.h"
#include "base/units.h"
#include "fuzz.h"

/*
 * A sparse disk: the input is a list of pieces, each with its place in units of 512 bytes, and what
 * is not there is zero. So a few sectors make a GPT, an ISO 9660 file system and a FAT32.
 *
 *   bytes 0 - 3   size of the disk, sectors
 *   then          4 bytes place, 2 bytes length, that many bytes; to the end of the input
 */
struct sparse_reader {
    struct reader reader;
    const uint8_t *data;
    size_t data_size;
};

enum { PIECE_HEADER = 6, SECTORS_MAX = 80 * 2048 };

static bool read_sparse(struct reader *reader, uint64_t offset, uint64_t length, void *to,
                        struct error *error)
{
    struct sparse_reader *sparse = (struct sparse_reader *)reader;

    (void)error;
    EXPECT(offset <= reader->size && length <= reader->size - offset);
    memset(to, 0, length);
    for (size_t at = 4; sparse->data_size - at >= PIECE_HEADER;) {
        uint64_t start = load_le32(sparse->data + at) * UINT64_C(512);
        uint64_t size = load_le16(sparse->data + at + 4);
        uint64_t first, last;

        at += PIECE_HEADER;
        size = minimum(size, sparse->data_size - at);
        first = maximum(start, offset);
        last = minimum(start + size, offset + length);
        if (first < last)
            memcpy((uint8_t *)to + (first - offset), sparse->data + at + (first - start),
                   last - first);
        at += size;
    }
    return true;
}

static void expect_order(const struct survey *survey)
{
    for (size_t i = 0; i < survey->item_count; i++) {
        const struct survey_item *item = &survey->items[i];

        EXPECT(survey_kind_name(item->kind) != NULL && item->name != NULL);
        EXPECT(i == 0 || item->extent_count == 0 || survey->items[i - 1].start <= item->start);
    }
    for (size_t i = 0; i < survey->finding_count; i++) {
        EXPECT(survey->findings[i].item < survey->item_count);
        expect_error(&survey->findings[i].error);
    }
    for (size_t i = 0; i < survey->file_count; i++) {
        EXPECT(survey->files[i].item < survey->item_count);
        EXPECT(survey->files[i].volume < survey->volume_count);
        EXPECT(survey->files[i].path[0] == '/');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sparse_reader disk = {.data = data, .data_size = size};
    struct survey survey;
    struct error error = {0};

    if (size < 4)
        return 0;
    disk.reader = (struct reader){
        .size = load_le32(data) % SECTORS_MAX * UINT64_C(512),
        .read = read_sparse,
    };
    if (!survey_make(&disk.reader, NULL, &survey, &error)) {
        expect_error(&error);
        return 0;
    }
    expect_order(&survey);
    EXPECT(disk.reader.size == 0 || survey_item_at(&survey, disk.reader.size - 1) != NULL);
    survey_free(&survey);
    return 0;
}
