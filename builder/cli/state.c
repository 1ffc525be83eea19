/* SPDX-License-Identifier: MIT */
/* mkimage state: which slots have come up, which entry boots. */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "cli/report.h"
#include "image/state_image.h"
#include "show/document.h"
#include "text/json.h"

static const char help[] =
    "usage: mkimage state [--json] IMAGE|DEVICE\n"
    "       mkimage state CHANGE... IMAGE|DEVICE\n"
    "\n"
    "Shows the boot state of an image or a disk: which slots of its boot.conf have come up, how\n"
    "often the others may still be started, and which entry boots. Changes are made in one step,\n"
    "which a power cut undoes or leaves done, and shown:\n"
    "  --confirm SLOT   the slot has come up: its attempts are not counted any more\n"
    "  --reset SLOT     it is new: unconfirmed, and with all its attempts\n"
    "  --default NAME   the entry that boots, whatever boot.conf says; none: as that says\n"
    "  --once NAME      the entry that boots next, and only then; none: no such one\n"
    "  --reset-all      everything as in a new image, also where both records are damaged or gone\n"
    "\n"
    "  --json           for programs\n"
    "\n"
    "SLOT is a name, or the number that the kernel is told. docs/boot-state.md has the rules.\n"
    "\n"
    "Exit status: 0 done, 1 not done for the reason given, 2 wrong usage.\n";

struct request {
    const char *path;
    const char *confirm, *reset, *default_entry, *once; /* NULL: not asked for */
    bool is_reset_all, is_json;
};

/* ---- Changes ---- */

static bool confirm(const struct state_image *image, const char *name, struct bowline_state *next,
                    struct error *error)
{
    const struct state_entry *entry;
    struct bowline_state_slot *slot;

    if (!state_image_find_slot(image, name, &entry, error) ||
        !state_image_place(image, next, entry, &slot, error))
        return false;
    slot->flags |= BOWLINE_SLOT_CONFIRMED;
    return true;
}

static bool reset(const struct state_image *image, const char *name, struct bowline_state *next,
                  struct error *error)
{
    const struct state_entry *entry;
    struct bowline_state_slot *slot;

    if (!state_image_find_slot(image, name, &entry, error) ||
        !state_image_place(image, next, entry, &slot, error))
        return false;
    slot->flags &= ~(uint32_t)BOWLINE_SLOT_CONFIRMED;
    slot->attempts_left = entry->attempts;
    return true;
}

static bool choose(const struct state_image *image, const char *name, uint64_t *out,
                   struct error *error)
{
    const struct state_entry *entry;

    if (strcmp(name, "none") == 0) {
        *out = 0;
        return true;
    }
    if (!state_image_find(image, name, &entry, error))
        return false;
    *out = entry->state_name;
    return true;
}

static bool names_entries(const struct request *request)
{
    return request->confirm != NULL || request->reset != NULL || request->default_entry != NULL ||
           request->once != NULL;
}

static bool change(struct state_image *image, const struct request *request, struct error *error)
{
    struct bowline_state next;

    if (request->is_reset_all && !state_image_reset(image, error))
        return false;
    if (!names_entries(request))
        return true;
    if (!state_image_advance(image, &next, error) ||
        (request->reset != NULL && !reset(image, request->reset, &next, error)) ||
        (request->confirm != NULL && !confirm(image, request->confirm, &next, error)) ||
        (request->default_entry != NULL &&
         !choose(image, request->default_entry, &next.default_entry, error)) ||
        (request->once != NULL && !choose(image, request->once, &next.once_entry, error)))
        return false;
    return state_image_write(image, &next, error);
}

/* ---- What there is ---- */

/* What boot.conf calls it. NULL: nothing is meant. */
static const char *name_of(const struct state_image *image, uint64_t state_name)
{
    if (state_name == 0)
        return NULL;
    for (size_t i = 0; i < image->entry_count; i++)
        if (image->entries[i].state_name == state_name)
            return image->entries[i].name;
    return "(not in boot.conf)";
}

/* A slot that has no place yet is as good as new. */
static struct bowline_state_slot slot_of(const struct bowline_state *now,
                                         const struct state_entry *entry, uint32_t *number)
{
    *number = bowline_state_find(now, entry->state_name);
    if (*number != 0)
        return now->slots[*number - 1];
    return (struct bowline_state_slot){entry->state_name, entry->attempts, 0};
}

static void describe(const struct state_image *image, const struct bowline_state *now, FILE *to)
{
    static const struct document_column columns[] = {{"slot", true, false},
                                                     {"entry", false, false},
                                                     {"priority", true, false},
                                                     {"attempts left", true, false},
                                                     {"state", false, false}};
    const char *default_name = name_of(image, now->default_entry);
    const char *once_name = name_of(image, now->once_entry);
    struct document document;

    document_begin(&document, "%s", image->path);
    document_facts(&document, "Boot state");
    document_fact(&document, "default entry", "%s",
                  default_name != NULL ? default_name : "as boot.conf says");
    document_fact(&document, "next boot only", "%s", once_name != NULL ? once_name : "no entry");
    document_fact(&document, "changes", "%" PRIu64 ", the last one in the %s record", now->sequence,
                  image->newest == 0 ? "first" : "second");
    document_fact(&document, "other record", "%s",
                  bowline_state_is_whole(&image->records[1 - image->newest])
                      ? "whole"
                      : "not whole, as a power cut leaves it");
    document_table(&document, "Slots", columns, COUNT_OF(columns));
    for (size_t i = 0; i < image->entry_count; i++) {
        const struct state_entry *entry = &image->entries[i];
        uint32_t number;

        if (!entry->is_slot)
            continue;
        struct bowline_state_slot slot = slot_of(now, entry, &number);

        if (number != 0)
            document_cell(&document, "%" PRIu32, number);
        else
            document_cell(&document, "-");
        document_cell(&document, "%s", entry->name);
        document_cell(&document, "%" PRIu32, entry->priority);
        document_cell(&document, "%" PRIu32 " of %" PRIu32, slot.attempts_left, entry->attempts);
        document_cell(&document, "%s",
                      slot.flags & BOWLINE_SLOT_CONFIRMED ? "has come up"
                      : number == 0                       ? "not started yet"
                                                          : "not confirmed");
    }
    document_write_text(&document, to);
    document_free(&document);
}

static void encode(const struct state_image *image, const struct bowline_state *now, FILE *to)
{
    struct json_object *json = json_new(), *array;

    json_put_text(json, "file", image->path);
    json_put_number(json, "sequence", now->sequence);
    json_put_number(json, "record", (uint64_t)image->newest);
    json_put_bool(json, "is_other_record_whole",
                  bowline_state_is_whole(&image->records[1 - image->newest]));
    if (now->default_entry != 0)
        json_put_text(json, "default", name_of(image, now->default_entry));
    if (now->once_entry != 0)
        json_put_text(json, "once", name_of(image, now->once_entry));
    array = json_put_array(json, "slots");
    for (size_t i = 0; i < image->entry_count; i++) {
        const struct state_entry *entry = &image->entries[i];
        uint32_t number;

        if (!entry->is_slot)
            continue;
        struct bowline_state_slot slot = slot_of(now, entry, &number);
        struct json_object *object = json_append_object(array);

        if (number != 0)
            json_put_number(object, "slot", number);
        json_put_text(object, "entry", entry->name);
        json_put_number(object, "priority", entry->priority);
        json_put_number(object, "attempts", entry->attempts);
        json_put_number(object, "attempts_left", slot.attempts_left);
        json_put_bool(object, "is_confirmed", slot.flags & BOWLINE_SLOT_CONFIRMED);
    }
    json_print(json, to);
}

static bool show(const struct state_image *image, bool is_json, struct error *error)
{
    const struct bowline_state *now;

    if (!state_image_now(image, &now, error))
        return false;
    if (is_json)
        encode(image, now, stdout);
    else
        describe(image, now, stdout);
    return true;
}

static void warn(const struct error *error)
{
    struct mkimage_message message;

    error_print(error, message.text, sizeof(message.text));
    report_begin(false);
    report_text(message.text);
}

/* Everything can be made new without entries: then nobody is named. */
static bool read_entries(struct state_image *image, const struct request *request,
                         struct error *error)
{
    if (state_image_read_entries(image, warn, error))
        return true;
    if (!request->is_reset_all || names_entries(request))
        return false;
    warn(error);
    return true;
}

static enum exit_status run(const struct request *request)
{
    struct state_image image;
    struct error error = {0};
    bool is_done = state_image_open(request->path, &image, &error) &&
                   read_entries(&image, request, &error) && change(&image, request, &error) &&
                   show(&image, request->is_json, &error);

    state_image_close(&image);
    return is_done ? EXIT_DONE : report_error(&error);
}

enum exit_status verb_state(int count, char **arguments)
{
    enum { HELP = 0x100, JSON, CONFIRM, RESET, DEFAULT, ONCE, RESET_ALL };
    static const struct option options[] = {{"help", no_argument, NULL, HELP},
                                            {"json", no_argument, NULL, JSON},
                                            {"confirm", required_argument, NULL, CONFIRM},
                                            {"reset", required_argument, NULL, RESET},
                                            {"default", required_argument, NULL, DEFAULT},
                                            {"once", required_argument, NULL, ONCE},
                                            {"reset-all", no_argument, NULL, RESET_ALL},
                                            {NULL, 0, NULL, 0}};
    struct request request = {0};
    int option;

    optind = 0; /* start again, with what getopt remembers forgotten */
    opterr = 0;
    while ((option = getopt_long(count, arguments, ":", options, NULL)) != -1) {
        switch (option) {
        case HELP:
            fputs(help, stdout);
            return EXIT_DONE;
        case JSON:
            request.is_json = true;
            break;
        case CONFIRM:
            request.confirm = optarg;
            break;
        case RESET:
            request.reset = optarg;
            break;
        case DEFAULT:
            request.default_entry = optarg;
            break;
        case ONCE:
            request.once = optarg;
            break;
        case RESET_ALL:
            request.is_reset_all = true;
            break;
        default:
            return report_option("state", option, arguments);
        }
    }
    if (optind + 1 != count)
        return usage_error("state",
                           optind == count ? "which image or disk?" : "one image at a time");
    request.path = arguments[optind];
    return run(&request);
}
