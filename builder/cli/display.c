/* SPDX-License-Identifier: MIT */
#include "cli/display.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "cli/report.h"

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
    report_text(text);
    fputc('\n', stderr);
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

const struct mkimage_listener *display_start(bool is_quiet, bool is_verbose)
{
    shown.listener = (struct mkimage_listener){
        .note = is_quiet ? NULL : show_note,
        .detail = is_verbose ? show_detail : NULL,
        .progress = is_quiet || !isatty(STDERR_FILENO) ? NULL : show_progress,
    };
    shown.started = milliseconds();
    shown.drawn = 0;
    return &shown.listener;
}

void display_stop(void)
{
    erase_bar();
}
