/* SPDX-License-Identifier: MIT */
#include "bios.h"
#include "file_source.h"
#include "firmware/memory.h"
#include "firmware/volume.h"

static const struct file_source *source;

void files_start(const struct stage2_report *report)
{
    source = report->is_network ? &network_source : &volume_source;
    source->start(report);
}

void files_end(void)
{
    source->end();
}

bool firmware_open_file(const char *path, struct reader **out, struct error *error)
{
    firmware_must_be_alive(__func__);
    return source->open(path, out, error) || error_in(error, path);
}

void firmware_find_boot_device(struct bowline_boot_device *out)
{
    source->find_boot_device(out);
}
