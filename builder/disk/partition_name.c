/* SPDX-License-Identifier: MIT */
#include "disk/partition_name.h"

#include <string.h>

#include "base/units.h"

struct guid_words guid_words(const struct guid *guid)
{
    struct guid_words words;

    guid_print(guid, words.text);
    return words;
}

/* UEFI 2.10, table 5.7; the Discoverable Partitions Specification; Microsoft's documentation. */
const char *partition_gpt_name(const struct guid *type)
{
    static const struct {
        const char *guid, *name;
    } types[] = {
        {"C12A7328-F81F-11D2-BA4B-00A0C93EC93B", "EFI system"},
        {"21686148-6449-6E6F-744E-656564454649", "BIOS boot"},
        {"BC13C2FF-59E6-4262-A352-B275FD6F7172", "extended boot loader"},
        {"0FC63DAF-8483-4772-8E79-3D69D8477DE4", "Linux data"},
        {"4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709", "Linux root (x86-64)"},
        {"933AC7E1-2EB4-4F13-B844-0E14E2AEF915", "Linux home"},
        {"0657FD6D-A4AB-43C4-84E5-0933C84B4F4F", "Linux swap"},
        {"E6D6D379-F507-44C2-A23C-238F2A3DF928", "Linux LVM"},
        {"A19D880F-05FC-4D3B-A006-743F0F84911E", "Linux RAID"},
        {"EBD0A0A2-B9E5-4433-87C0-68B6B72699C7", "Microsoft basic data"},
        {"E3C9E316-0B5C-4DB8-817D-F92DF00215AE", "Microsoft reserved"},
        {"DE94BBA4-06D1-4D40-A16A-BFD50179D6AC", "Windows recovery"},
        {"48465300-0000-11AA-AA11-00306543ECAC", "Apple HFS+"},
        {"7C3457EF-0000-11AA-AA11-00306543ECAC", "Apple APFS"},
    };
    struct guid_words words = guid_words(type);

    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (strcmp(types[i].guid, words.text) == 0)
            return types[i].name;
    return "unknown";
}

const char *partition_mbr_name(uint8_t type)
{
    static const struct {
        uint8_t type;
        const char *name;
    } types[] = {
        {0x01, "FAT12"},       {0x04, "FAT16, small"}, {0x05, "extended"},
        {0x06, "FAT16"},       {0x07, "NTFS, exFAT"},  {0x0b, "FAT32"},
        {0x0c, "FAT32 (LBA)"}, {0x0e, "FAT16 (LBA)"},  {0x0f, "extended (LBA)"},
        {0x82, "Linux swap"},  {0x83, "Linux"},        {0x8e, "Linux LVM"},
        {0xa5, "FreeBSD"},     {0xaf, "Apple HFS+"},   {0xcd, "ISO 9660"},
        {0xee, "GPT"},         {0xef, "EFI system"},   {0xfd, "Linux RAID"},
    };

    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (types[i].type == type)
            return types[i].name;
    return "unknown";
}
