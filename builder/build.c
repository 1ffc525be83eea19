/* SPDX-License-Identifier: MIT */
/* mkimage build: a kernel into an image. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    "      --sector-size BYTES  of the disk that the image is for: 512 (default) or 4096\n"
    "      --scheme gpt|mbr   the partition table (default: gpt, with which the image is a CD, "
    "too)\n"
    "      --mbr-type N       type of the partition in the MBR scheme (default: 0xef, EFI system)\n"
    "      --mbr-active       an active entry in a GPT disk's first sector, too: for a BIOS that\n"
    "                         boots no disk without one\n"
    "      --help             show this\n"
    "\n"
    "Exit status: 0 done, 1 failed, 2 wrong usage. docs/image-layout.md says what is in an "
    "image.\n";

enum {
    OPTION_MODULE = 0x100,
    OPTION_COMMAND_LINE,
    OPTION_SECTOR_SIZE,
    OPTION_SCHEME,
    OPTION_MBR_TYPE,
    OPTION_MBR_ACTIVE,
    OPTION_HELP,
};

static const struct option options[] = {
    {"output", required_argument, NULL, 'o'},
    {"module", required_argument, NULL, OPTION_MODULE},
    {"command-line", required_argument, NULL, OPTION_COMMAND_LINE},
    {"sector-size", required_argument, NULL, OPTION_SECTOR_SIZE},
    {"scheme", required_argument, NULL, OPTION_SCHEME},
    {"mbr-type", required_argument, NULL, OPTION_MBR_TYPE},
    {"mbr-active", no_argument, NULL, OPTION_MBR_ACTIVE},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static bool parse_sector_size(const char *text, uint32_t *out)
{
    if (strcmp(text, "512") != 0 && strcmp(text, "4096") != 0)
        return false;
    *out = text[0] == '5' ? 512 : 4096;
    return true;
}

static enum exit_status build(struct mkimage_spec *spec)
{
    char *default_name = spec->output == NULL ? image_default_name(spec->kernel) : NULL;
    struct mkimage_result result;
    struct error error = {0};
    enum exit_status status = EXIT_DONE;

    if (spec->output == NULL)
        spec->output = default_name;
    if (spec->output == NULL)
        abort();
    spec->result = &result;
    if (!image_build(spec, &error)) {
        status = report_error(&error);
    } else {
        if (!result.has_request)
            report_note("%s has no BOWLINE_REQUEST(): it gets the defaults of bowline.h",
                        spec->kernel);
        printf("%s: %llu MiB\n", spec->output, (unsigned long long)(result.size / MIB));
    }
    free(default_name);
    return status;
}

static enum exit_status take_scheme(struct mkimage_spec *spec, const char *text)
{
    if (!parse_scheme(text, &spec->scheme))
        return usage_error("build", "--scheme is gpt or mbr, not \"%s\"", text);
    return EXIT_DONE;
}

static enum exit_status take_mbr_type(struct mkimage_spec *spec, const char *text)
{
    if (!parse_mbr_type(text, &spec->mbr_type))
        return usage_error("build",
                           "--mbr-type is a number from 1 to 255, and no type of an extended "
                           "partition (0x05, 0x0f, 0x85) or of a GPT (0xee), not \"%s\"",
                           text);
    return EXIT_DONE;
}

static enum exit_status take(struct mkimage_spec *spec, struct contents *contents, int option,
                             char **arguments)
{
    switch (option) {
    case 'o':
        spec->output = optarg;
        return EXIT_DONE;
    case OPTION_MODULE:
        if (!contents_add_module(contents, optarg))
            return usage_error("build", "--module names no file");
        return EXIT_DONE;
    case OPTION_COMMAND_LINE:
        spec->command_line = optarg;
        return EXIT_DONE;
    case OPTION_SECTOR_SIZE:
        if (!parse_sector_size(optarg, &spec->sector_size))
            return usage_error("build", "--sector-size is 512 or 4096, not \"%s\"", optarg);
        return EXIT_DONE;
    case OPTION_SCHEME:
        return take_scheme(spec, optarg);
    case OPTION_MBR_TYPE:
        return take_mbr_type(spec, optarg);
    case OPTION_MBR_ACTIVE:
        spec->mbr_active = true;
        return EXIT_DONE;
    default:
        return report_option("build", option, arguments);
    }
}

static enum exit_status check(const struct mkimage_spec *spec, int count, char **arguments)
{
    if (optind == count)
        return usage_error("build", "which kernel?");
    if (optind + 1 < count)
        return usage_error("build", "one kernel at a time, not also %s", arguments[optind + 1]);
    if (arguments[optind][0] == '\0' || (spec->output != NULL && spec->output[0] == '\0'))
        return usage_error("build", "a file name is empty");
    if (spec->mbr_type != 0 && spec->scheme != MKIMAGE_MBR)
        return usage_error("build", "--mbr-type is for --scheme mbr");
    return EXIT_DONE;
}

enum exit_status verb_build(int count, char **arguments)
{
    struct contents contents = {0};
    struct mkimage_spec spec = {.command_line = "", .sector_size = 512};
    enum exit_status status = EXIT_DONE;
    int option;

    optind = 0; /* start again, with what getopt remembers forgotten */
    opterr = 0;
    while (status == EXIT_DONE &&
           (option = getopt_long(count, arguments, ":o:", options, NULL)) != -1) {
        if (option == OPTION_HELP) {
            fputs(help, stdout);
            free(contents.modules);
            return EXIT_DONE;
        }
        status = take(&spec, &contents, option, arguments);
    }
    if (status == EXIT_DONE)
        status = check(&spec, count, arguments);
    if (status == EXIT_DONE) {
        spec.kernel = arguments[optind];
        spec.modules = contents.modules;
        spec.module_count = contents.module_count;
        status = build(&spec);
    }
    free(contents.modules);
    return status;
}
