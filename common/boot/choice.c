/* SPDX-License-Identifier: MIT */
#include "boot/choice.h"

#include "base/string.h"
#include "base/units.h"
#include "base/version.h"
#include "boot/load_options.h"
#include "console/keys.h"
#include "console/log.h"
#include "firmware/leave.h"
#include "firmware/memory.h"

_Static_assert((uint32_t)MENU_WAITS == (uint32_t)CONFIG_WAIT_FOR_EVER,
               "taken from one to the other");

enum { SECONDS_TO_CHOOSE = 5, SECONDS_TO_ANSWER = 60, MESSAGE_SIZE_MAX = 1024 };

static const char *title_of(const void *context, uint32_t entry)
{
    const struct configuration *configuration = context;
    const char *title = configuration->entries[entry].title;

    return title[0] != '\0' ? title : "Kernel";
}

/* The whole command line: a kernel's goes on with what the loader was started with. */
static size_t options_of(const void *context, uint32_t entry, char *out)
{
    const struct configuration *configuration = context;
    struct config_cursor cursor;
    struct config_line line;
    struct text options = {"", 0};
    bool has_kernel = false;

    config_start(&cursor, configuration->text, configuration->size);
    while (config_next_good(&cursor, &line)) {
        if (line.entry == entry && line.key == CONFIG_OPTIONS)
            options = line.value;
        has_kernel |= line.entry == entry && line.key == CONFIG_KERNEL;
    }
    if (has_kernel)
        return load_options_join(options.start, options.length, out);
    if (out != NULL)
        memcpy(out, options.start, options.length);
    return options.length;
}

static bool make_room(struct frames *frames, struct selection *selection, struct error *error)
{
    uint64_t phys;

    if (selection->room != NULL)
        return true;
    if (!frames_allocate(frames, pages_for(sizeof(*selection->room)), PAGE_SIZE, FRAMES_KEPT, &phys,
                         error))
        return false;
    selection->room = firmware_memory(phys, sizeof(*selection->room));
    return true;
}

static bool ask(const struct configuration *configuration, const char *message, uint32_t timeout,
                struct frames *frames, struct selection *selection)
{
    struct error error;
    const struct menu_spec spec = {
        .heading = BOWLINE_NAME,
        .message = message,
        .entry_count = configuration->entry_count,
        .first_choice = selection->entry,
        .timeout = timeout,
        .no_editor = configuration->is_sealed       ? "boot.conf is sealed."
                     : configuration->is_editor_off ? "boot.conf says \"editor off\"."
                                                    : NULL,
        .has_setup = firmware_has_setup(),
        .title = title_of,
        .options = options_of,
        .context = configuration,
    };

    if (!make_room(frames, selection, &error)) {
        log_error(LOG_WARNING, &error);
        return false;
    }
    struct menu_choice choice = menu_run(&spec, selection->room);
    selection->entry = choice.entry;
    selection->options = choice.options;
    selection->is_by_person = choice.is_by_person;
    log_message(LOG_INFO, "menu: entry %s chosen by %s", configuration->entries[choice.entry].name,
                choice.is_by_person ? "a person" : "the countdown");
    return true;
}

void choice_offer(const struct configuration *configuration, struct frames *frames,
                  struct selection *selection)
{
    uint32_t timeout = configuration->entry_count > 1 ? SECONDS_TO_CHOOSE : 0;

    if (configuration->has_timeout)
        timeout = configuration->timeout;
    if (keys_were_pressed() && timeout == 0) /* a person, or noise on a line: the countdown tells */
        timeout = SECONDS_TO_CHOOSE;
    if (timeout == 0)
        return;

    char warning[MESSAGE_SIZE_MAX]; /* which the menu takes from the screen */
    bool is_warned = log_first_warning(warning, sizeof(warning));

    ask(configuration, is_warned ? warning : NULL, timeout, frames, selection);
}

bool choice_offer_again(const struct configuration *configuration, const struct error *failure,
                        bool has_slot, struct frames *frames, struct selection *selection)
{
    char message[MESSAGE_SIZE_MAX];

    if (configuration->entry_count == 1 && selection->room == NULL)
        return false;
    error_print(failure, message, sizeof(message));
    return ask(configuration, message, has_slot ? SECONDS_TO_ANSWER : MENU_WAITS, frames,
               selection);
}
