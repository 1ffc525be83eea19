/* SPDX-License-Identifier: MIT */
#include "mkimage.h"

#include <stdio.h>

#include "base/version.h"
#include "check_file.h"
#include "image/image.h"
#include "image/netboot.h"
#include "listener.h"
#include "show/inspect_file.h"
#include "system/output.h"

_Static_assert((int)MKIMAGE_MESSAGE_SIZE >= 1024, "error_print(): holds every message");

/* Turns the error into the message that the caller gets. */
static bool end(bool is_done, const struct error *error, struct mkimage_message *message)
{
    listener_set(NULL);
    if (!is_done)
        error_print(error, message->text, sizeof(message->text));
    return is_done;
}

bool mkimage_build(const struct mkimage_spec *spec, struct mkimage_result *result,
                   struct mkimage_message *message)
{
    struct error error = {0};

    listener_set(spec->listener);
    return end(image_build(spec, result, &error), &error, message);
}

bool mkimage_netboot(const struct mkimage_spec *spec, const char *directory,
                     struct mkimage_result *result, struct mkimage_message *message)
{
    struct error error = {0};

    listener_set(spec->listener);
    return end(netboot_write(spec, directory, result, &error), &error, message);
}

static const struct mkimage_finding *first_error(const struct mkimage_check_result *result)
{
    const struct mkimage_finding *finding = result->findings;

    while (finding->severity != MKIMAGE_ERROR)
        finding++;
    return finding;
}

bool mkimage_check(const char *path, const struct mkimage_check_options *options,
                   struct mkimage_check_result *result, struct mkimage_message *message)
{
    static const struct mkimage_check_options defaults;
    struct mkimage_check_result found = {0};
    struct error error = {0};
    bool is_good;

    if (options == NULL)
        options = &defaults;
    listener_set(options->listener);
    is_good = end(check_file(path, options, &found, &error), &error, message);
    if (found.error_count > 0) {
        snprintf(message->text, sizeof(message->text), "%s", first_error(&found)->text);
        is_good = false;
    }
    if (result != NULL)
        *result = found;
    else
        check_file_free(&found);
    return is_good;
}

void mkimage_check_free(struct mkimage_check_result *result)
{
    check_file_free(result);
}

bool mkimage_inspect(const char *path, enum mkimage_form form,
                     const struct mkimage_listener *listener, char **out,
                     struct mkimage_message *message)
{
    struct error error = {0};

    listener_set(listener);
    return end(inspect_file(path, form, out, &error), &error, message);
}

void mkimage_clean_up_on_signals(void)
{
    output_clean_up_on_signals();
}

const char *mkimage_version(void)
{
    return BOWLINE_NAME;
}
