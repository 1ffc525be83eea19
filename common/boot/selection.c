/* SPDX-License-Identifier: MIT */
#include "boot/selection.h"

#include "base/string.h"
#include "console/log.h"
#include "firmware/loader_interface.h"

/* The first entry of that name. What there is not, is not wished. */
static bool find_entry(const struct configuration *configuration, const char *name, const char *who,
                       uint32_t *out)
{
    if (name[0] == '\0')
        return false;
    for (uint32_t i = 0; i < configuration->entry_count; i++) {
        if (strcmp(configuration->entries[i].name, name) == 0) {
            *out = i;
            return true;
        }
    }
    log_message(LOG_WARNING, "%s: no entry is called \"%s\", which %s asks for", CONFIG_PATH, name,
                who);
    return false;
}

void selection_start(struct configuration *configuration, struct selection *out)
{
    struct loader_wishes wishes;
    uint32_t entry;

    *out = (struct selection){.entry = configuration->default_entry};
    firmware_tell_entries(configuration);
    firmware_take_wishes(&wishes);
    if (find_entry(configuration, wishes.once, "LoaderEntryOneShot", &entry) ||
        find_entry(configuration, wishes.usually, "LoaderEntryDefault", &entry))
        out->entry = entry;
    if (wishes.has_timeout) {
        configuration->has_timeout = true;
        configuration->timeout = wishes.timeout;
    }
}

bool selection_next(const struct configuration *configuration, struct selection *selection)
{
    (void)configuration, (void)selection;
    return false;
}
