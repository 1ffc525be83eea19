/* SPDX-License-Identifier: MIT */
#include "boot/load_options.h"

#include "base/string.h"
#include "base/units.h"
#include "console/log.h"
#include "firmware/load_options.h"
#include "firmware/memory.h"

size_t load_options_join(const char *options, size_t length, char *out)
{
    size_t added = firmware_load_options(NULL);
    size_t gap = added > 0 && length > 0;

    if (out != NULL) {
        memcpy(out, options, length);
        if (gap > 0)
            out[length] = ' ';
        firmware_load_options(out + length + gap);
    }
    return length + gap + added;
}

bool load_options_append(struct frames *frames, const char **options, struct error *error)
{
    size_t length = strlen(*options), joined = load_options_join(*options, length, NULL);
    uint64_t phys;

    if (joined == length)
        return true;
    if (!frames_allocate(frames, pages_for(joined + 1), PAGE_SIZE, FRAMES_TEMPORARY, &phys, error))
        return false;
    char *text = firmware_memory(phys, joined + 1);
    load_options_join(*options, length, text);
    text[joined] = '\0';
    log_message(LOG_INFO, "the loader was started with options for the kernel: %s",
                text + length + (length > 0));
    *options = text;
    return true;
}
