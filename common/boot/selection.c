/* SPDX-License-Identifier: MIT */
#include "boot/selection.h"

#include "base/string.h"
#include "console/log.h"
#include "firmware/loader_interface.h"
#include "format/boot_state.h"

/*
 * Slots are tried by their rank, from the highest on: those that may be started, then the one that
 * a default names, then by priority, then as they stand in boot.conf.
 */
#define RANK_ALLOWED  (UINT64_C(1) << 63)
#define RANK_DEFAULT  (UINT64_C(1) << 62)
#define RANK_PRIORITY 24 /* the first of its bits; below it, how far from the end the entry is */

enum { NO_ENTRY = -1 };

/* The first entry that the boot state calls so. */
static int64_t find_entry(const struct configuration *configuration, uint64_t state_name)
{
    for (uint32_t i = 0; i < configuration->entry_count; i++)
        if (configuration->entries[i].state_name == state_name)
            return i;
    return NO_ENTRY;
}

/* What there is not, is not wished. */
static int64_t find_in_state(const struct configuration *configuration, uint64_t state_name)
{
    int64_t entry = state_name != 0 ? find_entry(configuration, state_name) : NO_ENTRY;

    if (state_name != 0 && entry == NO_ENTRY)
        log_message(LOG_WARNING,
                    "%s: the boot state asks for an entry that is not there: mkimage state shows "
                    "and changes that",
                    CONFIG_PATH);
    return entry;
}

static int64_t find_named(const struct configuration *configuration, const char *name,
                          const char *variable)
{
    if (name[0] == '\0')
        return NO_ENTRY;

    int64_t entry = find_entry(configuration, boot_state_name(name, strlen(name)));

    if (entry == NO_ENTRY)
        log_message(LOG_WARNING,
                    "%s: no entry is called \"%s\", which %s asks for: bootctl changes that",
                    CONFIG_PATH, name, variable);
    return entry;
}

static int64_t or_else(int64_t first, int64_t second)
{
    return first != NO_ENTRY ? first : second;
}

/* The entry that is wanted for this boot alone. Both wishes are over then. */
static int64_t find_once(const struct configuration *configuration,
                         const struct loader_wishes *wishes, struct boot_state *state)
{
    int64_t by_state = find_in_state(configuration, state_take_once(state));

    return or_else(find_named(configuration, wishes->once, "LoaderEntryOneShot"), by_state);
}

/* The entry that somebody has made the default. */
static int64_t find_default(const struct configuration *configuration,
                            const struct loader_wishes *wishes, const struct boot_state *state)
{
    const struct bowline_state *now = state_now(state);
    int64_t by_state =
        or_else(find_in_state(configuration, now != NULL ? now->default_entry : 0),
                configuration->has_default ? (int64_t)configuration->default_entry : NO_ENTRY);

    return or_else(find_named(configuration, wishes->usually, "LoaderEntryDefault"), by_state);
}

static uint64_t rank_of(const struct configuration *configuration, const struct boot_state *state,
                        const struct selection *selection, uint32_t entry)
{
    const struct boot_entry *slot = &configuration->entries[entry];

    return (state_allows(state, slot) ? RANK_ALLOWED : 0) |
           (entry == selection->standard ? RANK_DEFAULT : 0) |
           (uint64_t)slot->priority << RANK_PRIORITY | (configuration->entry_count - entry);
}

/* The slot of the highest rank that has not failed yet. False: there is none. */
static bool take_slot(const struct configuration *configuration, const struct boot_state *state,
                      struct selection *selection)
{
    uint64_t best = 0;

    for (uint32_t i = 0; i < configuration->entry_count; i++) {
        if (!configuration->entries[i].is_slot || configuration->entries[i].has_failed)
            continue;
        uint64_t rank = rank_of(configuration, state, selection, i);

        if (rank > best) {
            best = rank;
            selection->entry = i;
        }
    }
    if (best == 0)
        return false;
    if (!(best & RANK_ALLOWED))
        log_message(LOG_WARNING,
                    "no slot has attempts left: \"%s\" is started all the same; mkimage state "
                    "--reset gives new ones",
                    configuration->entries[selection->entry].name);
    return true;
}

/* A default that is no slot; the slots; the first entry, where there is neither. */
static bool take_default(const struct configuration *configuration, const struct boot_state *state,
                         struct selection *selection)
{
    int64_t entry = selection->standard;

    if (entry == NO_ENTRY || configuration->entries[entry].is_slot ||
        configuration->entries[entry].has_failed) {
        if (take_slot(configuration, state, selection))
            return true;
        entry = configuration->default_entry;
    }
    if (configuration->entries[entry].has_failed)
        return false;
    selection->entry = (uint32_t)entry;
    return true;
}

void selection_start(struct configuration *configuration, struct boot_state *state,
                     struct selection *out)
{
    struct loader_wishes wishes;

    firmware_tell_entries(configuration);
    firmware_take_wishes(&wishes);
    if (wishes.has_timeout) {
        configuration->has_timeout = true;
        configuration->timeout = wishes.timeout;
    }
    int64_t once = find_once(configuration, &wishes, state);

    *out = (struct selection){
        .is_once = once != NO_ENTRY,
        .standard = find_default(configuration, &wishes, state),
    };
    if (out->is_once)
        out->entry = (uint32_t)once;
    else
        take_default(configuration, state, out);
}

bool selection_next(struct configuration *configuration, const struct boot_state *state,
                    struct selection *selection)
{
    configuration->entries[selection->entry].has_failed = true;
    if (!selection->is_once)
        return take_slot(configuration, state, selection);
    selection->is_once = false;
    return take_default(configuration, state, selection);
}
