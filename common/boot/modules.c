/* SPDX-License-Identifier: MIT */
#include "boot/modules.h"

#include "base/string.h"
#include "base/units.h"
#include "console/log.h"
#include "firmware/memory.h"
#include "firmware/volume.h"

static bool read_module(struct reader *file, struct frames *frames, struct module *out,
                        struct error *error)
{
    uint64_t pages = pages_for(file->size);

    out->size = file->size;
    out->phys = 0;
    if (pages == 0)
        return true;
    if (!frames_allocate(frames, pages, PAGE_SIZE, FRAMES_MODULE, &out->phys, error))
        return false;
    uint8_t *memory = firmware_memory(out->phys, pages * PAGE_SIZE);
    if (!reader_read(file, 0, file->size, memory, error))
        return false;
    memset(memory + file->size, 0, pages * PAGE_SIZE - file->size);
    return true;
}

static bool load_module(const struct settings_module *module, struct frames *frames,
                        struct module *out, struct error *error)
{
    struct reader *file;

    if (!firmware_open_file(module->path, &file, error))
        return error_in(error, module->path);
    log_message(LOG_INFO, "module %s, %llu bytes", module->path, (unsigned long long)file->size);
    bool is_loaded = read_module(file, frames, out, error);
    reader_close(file);
    return is_loaded || error_in(error, module->path);
}

bool modules_load(const struct settings *settings, struct frames *frames, struct modules *out,
                  struct error *error)
{
    struct modules modules = {.count = settings->module_count};
    uint64_t bytes = modules.count * sizeof(modules.items[0]);
    uint64_t phys;

    if (modules.count > 0) {
        if (!frames_allocate(frames, pages_for(bytes), PAGE_SIZE, FRAMES_TEMPORARY, &phys, error))
            return false;
        modules.items = firmware_memory(phys, bytes);
    }
    for (uint64_t i = 0; i < modules.count; i++) {
        if (!load_module(&settings->modules[i], frames, &modules.items[i], error))
            return false;
        modules.area_size += align_up(modules.items[i].size, PAGE_SIZE);
    }
    *out = modules;
    return true;
}
