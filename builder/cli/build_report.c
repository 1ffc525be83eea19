/* SPDX-License-Identifier: MIT */
#include "cli/build_report.h"

#include <stdio.h>

#include "base/units.h"
#include "cli/report.h"
#include "text/json.h"

static void print_json(const struct mkimage_spec *spec, const struct mkimage_result *result)
{
    struct json_object *root = json_new();
    struct json_object *esp;

    json_put_text(root, "image", spec->output);
    json_put_bool(root, "written", !spec->dry_run);
    json_put_number(root, "size", result->size);
    json_put_text(root, "scheme", spec->scheme == MKIMAGE_GPT ? "gpt" : "mbr");
    json_put_number(root, "sector_size", spec->sector_size);
    json_put_text(root, "disk_guid", result->disk_guid);
    esp = json_put_object(root, "esp");
    json_put_number(esp, "fat", result->fat);
    json_put_number(esp, "size", result->esp_size);
    json_put_number(esp, "free", result->esp_free);
    json_put_number(root, "debug_sections_left_out", result->saved);
    json_put_bool(root, "has_request", result->has_request);
    json_print(root, stdout);
}

void build_display_result(const struct build_display *display, const struct mkimage_spec *spec,
                          const struct mkimage_result *result)
{
    if (!result->has_request && !display->is_quiet)
        report_note("%s has no BOWLINE_REQUEST(): it gets the defaults of bowline.h", spec->kernel);
    if (display->is_json)
        print_json(spec, result);
    else if (!display->is_quiet)
        printf("%s: %llu MiB%s\n", spec->output, (unsigned long long)(result->size / MIB),
               spec->dry_run ? " (not written: --dry-run)" : "");
    if (display->is_verbose && !display->is_json)
        printf("  FAT%d, %llu KiB free; %llu bytes of debug sections left out\n", result->fat,
               (unsigned long long)(result->esp_free / KIB), (unsigned long long)result->saved);
}
