/* SPDX-License-Identifier: MIT */
/* mkimage build: a kernel into an image. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/units.h"
#include "options.h"

static const char help[] =
    "usage: mkimage [build] [OPTION]... KERNEL\n"
    "\n"
    "Writes a disk image that boots a 64-bit ELF kernel on BIOS and on UEFI: KERNEL with its\n"
    "extension replaced by .img. The image appears whole or not at all, and the same inputs give\n"
    "the same bytes (times come from SOURCE_DATE_EPOCH, if that is set).\n"
    "\n"
    "  -o, --output IMAGE     write the image there instead\n"
    "      --module FILE[:NAME[:ARGUMENTS]]\n"
    "                         a file that the kernel gets in memory, with its name in the image "
    "and\n"
    "                         a text for it; can be repeated. In FILE and NAME \"\\:\" stands for "
    "a\n"
    "                         colon and \"\\\\\" for a backslash\n"
    "      --command-line TEXT  the kernel's command line\n"
    "      --help             show this\n"
    "\n"
    "Exit status: 0 done, 1 failed, 2 wrong usage. docs/image-layout.md says what is in an "
    "image.\n";

enum { OPTION_MODULE = 0x100, OPTION_COMMAND_LINE, OPTION_HELP };

static const struct option options[] = {
    {"output", required_argument, NULL, 'o'},
    {"module", required_argument, NULL, OPTION_MODULE},
    {"command-line", required_argument, NULL, OPTION_COMMAND_LINE},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static enum exit_status build(const char *kernel, const char *output,
                              const struct contents *contents)
{
    char *default_name = output == NULL ? image_default_name(kernel) : NULL;
    struct image_result result;
    struct image_spec spec = {
        .kernel = kernel,
        .output = output != NULL ? output : default_name,
        .command_line = contents->command_line != NULL ? contents->command_line : "",
        .modules = contents->modules,
        .module_count = contents->module_count,
        .result = &result,
    };
    struct error error = {0};
    enum exit_status status = EXIT_DONE;

    if (spec.output == NULL)
        abort();
    if (!image_build(&spec, &error)) {
        status = report_error(&error);
    } else {
        if (!result.has_request)
            report_note("%s has no BOWLINE_REQUEST(): it gets the defaults of bowline.h", kernel);
        printf("%s: %llu MiB\n", spec.output, (unsigned long long)(result.size / MIB));
    }
    free(default_name);
    return status;
}

enum exit_status verb_build(int count, char **arguments)
{
    struct contents contents = {0};
    const char *output = NULL;
    enum exit_status status = EXIT_DONE;
    int option;

    optind = 0; /* start again, with what getopt remembers forgotten */
    opterr = 0;
    while (status == EXIT_DONE &&
           (option = getopt_long(count, arguments, ":o:", options, NULL)) != -1) {
        switch (option) {
        case 'o':
            output = optarg;
            break;
        case OPTION_MODULE:
            if (!contents_add_module(&contents, optarg))
                status = usage_error("build", "--module names no file");
            break;
        case OPTION_COMMAND_LINE:
            contents.command_line = optarg;
            break;
        case OPTION_HELP:
            fputs(help, stdout);
            free(contents.modules);
            return EXIT_DONE;
        default:
            status = report_option("build", option, arguments);
        }
    }
    if (status == EXIT_DONE && optind == count)
        status = usage_error("build", "which kernel?");
    if (status == EXIT_DONE && optind + 1 < count)
        status = usage_error("build", "one kernel at a time, not also %s", arguments[optind + 1]);
    if (status == EXIT_DONE && (arguments[optind][0] == '\0' || (output != NULL && !output[0])))
        status = usage_error("build", "a file name is empty");
    if (status == EXIT_DONE)
        status = build(arguments[optind], output, &contents);
    free(contents.modules);
    return status;
}
