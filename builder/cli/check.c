/* SPDX-License-Identifier: MIT */
/* mkimage check: would the loader boot this kernel, and what will it see? Is this image whole? */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/display.h"
#include "cli/options.h"
#include "cli/report.h"
#include "kernel/kernel_report.h"
#include "mkimage.h"
#include "system/need.h"
#include "text/colour.h"
#include "text/plain_text.h"

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
    "Of a disk image, or of a disk (/dev/sdb), it reads every structure again: partition tables,\n"
    "boot stages, file system, files, the kernel in it. What is damaged is named, with its bytes.\n"
    "\n"
    "Exit status: 0 it would boot, or is whole; 1 it would not, or is not; 2 wrong usage.\n";

/* What a command line asks for. */
struct request {
    struct mkimage_check_options options;
    struct mkimage_module *modules; /* those of the options; to be freed */
    const char *path;
};

static bool parse_memory(const char *text, uint64_t *out)
{
    uint64_t bytes;

    if (!parse_size(text, &bytes) || !kernel_report_can_simulate(bytes))
        return false;
    *out = bytes;
    return true;
}

static void add_module(struct request *request, const char *path)
{
    size_t count = request->options.module_count + 1;

    request->modules = need(reallocarray(request->modules, count, sizeof(request->modules[0])));
    request->modules[count - 1] = (struct mkimage_module){.path = path};
    request->options.modules = request->modules;
    request->options.module_count = count;
}

/* As it is, but for the colour of its warnings. */
static void print_report(const char *report)
{
    static const char begin[] = "  warning ";

    for (const char *end; (end = strchr(report, '\n')) != NULL; report = end + 1) {
        const char *rest = report;

        if (strncmp(report, begin, sizeof(begin) - 1) == 0) {
            colour_put(stdout, COLOUR_WARNING, begin);
            rest += sizeof(begin) - 1;
        }
        plain_text_write(stdout, rest, (size_t)(end + 1 - rest));
    }
}

/* Warnings are in the report. */
static void complain(const struct mkimage_finding *finding)
{
    if (finding->severity == MKIMAGE_WARNING)
        return;
    report_begin(finding->severity == MKIMAGE_ERROR);
    report_text(finding->text);
}

static enum exit_status check(struct request *request)
{
    struct mkimage_check_result result;
    struct mkimage_message message;
    bool is_good;

    request->options.listener = display_start(false, false);
    is_good = mkimage_check(request->path, &request->options, &result, &message);
    display_stop();
    if (result.report == NULL)
        return report_message(&message);
    print_report(result.report);
    fflush(stdout);
    for (size_t i = 0; i < result.finding_count; i++)
        complain(&result.findings[i]);
    mkimage_check_free(&result);
    return is_good ? EXIT_DONE : EXIT_FAILED;
}

enum option_code {
    OPTION_HELP = 0x100, /* above the letters of short options */
    OPTION_MEMORY,
    OPTION_MODULE,
};

static enum exit_status parse(struct request *request, int count, char **arguments)
{
    static const struct option known[] = {{"help", no_argument, NULL, OPTION_HELP},
                                          {"memory", required_argument, NULL, OPTION_MEMORY},
                                          {"module", required_argument, NULL, OPTION_MODULE},
                                          {NULL, 0, NULL, 0}};
    int option;

    optind = 0; /* start again, with what getopt remembers forgotten */
    opterr = 0;
    while ((option = getopt_long(count, arguments, ":", known, NULL)) != -1) {
        switch (option) {
        case OPTION_HELP:
            fputs(help, stdout);
            return EXIT_DONE;
        case OPTION_MEMORY:
            if (!parse_memory(optarg, &request->options.memory))
                return usage_error("check", "--memory takes whole MiB from 16M to 4T, not \"%s\"",
                                   optarg);
            break;
        case OPTION_MODULE:
            add_module(request, optarg);
            break;
        default:
            return report_option("check", option, arguments);
        }
    }
    if (optind + 1 != count)
        return usage_error("check",
                           optind == count ? "which kernel or image?" : "one file at a time");
    request->path = arguments[optind];
    return EXIT_DONE;
}

enum exit_status verb_check(int count, char **arguments)
{
    struct request request = {0};
    enum exit_status status = parse(&request, count, arguments);

    if (request.path != NULL)
        status = check(&request);
    free(request.modules);
    return status;
}
