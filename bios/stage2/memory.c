/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include "bios_call.h"

enum {
    SMAP = 0x534d4150,
    ENTRY_SIZE_MIN = 20, /* before ACPI 3.0 */
    ENTRY_SIZE = 24,
    ENTRY_IS_ENABLED = 1, /* attribute bit 0: the others count only if it is set */
};

/* A BIOS that never says "the last one" would keep us here. */
enum { REPLIES_MAX = 2 * MEMORY_ENTRIES_MAX };

enum reply { REPLY_ENTRY, REPLY_END };

/* Asks for one range; *continuation 0 begins, and is 0 again with the last one. */
static enum reply ask(struct e820_entry *entry, uint32_t *continuation)
{
    struct bios_call call = {
        .interrupt = 0x15,
        .eax = 0xe820,
        .edx = SMAP,
        .ebx = *continuation,
        .ecx = ENTRY_SIZE,
        .edi = (uint32_t)(uintptr_t)entry,
    };

    *entry = (struct e820_entry){.attributes = ENTRY_IS_ENABLED}; /* short replies leave it so */
    /* Some report the last range together with carry, others carry instead of a range. */
    bios_calls(&call, 1);
    if (call.eax != SMAP || call.ecx < ENTRY_SIZE_MIN)
        return REPLY_END;
    if ((call.flags & BIOS_CARRY) && entry->length == 0)
        return REPLY_END;
    *continuation = call.flags & BIOS_CARRY ? 0 : call.ebx;
    return REPLY_ENTRY;
}

static bool is_same(const struct e820_entry *a, const struct e820_entry *b)
{
    return a->base == b->base && a->length == b->length && a->type == b->type;
}

/* False: there is no such service. */
static bool read_e820(struct memory_report *out, enum memory_result *result)
{
    uint32_t continuation = 0;

    *result = MEMORY_KNOWN;
    for (unsigned replies = 0; replies < REPLIES_MAX; replies++) {
        struct e820_entry entry;

        if (ask(&entry, &continuation) == REPLY_END)
            break;
        /* Some begin again from the first range instead of ending. */
        if (out->count > 0 && is_same(&entry, &out->entries[0]))
            break;
        if (entry.length > 0 && (entry.attributes & ENTRY_IS_ENABLED)) {
            if (out->count == MEMORY_ENTRIES_MAX) {
                *result = MEMORY_TOO_MANY;
                break;
            }
            out->entries[out->count++] = entry;
        }
        if (continuation == 0)
            break;
    }
    return out->count > 0;
}

bool memory_reserve(struct memory_report *out, uint32_t base, uint32_t length)
{
    if (out->count == MEMORY_ENTRIES_MAX)
        return false;
    out->entries[out->count++] = (struct e820_entry){
        .base = base,
        .length = length,
        .type = E820_RESERVED,
        .attributes = ENTRY_IS_ENABLED,
    };
    return true;
}

static void add_usable(struct memory_report *out, uint32_t base, uint64_t length)
{
    if (length == 0)
        return;
    out->entries[out->count++] = (struct e820_entry){
        .base = base,
        .length = length,
        .type = E820_USABLE,
        .attributes = ENTRY_IS_ENABLED,
    };
}

uint32_t memory_low_kib(void)
{
    struct bios_call call = {.interrupt = 0x12};

    bios_calls(&call, 1);
    return LOW_WORD(call.eax);
}

/* KiB from 1 to 16 MiB, and units of 64 KiB above. */
static bool read_e801(struct memory_report *out)
{
    struct bios_call call = {.interrupt = 0x15, .eax = 0xe801};
    uint16_t kib, blocks;

    if (bios_calls(&call, 1) == 0)
        return false;
    /* ax and bx are 0 on some BIOSes, which put the "configured" memory in cx and dx only. */
    kib = LOW_WORD(call.eax) != 0 ? LOW_WORD(call.eax) : LOW_WORD(call.ecx);
    blocks = LOW_WORD(call.ebx) != 0 ? LOW_WORD(call.ebx) : LOW_WORD(call.edx);
    if (kib == 0)
        return false;
    add_usable(out, 0, memory_low_kib() << 10);
    add_usable(out, 0x100000, (uint64_t)kib << 10);
    add_usable(out, 0x1000000, (uint64_t)blocks << 16);
    return true;
}

/* KiB from 1 MiB on, 64 MiB at most. */
static bool read_88(struct memory_report *out)
{
    struct bios_call call = {.interrupt = 0x15, .eax = 0x8800};

    if (bios_calls(&call, 1) == 0 || LOW_WORD(call.eax) == 0)
        return false;
    add_usable(out, 0, memory_low_kib() << 10);
    add_usable(out, 0x100000, (uint64_t)LOW_WORD(call.eax) << 10);
    return true;
}

enum memory_result memory_read(struct memory_report *out)
{
    enum memory_result result;

    out->count = 0;
    if (read_e820(out, &result))
        return result;
    return read_e801(out) || read_88(out) ? MEMORY_KNOWN : MEMORY_UNKNOWN;
}
