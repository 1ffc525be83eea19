/* SPDX-License-Identifier: MIT */
#include "bios.h"
#include "file_source.h"
#include "firmware/memory.h"
#include "firmware/volume.h"

void files_start(const struct stage2_report *report)
{
    file_source->start(report);
}

void files_end(void)
{
    file_source->end();
}

bool firmware_open_file(const char *path, struct reader **out, struct error *error)
{
    firmware_must_be_alive();
    return file_source->open(path, out, error) || error_in(error, path);
}

void firmware_find_boot_device(struct bowline_boot_device *out)
{
    file_source->find_boot_device(out);
}
