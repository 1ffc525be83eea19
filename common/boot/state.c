/* SPDX-License-Identifier: MIT */
#include "boot/state.h"

#include "base/string.h"
#include "console/log.h"
#include "firmware/boot_disk.h"
#include "format/boot_state.h"

enum { SECTOR_SIZE_MAX = 4096 };

static void warn(struct error *problem)
{
    error_in(problem, "the boot state");
    log_error(LOG_WARNING, problem);
}

static bool has_slots(const struct configuration *configuration)
{
    for (uint32_t i = 0; i < configuration->entry_count; i++)
        if (configuration->entries[i].is_slot)
            return true;
    return false;
}

/* A record that cannot be read is one that is not whole: the other one counts. */
static bool read_records(struct boot_state *state, struct error *error)
{
    struct bowline_state *records = state->records;
    bool are_readable = true;

    for (int i = 0; i < 2; i++) {
        if (firmware_read_boot_disk(boot_state_place(i), sizeof(records[i]), &records[i], error))
            continue;
        records[i] = (struct bowline_state){0};
        are_readable = false;
    }
    state->newest = bowline_state_newest(records);
    if (state->newest >= 0 && !are_readable)
        warn(error);
    if (state->newest >= 0 || !are_readable)
        return state->newest >= 0;
    if (records[0].magic == BOWLINE_STATE_MAGIC || records[1].magic == BOWLINE_STATE_MAGIC)
        return FAIL(error, STATE_DAMAGED);
    return FAIL(error, STATE_MISSING);
}

void state_read(const struct configuration *configuration, struct boot_state *out)
{
    struct firmware_boot_disk disk;
    struct error error;

    *out = (struct boot_state){0};
    if (firmware_find_boot_disk(&disk)) {
        out->is_read_only = disk.is_read_only;
        out->sector_size = disk.sector_size;
        out->is_there = read_records(out, &error);
    } else {
        FAIL(&error, STATE_MISSING);
    }
    if (!out->is_there && has_slots(configuration))
        warn(&error);
}

const struct bowline_state *state_now(const struct boot_state *state)
{
    return state->is_there ? &state->records[state->newest] : NULL;
}

bool state_allows(const struct boot_state *state, const struct boot_entry *slot)
{
    const struct bowline_state *now = state_now(state);
    uint32_t number = now != NULL ? bowline_state_find(now, slot->state_name) : 0;

    return number == 0 || bowline_state_is_confirmed(now, number) ||
           now->slots[number - 1].attempts_left > 0;
}

/*
 * Whole sectors: what lies behind the record in its sector stays. What cannot be read is lost
 * anyway, and a write may make the sector good again.
 */
static void fill_sector(const struct boot_state *state, uint64_t offset,
                        const struct bowline_state *record, uint8_t *sector)
{
    struct error unused;

    if (state->sector_size > sizeof(*record) &&
        !firmware_read_boot_disk(offset, state->sector_size, sector, &unused))
        memset(sector, 0, state->sector_size);
    memcpy(sector, record, sizeof(*record));
}

/* What is on the disk counts, also where the firmware says that it could not be written. */
static bool write_record(const struct boot_state *state, int place,
                         const struct bowline_state *record, struct error *error)
{
    uint64_t offset = boot_state_place(place);
    uint8_t sector[SECTOR_SIZE_MAX];
    struct bowline_state written;
    struct error unused;

    if (state->is_read_only)
        return FAIL(error, STATE_READ_ONLY);
    fill_sector(state, offset, record, sector);
    bool is_written = firmware_write_boot_disk(offset, state->sector_size, sector, error);
    if (!firmware_read_boot_disk(offset, sizeof(written), &written, is_written ? error : &unused))
        return false;
    if (memcmp(&written, record, sizeof(written)) != 0)
        return is_written ? FAIL(error, STATE_NOT_KEPT, offset) : false;
    if (!is_written)
        warn(error);
    return true;
}

/* The next record, as bowline_state_advance() makes it; to be changed, and committed. */
static struct bowline_state advance(const struct boot_state *state)
{
    struct bowline_state next = *state_now(state);

    next.sequence++;
    return next;
}

/* Writes it over the older one. False: that is as it was, as far as anybody knows. */
static bool commit(struct boot_state *state, struct bowline_state *next)
{
    int place = 1 - state->newest;
    struct error error;

    bowline_state_seal(next);
    if (!write_record(state, place, next, &error)) {
        warn(&error);
        return false;
    }
    state->records[place] = *next;
    state->newest = place;
    return true;
}

uint64_t state_take_once(struct boot_state *state)
{
    const struct bowline_state *now = state_now(state);
    uint64_t name = now != NULL ? now->once_entry : 0;

    if (name == 0)
        return 0;
    struct bowline_state next = advance(state);

    next.once_entry = 0;
    return commit(state, &next) ? name : 0;
}

/* Gives up the places of slots that boot.conf has no longer. */
static void forget_others(struct bowline_state *record, const struct configuration *configuration)
{
    for (uint32_t i = 0; i < BOWLINE_STATE_SLOTS; i++) {
        bool is_known = false;

        for (uint32_t j = 0; j < configuration->entry_count; j++)
            is_known |= configuration->entries[j].is_slot &&
                        configuration->entries[j].state_name == record->slots[i].name;
        if (!is_known)
            record->slots[i] = (struct bowline_state_slot){0};
    }
}

static uint32_t take_slot(struct bowline_state *record, const struct configuration *configuration,
                          const struct boot_entry *entry)
{
    uint32_t number = bowline_state_take(record, entry->state_name, entry->attempts);

    if (number != 0)
        return number;
    forget_others(record, configuration);
    return bowline_state_take(record, entry->state_name, entry->attempts);
}

/* The number of the slot; 0: it has no place. */
static uint32_t count_attempt(struct boot_state *state, const struct configuration *configuration,
                              const struct boot_entry *entry)
{
    struct bowline_state next = advance(state);
    uint32_t number = take_slot(&next, configuration, entry);

    if (number == 0) {
        log_message(LOG_WARNING,
                    "slot \"%s\": no place in the boot state is free: attempts are not counted",
                    entry->name);
        return 0;
    }
    struct bowline_state_slot *slot = &next.slots[number - 1];

    if (bowline_state_is_confirmed(&next, number)) {
        log_message(LOG_INFO, "slot \"%s\" has come up before", entry->name);
    } else if (slot->attempts_left > 0) {
        slot->attempts_left--;
        if (!commit(state, &next))
            return bowline_state_find(state_now(state), entry->state_name);
        log_message(LOG_INFO, "slot \"%s\": attempts left after this one: %u", entry->name,
                    slot->attempts_left);
    }
    return number;
}

void state_start(struct boot_state *state, const struct configuration *configuration,
                 const struct boot_entry *entry, struct bowline_boot_device *device)
{
    if (!state->is_there)
        return;
    device->state_offset = BOOT_STATE_OFFSET;
    if (!entry->is_slot)
        return;
    device->slot = count_attempt(state, configuration, entry);
    if (device->slot != 0)
        device->attempts_left = state_now(state)->slots[device->slot - 1].attempts_left;
}
