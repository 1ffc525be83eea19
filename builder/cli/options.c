/* SPDX-License-Identifier: MIT */
#include "cli/options.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"

bool parse_scheme(const char *text, enum mkimage_scheme *out)
{
    if (strcmp(text, "gpt") != 0 && strcmp(text, "mbr") != 0)
        return false;
    *out = text[0] == 'g' ? MKIMAGE_GPT : MKIMAGE_MBR;
    return true;
}

bool parse_size(const char *text, uint64_t *out)
{
    static const char units[] = "KMGT";
    char *end;
    unsigned shift = 0;
    const char *unit;
    unsigned long long number;

    errno = 0;
    number = strtoull(text, &end, 10);
    if (!isdigit((unsigned char)text[0]) || errno != 0)
        return false;
    unit = *end != '\0' ? strchr(units, toupper((unsigned char)*end)) : NULL;
    if (unit != NULL) {
        shift = 10 * (unsigned)(unit - units + 1);
        end += strcmp(end + 1, "iB") == 0 ? 3 : 1;
    }
    if (*end != '\0' || number > UINT64_MAX >> shift)
        return false;
    *out = (uint64_t)number << shift;
    return true;
}

bool parse_fat(const char *text, enum mkimage_fat *out)
{
    static const struct {
        const char *text;
        enum mkimage_fat fat;
    } types[] = {{"12", MKIMAGE_FAT12}, {"16", MKIMAGE_FAT16}, {"32", MKIMAGE_FAT32}};

    for (size_t i = 0; i < COUNT_OF(types); i++) {
        if (strcmp(text, types[i].text) == 0) {
            *out = types[i].fat;
            return true;
        }
    }
    return false;
}
