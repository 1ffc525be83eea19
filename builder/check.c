/* SPDX-License-Identifier: MIT */
/* mkimage check: would the loader boot this kernel, and what will it see? Is this image whole? */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/units.h"
#include "check_image.h"
#include "check_kernel.h"
#include "host_file.h"
#include "options.h"
#include "report.h"

static const char help[] =
    "usage: mkimage check [OPTION]... KERNEL\n"
    "       mkimage check IMAGE\n"
    "\n"
    "Says whether the loader would boot a kernel. If not: the reason, and the line of the linker\n"
    "script or of the source, or the option, that cures it. If so: its segments (as readelf -l\n"
    "counts them), what it requests, where everything will lie in its address space, what is\n"
    "wasted, and what may not be meant so.\n"
    "\n"
    "Where everything lies is found by a boot on a simulated PC, which the options describe:\n"
    "  --memory SIZE    its RAM, as 64M or 4G (default: 256M)\n"
    "  --module FILE    loaded with the kernel; several times for several modules\n"
    "  --help           this text\n"
    "\n"
    "Of a disk image it reads every structure again: partition tables, boot stages, file system,\n"
    "files, the kernel in it. What is damaged is named, with its bytes.\n"
    "\n"
    "Exit status: 0 it would boot, or is whole; 1 it would not, or is not; 2 wrong usage.\n";

static const uint64_t MEMORY_MIN = 16 * MIB, MEMORY_MAX = 4096 * GIB;

/* What is known of a module: its size. */
struct modules {
    uint64_t *sizes; /* to be freed */
    size_t count;
};

static bool parse_memory(const char *text, uint64_t *out)
{
    uint64_t bytes;

    if (!parse_size(text, &bytes) || bytes < MEMORY_MIN || bytes > MEMORY_MAX || bytes % MIB != 0)
        return false;
    *out = bytes;
    return true;
}

static bool add_module(struct modules *modules, const char *path, struct error *error)
{
    struct host_file file;

    if (!host_file_open(path, &file, error))
        return false;
    uint64_t *sizes = realloc(modules->sizes, (modules->count + 1) * sizeof(*sizes));
    if (sizes == NULL) {
        reader_close(&file.reader);
        return FAIL(error, HOST_MEMORY);
    }
    sizes[modules->count++] = file.reader.size;
    modules->sizes = sizes;
    reader_close(&file.reader);
    return true;
}

static enum exit_status check_file(const char *path, const struct kernel_report_options *options)
{
    struct error error = {0};
    struct host_file file;

    if (!host_file_open(path, &file, &error))
        return report_error(&error);
    bool is_disk = is_image(&file.reader);
    enum exit_status status =
        is_disk ? check_image(path, &file.reader) : check_kernel(path, &file, options);
    reader_close(&file.reader);
    return status;
}

enum option_code {
    OPTION_HELP = 0x100, /* above the letters of short options */
    OPTION_MEMORY,
    OPTION_MODULE,
};

static enum exit_status check(int count, char **arguments, struct modules *modules)
{
    static const struct option known[] = {{"help", no_argument, NULL, OPTION_HELP},
                                          {"memory", required_argument, NULL, OPTION_MEMORY},
                                          {"module", required_argument, NULL, OPTION_MODULE},
                                          {NULL, 0, NULL, 0}};
    struct kernel_report_options options = {0};
    struct error error = {0};
    int option;

    optind = 0; /* start again, with what getopt remembers forgotten */
    opterr = 0;
    while ((option = getopt_long(count, arguments, ":", known, NULL)) != -1) {
        switch (option) {
        case OPTION_HELP:
            fputs(help, stdout);
            return EXIT_DONE;
        case OPTION_MEMORY:
            if (!parse_memory(optarg, &options.memory))
                return usage_error("check", "--memory takes whole MiB from 16M to 4T, not \"%s\"",
                                   optarg);
            break;
        case OPTION_MODULE:
            if (!add_module(modules, optarg, &error))
                return report_error(&error);
            break;
        default:
            return report_option("check", option, arguments);
        }
    }
    if (optind + 1 != count)
        return usage_error("check", optind == count ? "which kernel or image?" : "one file at a time");
    options.module_count = modules->count;
    options.module_sizes = modules->sizes;
    return check_file(arguments[optind], &options);
}

enum exit_status verb_check(int count, char **arguments)
{
    struct modules modules = {0};
    enum exit_status status = check(count, arguments, &modules);

    free(modules.sizes);
    return status;
}
