/* SPDX-License-Identifier: MIT */
#include "kernel/pe_file.h"

#include <string.h>

#include "base/bytes.h"
#include "base/units.h"

/* Offsets from the signature "PE", and in the header of a section. */
enum {
    MACHINE = 4,
    SECTION_COUNT = 6,
    OPTIONAL_SIZE = 20,
    OPTIONAL_HEADER = 24,
    CHECKSUM = OPTIONAL_HEADER + 64,
    SUBSYSTEM = OPTIONAL_HEADER + 68,
    SMALLEST = OPTIONAL_HEADER + 96, /* a PE32 header without data directories */

    SECTION_NAME_SIZE = 8,
    SECTION_VIRTUAL_SIZE = 8,
    SECTION_RAW_SIZE = 16,
    SECTION_RAW_OFFSET = 20,
    SECTION_HEADER_SIZE = 40,
};

bool pe_read(const uint8_t *bytes, size_t size, struct pe_file *out)
{
    size_t header;

    if (size < 0x40 || load_le16(bytes) != 0x5a4d)
        return false;
    header = load_le32(bytes + 0x3c);
    if (header > size - 0x40 || size - header < SMALLEST || load_le32(bytes + header) != 0x4550)
        return false;
    *out = (struct pe_file){
        .header = header,
        .machine = header + MACHINE,
        .subsystem = header + SUBSYSTEM,
        .checksum = header + CHECKSUM,
    };
    return true;
}

bool pe_find_section(const uint8_t *bytes, size_t size, const struct pe_file *file,
                     const char *name, size_t *offset, size_t *length)
{
    size_t count = load_le16(bytes + file->header + SECTION_COUNT);
    size_t place = file->header + OPTIONAL_HEADER + load_le16(bytes + file->header + OPTIONAL_SIZE);

    for (; count > 0 && place <= size && size - place >= SECTION_HEADER_SIZE; count--) {
        const uint8_t *section = bytes + place;
        size_t raw_offset = load_le32(section + SECTION_RAW_OFFSET);
        size_t raw_size = minimum(load_le32(section + SECTION_RAW_SIZE),
                                  load_le32(section + SECTION_VIRTUAL_SIZE));

        place += SECTION_HEADER_SIZE;
        if (strncmp((const char *)section, name, SECTION_NAME_SIZE) != 0)
            continue;
        if (raw_offset > size || raw_size > size - raw_offset)
            return false;
        *offset = raw_offset;
        *length = raw_size;
        return true;
    }
    return false;
}

/* The sum of all 16-bit words with their carries, and the length (PE format, "CheckSum"). */
uint32_t pe_checksum(const uint8_t *bytes, size_t size, const struct pe_file *file)
{
    uint32_t sum = 0;

    for (size_t i = 0; i + 1 < size; i += 2) {
        sum += i == file->checksum || i == file->checksum + 2 ? 0 : load_le16(bytes + i);
        sum = (sum & 0xffff) + (sum >> 16);
    }
    if (size % 2 != 0)
        sum += bytes[size - 1];
    sum = (sum & 0xffff) + (sum >> 16);
    return sum + (uint32_t)size;
}
