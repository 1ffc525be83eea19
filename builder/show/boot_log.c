/* SPDX-License-Identifier: MIT */
#include "show/boot_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "memory/memory_map.h"
#include "system/need.h"

static const char prefix[] = "bowline: ";

static void *grow(void *items, size_t count, size_t size)
{
    /* Room for the next power of two. */
    return is_power_of_two(count) || count == 0
               ? need(reallocarray(items, count == 0 ? 1 : 2 * count, size))
               : items;
}

static void free_files(struct boot_log_file *files, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(files[i].path);
}

void boot_log_free(struct boot_log *log)
{
    for (size_t i = 0; i < log->message_count; i++) {
        free(log->messages[i].text);
        free(log->messages[i].remedy);
    }
    for (size_t i = 0; i < log->time_count; i++)
        free(log->times[i].step);
    free_files(log->modules, log->module_count);
    free_files(&log->kernel, 1);
    free(log->modules);
    free(log->messages);
    free(log->regions);
    free(log->times);
    free(log->loader);
    *log = (struct boot_log){0};
}

/* What follows `words` where the text begins with them, or NULL. */
static const char *after(const char *text, const char *words)
{
    size_t length = strlen(words);

    return strncmp(text, words, length) == 0 ? text + length : NULL;
}

/* ---- The loader's lines: common/boot/ writes them ---- */

static void begin_boot(struct boot_log *log, const char *loader)
{
    size_t boots = log->boots;

    boot_log_free(log);
    log->boots = boots + 1;
    log->loader = copy_text(loader);
}

/* "PATH, N bytes" */
static bool read_file(const char *text, struct boot_log_file *out)
{
    const char *comma = strrchr(text, ',');
    unsigned long long size;
    int end = 0;

    if (comma == NULL || sscanf(comma, ", %llu bytes%n", &size, &end) != 1 || end == 0 ||
        comma[end] != '\0')
        return false;
    out->path = need(strndup(text, (size_t)(comma - text)));
    out->size = size;
    return true;
}

static void read_module(struct boot_log *log, const char *text)
{
    struct boot_log_file file;

    if (!read_file(text, &file))
        return;
    log->modules = grow(log->modules, log->module_count, sizeof(file));
    log->modules[log->module_count++] = file;
}

static void read_kernel(struct boot_log *log, const char *text)
{
    struct boot_log_file file;

    if (!read_file(text, &file))
        return;
    free(log->kernel.path);
    log->kernel = file;
}

static void read_framebuffer(struct boot_log *log, const char *text)
{
    unsigned long long width, height, depth;

    if (sscanf(text, "%llu x %llu, %llu bits", &width, &height, &depth) != 3)
        return;
    log->screen_width = width;
    log->screen_height = height;
    log->screen_depth = depth;
}

static uint64_t kind_of(const char *name)
{
    for (uint64_t kind = BOWLINE_MEMORY_USABLE; kind <= BOWLINE_MEMORY_RESERVED; kind++)
        if (strcmp(memory_kind_name(kind), name) == 0)
            return kind;
    return 0;
}

/* "0x1000-0x9ffff usable". What is out of order is not the loader's. */
static void read_region(struct boot_log *log, const char *text)
{
    unsigned long long first, last;
    int name = 0;
    uint64_t end = 0;

    if (sscanf(text, "0x%llx-0x%llx %n", &first, &last, &name) != 2 || name == 0)
        return;
    if (log->region_count > 0) {
        const struct bowline_memory_region *before = &log->regions[log->region_count - 1];

        end = before->base + before->length;
    }
    if (first < end || last < first || last - first == UINT64_MAX)
        return;
    log->regions = grow(log->regions, log->region_count, sizeof(log->regions[0]));
    log->regions[log->region_count++] = (struct bowline_memory_region){
        .base = first, .length = last - first + 1, .kind = kind_of(text + name)};
}

/* "2412345 us, kernel read" */
static void read_time(struct boot_log *log, const char *text)
{
    unsigned long long microseconds;
    int step = 0;

    if (sscanf(text, "%llu us, %n", &microseconds, &step) != 1 || step == 0)
        return;
    log->times = grow(log->times, log->time_count, sizeof(log->times[0]));
    log->times[log->time_count++] =
        (struct boot_log_time){.microseconds = microseconds, .step = copy_text(text + step)};
}

static void read_message(struct boot_log *log, const char *text, bool is_error, size_t line)
{
    log->messages = grow(log->messages, log->message_count, sizeof(log->messages[0]));
    log->messages[log->message_count++] =
        (struct boot_log_message){.is_error = is_error, .line = line, .text = copy_text(text)};
}

static void read_start(struct boot_log *log, const char *text)
{
    log->entry = strtoull(text, NULL, 16);
    log->is_started = true;
}

static void read_loader_line(struct boot_log *log, const char *text, size_t line)
{
    const char *rest;

    if (strncmp(text, "Bowline ", 8) == 0)
        begin_boot(log, text);
    else if (log->boots == 0)
        log->boots = 1; /* its beginning is not there */
    if ((rest = after(text, "kernel ")) != NULL)
        read_kernel(log, rest);
    else if ((rest = after(text, "module ")) != NULL)
        read_module(log, rest);
    else if ((rest = after(text, "framebuffer ")) != NULL)
        read_framebuffer(log, rest);
    else if ((rest = after(text, "memory ")) != NULL)
        read_region(log, rest);
    else if ((rest = after(text, "time ")) != NULL)
        read_time(log, rest);
    else if ((rest = after(text, "starting the kernel at ")) != NULL)
        read_start(log, rest);
    else if ((rest = after(text, "error: ")) != NULL)
        read_message(log, rest, true, line);
    else if ((rest = after(text, "warning: ")) != NULL)
        read_message(log, rest, false, line);
    else if (after(text, "(some messages are left out") != NULL)
        log->is_cut = true;
}

/* ---- Lines ---- */

/* A remedy stands in the line after its error. */
static void read_other_line(struct boot_log *log, const char *text, size_t line)
{
    const char *remedy = after(text, "  what to do: ");
    struct boot_log_message *last;

    if (remedy == NULL || log->message_count == 0)
        return;
    last = &log->messages[log->message_count - 1];
    if (last->line + 1 == line && last->remedy == NULL)
        last->remedy = copy_text(remedy);
}

/* The firmware may have written to the same line before, and a terminal program the time. */
static void read_line(struct boot_log *log, const char *text, size_t line)
{
    const char *ours = strstr(text, prefix);

    if (ours != NULL)
        read_loader_line(log, ours + sizeof(prefix) - 1, line);
    else
        read_other_line(log, text, line);
}

bool boot_log_read(const char *text, size_t length, struct boot_log *out, struct error *error)
{
    const char *end = text + length;
    struct boot_log log = {0};

    for (size_t line = 1; text < end; line++) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        size_t size = (size_t)((newline != NULL ? newline : end) - text);
        char *copied = need(strndup(text, size));

        copied[strcspn(copied, "\r")] = '\0';
        read_line(&log, copied, line);
        free(copied);
        text = newline != NULL ? newline + 1 : end;
    }
    if (log.boots == 0)
        return FAIL(error, NO_BOOT_LOG);
    *out = log;
    return true;
}
