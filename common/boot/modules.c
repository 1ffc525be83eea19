/* SPDX-License-Identifier: MIT */
#include "boot/modules.h"

#include "base/units.h"
#include "console/log.h"
#include "firmware/memory.h"
#include "firmware/volume.h"

/* Beyond these many, a line for each would hold up the boot on a serial port. */
enum { SHOWN_MODULES = 32 };

static bool load_module(const struct settings_module *module, enum log_level level,
                        struct frames *frames, struct whole_file *out, struct error *error)
{
    struct reader *file;

    if (!firmware_open_file(module->path, &file, error))
        return error_in(error, module->path);
    log_message(level, "module %s, %llu bytes", module->path, (unsigned long long)file->size);
    bool is_loaded =
        whole_file_read(module->path, &module->hash, file, frames, FRAMES_MODULE, out, error);
    reader_close(file);
    return is_loaded || error_in(error, module->path);
}

bool modules_load(struct settings *settings, struct frames *frames, struct modules *out,
                  struct error *error)
{
    uint64_t wanted = settings->module_count, bytes = wanted * sizeof(out->items[0]), phys;
    struct modules modules = {0};
    enum log_level level = wanted > SHOWN_MODULES ? LOG_DETAIL : LOG_INFO;

    if (wanted > 0) {
        if (!frames_allocate(frames, pages_for(bytes), PAGE_SIZE, FRAMES_TEMPORARY, &phys, error))
            return false;
        modules.items = firmware_memory(phys, bytes);
    }
    for (uint64_t i = 0; i < wanted; i++) {
        struct settings_module *module = &settings->modules[i];
        struct whole_file *loaded = &modules.items[modules.count];

        if (!load_module(module, level, frames, loaded, error)) {
            if (!module->is_optional || error->code != ERROR_FILE_NOT_FOUND)
                return false;
            log_message(LOG_INFO, "optional module %s is not there", module->path);
            continue;
        }
        modules.area_size += align_up(loaded->size, PAGE_SIZE);
        settings->modules[modules.count++] = *module;
    }
    if (level == LOG_DETAIL)
        log_message(LOG_INFO, "%llu modules, %llu KiB", (unsigned long long)modules.count,
                    (unsigned long long)modules.area_size / KIB);
    settings->module_count = modules.count;
    *out = modules;
    return true;
}
