/* SPDX-License-Identifier: MIT */
#include "pxe.h"

#include "base/string.h"
#include "base/units.h"

enum {
    OLD_LENGTH_MIN = 0x26,     /* before it had a pointer to the new one */
    VERSION_WITH_NEW = 0x0201, /* of PXE, where "PXENV+" tells of "!PXE" */
    MAJOR_VERSION = 8,         /* bits below it */
};

/* Where `pointer` points to, if that is a structure with this signature and a right checksum. */
static const void *find_structure(const uint8_t *low, struct far_pointer pointer,
                                  const char *signature, size_t length_place, size_t length_min)
{
    uint32_t place = far_linear(pointer);
    uint8_t sum = 0;

    if (place == 0 || place > MIB - length_min ||
        memcmp(low + place, signature, strlen(signature)) != 0)
        return NULL;
    size_t length = low[place + length_place];
    if (length < length_min || place > MIB - length)
        return NULL;
    for (size_t i = 0; i < length; i++)
        sum += low[place + i];
    return sum == 0 ? low + place : NULL;
}

/* A ROM that has given up its base code has an empty segment of it. */
static void add_segment(struct pxe_rom *rom, uint32_t base, uint16_t size)
{
    if (base != 0 && size != 0 && (rom->start == 0 || base < rom->start))
        rom->start = base;
}

static bool use_new(const uint8_t *low, struct far_pointer pointer, struct pxe_rom *out)
{
    struct pxe_rom rom = {0};
    const struct pxe_new_entry *found = find_structure(
        low, pointer, "!PXE", offsetof(struct pxe_new_entry, length), sizeof(*found));

    if (found == NULL || far_linear(found->entry) == 0)
        return false;
    rom.entry = found->entry;
    for (size_t i = 0; i < COUNT_OF(found->segments); i++)
        add_segment(&rom, found->segments[i].base, found->segments[i].size);
    *out = rom;
    return true;
}

static bool use_old(const uint8_t *low, struct far_pointer pointer, struct pxe_rom *out)
{
    const struct pxe_old_entry *found = find_structure(
        low, pointer, "PXENV+", offsetof(struct pxe_old_entry, length), OLD_LENGTH_MIN);

    if (found == NULL)
        return false;
    if (found->version >= VERSION_WITH_NEW && found->length >= sizeof(*found) &&
        use_new(low, found->new_entry, out))
        return true;
    if (far_linear(found->entry) == 0)
        return false;
    *out = (struct pxe_rom){.entry = found->entry, .is_old = found->version >> MAJOR_VERSION < 2};
    for (size_t i = 0; i < COUNT_OF(found->segments); i++)
        add_segment(out, (uint32_t)found->segments[i].segment << 4, found->segments[i].size);
    return true;
}

bool pxe_find(const uint8_t *low, struct far_pointer new_entry, struct far_pointer old_entry,
              struct pxe_rom *out)
{
    return use_new(low, new_entry, out) || use_old(low, old_entry, out);
}
