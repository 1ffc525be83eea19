/* SPDX-License-Identifier: MIT */
#include "boot/load_options.h"

#include "base/string.h"
#include "base/units.h"
#include "console/log.h"
#include "firmware/load_options.h"
#include "firmware/memory.h"

bool load_options_append(struct frames *frames, const char **options, struct error *error)
{
    size_t length = strlen(*options), added = firmware_load_options(NULL);
    uint64_t size = (uint64_t)length + added + 2, phys; /* a space and a NUL */

    if (added == 0)
        return true;
    if (!frames_allocate(frames, pages_for(size), PAGE_SIZE, FRAMES_TEMPORARY, &phys, error))
        return false;
    char *text = firmware_memory(phys, size), *end = text + length;
    memcpy(text, *options, length);
    if (length > 0)
        *end++ = ' ';
    end[firmware_load_options(end)] = '\0';
    log_message(LOG_INFO, "the loader was started with options for the kernel: %s", end);
    *options = text;
    return true;
}
