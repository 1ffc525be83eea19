/* SPDX-License-Identifier: MIT */
#include "disk/partition_type.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "format/mbr.h"
#include "text/guid_text.h"

static const struct {
    const char *name;
    const char *guid;
    uint8_t mbr;
} names[] = {
    {"linux", "0FC63DAF-8483-4772-8E79-3D69D8477DE4", 0x83},
    {"data", "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7", 0x0c}, /* FAT32, the data that all can read */
    {"swap", "0657FD6D-A4AB-43C4-84E5-0933C84B4F4F", 0x82},
};

bool is_mbr_type(uint8_t type)
{
    static const uint8_t impossible[] = {MBR_TYPE_UNUSED, 0x05, 0x0f, 0x85, MBR_TYPE_PROTECTIVE};

    return memchr(impossible, type, sizeof(impossible)) == NULL;
}

bool parse_mbr_type(const char *text, uint8_t *out)
{
    char *end;
    unsigned long type = strtoul(text, &end, 0);

    if (!isdigit((unsigned char)text[0]) || *end != '\0' || type > UINT8_MAX ||
        !is_mbr_type((uint8_t)type))
        return false;
    *out = (uint8_t)type;
    return true;
}

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
