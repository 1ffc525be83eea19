/* SPDX-License-Identifier: MIT */
#include "build_report.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/units.h"
#include "json.h"
#include "report.h"

enum { BAR_WIDTH = 40, BAR_DELAY = 1000, BAR_PAUSE = 100 }; /* characters, milliseconds */

static struct {
    struct mkimage_listener listener;
    uint64_t started, drawn; /* milliseconds; drawn 0: no bar is there */
} shown;

static uint64_t milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void erase_bar(void)
{
    if (shown.drawn != 0)
        fputs("\r\33[K", stderr);
    shown.drawn = 0;
}

static void show_note(void *context, const char *text)
{
    (void)context;
    erase_bar();
    report_note("%s", text);
}

static void show_detail(void *context, const char *text)
{
    (void)context;
    erase_bar();
    fprintf(stderr, "%s\n", text);
}

static void show_progress(void *context, uint64_t done, uint64_t total)
{
    static const char bar[] = "########################################";
    uint64_t now = milliseconds();
    int filled = (int)((double)done / (double)total * BAR_WIDTH);

    (void)context;
    if (now - shown.started < BAR_DELAY || now - shown.drawn < BAR_PAUSE)
        return;
    shown.drawn = now;
    fprintf(stderr, "\r[%.*s%*s] %3d %%", filled, bar, BAR_WIDTH - filled, "",
            (int)((double)done / (double)total * 100));
}
_Static_assert(BAR_WIDTH == 40, "as long as the bar's text");

const struct mkimage_listener *build_display_start(const struct build_display *display)
{
    shown.listener = (struct mkimage_listener){
        .note = display->is_quiet ? NULL : show_note,
        .detail = display->is_verbose ? show_detail : NULL,
        .progress = display->is_quiet || !isatty(STDERR_FILENO) ? NULL : show_progress,
    };
    shown.started = milliseconds();
    shown.drawn = 0;
    return &shown.listener;
}

void build_display_stop(void)
{
    erase_bar();
}

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
