/* SPDX-License-Identifier: MIT */
#include "mkimage.h"

#include "base/version.h"
#include "image.h"
#include "listener.h"
#include "netboot.h"
#include "output.h"

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

void mkimage_clean_up_on_signals(void)
{
    output_clean_up_on_signals();
}

const char *mkimage_version(void)
{
    return BOWLINE_NAME;
}
