/* SPDX-License-Identifier: 0BSD */
/*
 * bowline_state.h: the boot state of a disk, for whoever confirms that a boot has succeeded.
 *
 * Copy this file into a kernel, or into what runs on it. It needs nothing but <stdint.h> (and, as
 * every struct assignment may, memcpy). It is C11, C17, C23 and C++17. docs/boot-state.md has the
 * rules, and whole examples.
 *
 * The boot state is two records, each alone at the start of a sector. Both can be whole; the one
 * with the greater sequence number counts. Whoever changes the state writes over the other one, so
 * that a power cut at any moment leaves a whole record behind, the old one or the new one:
 *
 *     struct bowline_state records[2];
 *
 *     // read 512 bytes at boot_device->state_offset + n * BOWLINE_STATE_DISTANCE, n = 0 and 1
 *     int place = bowline_state_confirm(records, boot_device->slot);
 *     if (place >= 0)
 *         // write records[place] where it was read, and flush it to the medium
 *
 * A record takes the first 512 bytes of its sector, also where sectors are larger.
 */
#ifndef BOWLINE_STATE_H
#define BOWLINE_STATE_H

#include <stdint.h>

#ifdef __cplusplus
#define BOWLINE_STATE_ASSERT(condition) static_assert(condition, #condition)
#else
#define BOWLINE_STATE_ASSERT(condition) _Static_assert(condition, #condition)
#endif

/* "BOWLSTA" as little-endian text. */
#define BOWLINE_STATE_MAGIC UINT64_C(0x004154534c574f42)

#define BOWLINE_STATE_VERSION  1
#define BOWLINE_STATE_SIZE     512     /* bytes of a record */
#define BOWLINE_STATE_DISTANCE 0x10000 /* bytes from the first record to the second */
#define BOWLINE_STATE_SLOTS    16

/* Flags of a slot. */
#define BOWLINE_SLOT_CONFIRMED 1 /* it has come up: its attempts are not counted any more */

/*
 * An entry of boot.conf goes by its name: by the first eight bytes of the SHA-256 of that, as a
 * little-endian number. 0: none.
 */
struct bowline_state_slot {
    uint64_t name;          /* 0: nobody's */
    uint32_t attempts_left; /* so often it may still be started without having come up */
    uint32_t flags;
};
BOWLINE_STATE_ASSERT(sizeof(struct bowline_state_slot) == 16);

/* All numbers are little-endian. */
struct bowline_state {
    uint64_t magic;
    uint32_t version;
    uint32_t crc32;         /* of all 512 bytes with 0 in this field (CRC-32 as in GPT and gzip) */
    uint64_t sequence;      /* of two whole records the one with the greater number counts */
    uint64_t default_entry; /* the entry that boots; 0: as boot.conf says */
    uint64_t once_entry;    /* the entry that boots next, and only then; 0: none */
    struct bowline_state_slot slots[BOWLINE_STATE_SLOTS]; /* slot number 1 is slots[0] */
    uint8_t reserved[216];                                /* to be kept as they are */
};
BOWLINE_STATE_ASSERT(sizeof(struct bowline_state) == BOWLINE_STATE_SIZE);

static inline uint32_t bowline_state_crc32(const struct bowline_state *record)
{
    const uint8_t *bytes = (const uint8_t *)record;
    uint32_t crc = 0xffffffff;
    unsigned i, bit;

    for (i = 0; i < BOWLINE_STATE_SIZE; i++) {
        crc ^= i >= 12 && i < 16 ? 0u : bytes[i]; /* the field itself counts as 0 */
        for (bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc;
}

static inline int bowline_state_is_whole(const struct bowline_state *record)
{
    return record->magic == BOWLINE_STATE_MAGIC && record->version == BOWLINE_STATE_VERSION &&
           record->crc32 == bowline_state_crc32(record);
}

/* Which of the two counts: 0 or 1. -1: none is whole. */
static inline int bowline_state_newest(const struct bowline_state records[2])
{
    int is_whole[2];

    is_whole[0] = bowline_state_is_whole(&records[0]);
    is_whole[1] = bowline_state_is_whole(&records[1]);
    if (is_whole[0] && is_whole[1])
        return records[1].sequence > records[0].sequence;
    return is_whole[0] ? 0 : is_whole[1] ? 1 : -1;
}

/*
 * Begins a change: makes the record that does not count a copy of the one that does, with the next
 * sequence number. Returns which one that is: the caller changes it, seals it and writes it. -1:
 * none is whole.
 */
static inline int bowline_state_advance(struct bowline_state records[2])
{
    int newest = bowline_state_newest(records);

    if (newest < 0)
        return -1;
    records[1 - newest] = records[newest];
    records[1 - newest].sequence++;
    return 1 - newest;
}

/* Ends a change. */
static inline void bowline_state_seal(struct bowline_state *record)
{
    record->crc32 = bowline_state_crc32(record);
}

/* The number of the slot of this name, from 1; 0: it has none yet. */
static inline uint32_t bowline_state_find(const struct bowline_state *record, uint64_t name)
{
    uint32_t i;

    for (i = 0; i < BOWLINE_STATE_SLOTS; i++)
        if (record->slots[i].name == name)
            return i + 1;
    return 0;
}

/* The same; one that has none yet gets one, with these attempts. 0: all are taken. */
static inline uint32_t bowline_state_take(struct bowline_state *record, uint64_t name,
                                          uint32_t attempts)
{
    uint32_t slot = bowline_state_find(record, name);

    if (slot != 0)
        return slot;
    slot = bowline_state_find(record, 0);
    if (slot != 0) {
        record->slots[slot - 1].name = name;
        record->slots[slot - 1].attempts_left = attempts;
        record->slots[slot - 1].flags = 0;
    }
    return slot;
}

static inline int bowline_state_is_confirmed(const struct bowline_state *record, uint64_t slot)
{
    return slot >= 1 && slot <= BOWLINE_STATE_SLOTS && record->slots[slot - 1].name != 0 &&
           (record->slots[slot - 1].flags & BOWLINE_SLOT_CONFIRMED) != 0;
}

/*
 * The slot has come up. Returns which record is to be written; -1: none, because the slot has been
 * confirmed before, or there is no such slot, or no record is whole.
 */
static inline int bowline_state_confirm(struct bowline_state records[2], uint64_t slot)
{
    int place = bowline_state_newest(records);

    if (place < 0 || slot < 1 || slot > BOWLINE_STATE_SLOTS ||
        records[place].slots[slot - 1].name == 0 ||
        bowline_state_is_confirmed(&records[place], slot))
        return -1;
    place = bowline_state_advance(records);
    records[place].slots[slot - 1].flags |= BOWLINE_SLOT_CONFIRMED;
    bowline_state_seal(&records[place]);
    return place;
}

#endif
