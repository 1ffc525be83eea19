/* SPDX-License-Identifier: MIT */
#include "format/request.h"

#include "base/bytes.h"
#include "fuzz.h"

/*
 * The input: 12 bytes that say where notes and section headers are, as the ELF reader would, and
 * behind them the file.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct elf_kernel kernel;
    struct bowline_request request;
    struct memory_reader file;
    struct error error;
    bool found;

    if (size < 12)
        return 0;
    memory_reader_init(&file, data + 12, size - 12);
    kernel = (struct elf_kernel){
        .note_count = data[0] % 3,
        .section_header_count = data[1] % 64,
        .notes = {{load_le16(data + 2), load_le16(data + 4)},
                  {load_le16(data + 6), load_le16(data + 8)}},
        .section_headers = load_le16(data + 10),
    };
    if (!request_read(&file.reader, &kernel, &request, &found, &error)) {
        expect_error(&error);
        return 0;
    }
    EXPECT(!found || request.magic == BOWLINE_REQUEST_MAGIC);
    return 0;
}
