/* SPDX-License-Identifier: MIT */
#include "partition_type.h"

#include <string.h>

#include "base/units.h"
#include "guid_text.h"
#include "options.h"

static const struct {
    const char *name;
    const char *guid;
    uint8_t mbr;
} names[] = {
    {"linux", "0FC63DAF-8483-4772-8E79-3D69D8477DE4", 0x83},
    {"data", "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7", 0x0c}, /* FAT32, the data that all can read */
    {"swap", "0657FD6D-A4AB-43C4-84E5-0933C84B4F4F", 0x82},
};

bool partition_type_parse(const char *text, struct partition_type *out)
{
    struct partition_type type = {0};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strcmp(text, names[i].name) != 0)
            continue;
        type.has_mbr = true;
        type.mbr = names[i].mbr;
        text = names[i].guid;
    }
    type.has_guid = guid_parse(text, &type.guid);
    if (!type.has_guid)
        type.has_mbr = parse_mbr_type(text, &type.mbr);
    if (!type.has_guid && !type.has_mbr)
        return false;
    *out = type;
    return true;
}
