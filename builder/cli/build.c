/* SPDX-License-Identifier: MIT */
/* mkimage build: a kernel into an image. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "cli/build_report.h"
#include "cli/contents.h"
#include "cli/display.h"
#include "cli/options.h"
#include "disk/partition_type.h"
#include "image/image.h"
#include "system/need.h"

static const char help[] =
    "usage: mkimage [build] [OPTION]... KERNEL\n"
    "\n"
    "Writes a disk image that boots a 64-bit ELF kernel on BIOS and on UEFI: KERNEL with its\n"
    "extension replaced by .img. The image appears whole or not at all, and the same inputs give\n"
    "the same bytes (times come from SOURCE_DATE_EPOCH, if that is set). No option is needed.\n"
    "\n"
    "  -o, --output IMAGE     write the image there instead\n"
    "      --force            even where something lies that is no disk image\n"
    "      --dry-run          check and plan everything, and write nothing\n"
    "\n"
    "What goes in, beside the kernel:\n" CONTENTS_HELP
    "  --keep-debug           the kernel's debug sections, too\n"
    "  --no-bios, --no-uefi   leave out what boots it there\n"
    "\n"
    "The disk:\n"
    "  --size SIZE            of the image, as 64M or 2G (default: as small as it can be)\n"
    "  --free SIZE            at least so much room for more files in the EFI system partition\n"
    "  --fat 12|16|32         its file system (default: 32, or what fits into --size)\n"
    "  --label TEXT           its label (default: BOWLINE)\n"
    "  --seed TEXT            other GUIDs and serial numbers than an image of the same contents\n"
    "  --sector-size BYTES    of the disk that the image is for: 512 (default) or 4096\n"
    "  --scheme gpt|mbr       the partition table (default: gpt, with which the image is a CD, "
    "too)\n"
    "  --partition NAME:TYPE:FILE|SIZE\n"
    "                         one more partition with what is in FILE, or of zeros; TYPE is "
    "linux,\n"
    "                         data, swap, a GUID, or for --scheme mbr a number as 0x83\n"
    "  --mbr-type N           type of our partition in the MBR scheme (default: 0xef, EFI system)\n"
    "  --mbr-active           an active entry in a GPT disk's first sector, too: for a BIOS that\n"
    "                         boots no disk without one\n"
    "\n"
    "  -q, --quiet            say nothing unless it fails\n"
    "  -v, --verbose          say what lies where\n"
    "  --json                 the result for programs (docs/schema/build.json)\n"
    "  --help                 show this\n"
    "\n"
    "Exit status: 0 done, 1 failed, 2 wrong usage. docs/image-layout.md says what is in an "
    "image.\n";

enum {
    OPTION_SECTOR_SIZE = 0x100, /* above the letters of short options */
    OPTION_SCHEME,
    OPTION_MBR_TYPE,
    OPTION_MBR_ACTIVE,
    OPTION_SIZE,
    OPTION_FREE,
    OPTION_FAT,
    OPTION_LABEL,
    OPTION_SEED,
    OPTION_PARTITION,
    OPTION_KEEP_DEBUG,
    OPTION_NO_BIOS,
    OPTION_NO_UEFI,
    OPTION_DRY_RUN,
    OPTION_FORCE,
    OPTION_JSON,
    OPTION_HELP,
};

static const struct option options[] = {
    CONTENTS_OPTIONS,
    {"output", required_argument, NULL, 'o'},
    {"sector-size", required_argument, NULL, OPTION_SECTOR_SIZE},
    {"scheme", required_argument, NULL, OPTION_SCHEME},
    {"mbr-type", required_argument, NULL, OPTION_MBR_TYPE},
    {"mbr-active", no_argument, NULL, OPTION_MBR_ACTIVE},
    {"size", required_argument, NULL, OPTION_SIZE},
    {"free", required_argument, NULL, OPTION_FREE},
    {"fat", required_argument, NULL, OPTION_FAT},
    {"label", required_argument, NULL, OPTION_LABEL},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"partition", required_argument, NULL, OPTION_PARTITION},
    {"keep-debug", no_argument, NULL, OPTION_KEEP_DEBUG},
    {"no-bios", no_argument, NULL, OPTION_NO_BIOS},
    {"no-uefi", no_argument, NULL, OPTION_NO_UEFI},
    {"dry-run", no_argument, NULL, OPTION_DRY_RUN},
    {"force", no_argument, NULL, OPTION_FORCE},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"json", no_argument, NULL, OPTION_JSON},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

struct command_line {
    struct mkimage_spec spec;
    struct contents contents;
    struct mkimage_partition *partitions; /* those of the specification */
    struct build_display display;
    bool is_help;
};

/* Options without a value. False: this is none. */
static bool take_flag(struct command_line *line, int option)
{
    switch (option) {
    case OPTION_MBR_ACTIVE:
        return line->spec.mbr_active = true;
    case OPTION_KEEP_DEBUG:
        return line->spec.keep_debug = true;
    case OPTION_NO_BIOS:
        return line->spec.no_bios = true;
    case OPTION_NO_UEFI:
        return line->spec.no_uefi = true;
    case OPTION_DRY_RUN:
        return line->spec.dry_run = true;
    case OPTION_FORCE:
        return line->spec.force = true;
    case 'q':
        return line->display.is_quiet = true;
    case 'v':
        return line->display.is_verbose = true;
    case OPTION_JSON:
        return line->display.is_json = true;
    case OPTION_HELP:
        return line->is_help = true;
    default:
        return false;
    }
}

static enum exit_status add_partition(struct command_line *line, char *text)
{
    char *type = cut_at_colon(text);
    char *content = cut_at_colon(type);
    struct mkimage_partition *partition;

    if (content == NULL || content[0] == '\0')
        return usage_error("build", "--partition is NAME:TYPE:FILE or NAME:TYPE:SIZE");
    line->partitions = need(reallocarray(line->partitions, line->spec.partition_count + 1,
                                         sizeof(line->partitions[0])));
    partition = &line->partitions[line->spec.partition_count++];
    *partition = (struct mkimage_partition){.name = text, .type = type};
    if (!parse_size(content, &partition->size))
        partition->source = content;
    return EXIT_DONE;
}

static enum exit_status take_sector_size(struct mkimage_spec *spec, const char *text)
{
    if (strcmp(text, "512") != 0 && strcmp(text, "4096") != 0)
        return usage_error("build", "--sector-size is 512 or 4096, not \"%s\"", text);
    spec->sector_size = text[0] == '5' ? 512 : 4096;
    return EXIT_DONE;
}

static enum exit_status take_size(struct mkimage_spec *spec, const char *text)
{
    if (!parse_size(text, &spec->size) || spec->size == 0 || spec->size % MIB != 0)
        return usage_error("build", "--size is whole MiB, as 64M or 2G, not \"%s\"", text);
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

static enum exit_status take(struct command_line *line, int option, char **arguments)
{
    struct mkimage_spec *spec = &line->spec;

    if (option >= OPTION_COMMAND_LINE)
        return contents_take(&line->contents, "build", option, optarg);
    if (take_flag(line, option))
        return EXIT_DONE;
    switch (option) {
    case 'o':
        spec->output = optarg;
        return EXIT_DONE;
    case OPTION_SECTOR_SIZE:
        return take_sector_size(spec, optarg);
    case OPTION_SCHEME:
        return parse_scheme(optarg, &spec->scheme)
                   ? EXIT_DONE
                   : usage_error("build", "--scheme is gpt or mbr, not \"%s\"", optarg);
    case OPTION_MBR_TYPE:
        return take_mbr_type(spec, optarg);
    case OPTION_SIZE:
        return take_size(spec, optarg);
    case OPTION_FREE:
        return parse_size(optarg, &spec->free)
                   ? EXIT_DONE
                   : usage_error("build", "--free is a size, as 64M, not \"%s\"", optarg);
    case OPTION_FAT:
        return parse_fat(optarg, &spec->fat)
                   ? EXIT_DONE
                   : usage_error("build", "--fat is 12, 16 or 32, not \"%s\"", optarg);
    case OPTION_LABEL:
        spec->label = optarg;
        return EXIT_DONE;
    case OPTION_SEED:
        spec->seed = optarg;
        return EXIT_DONE;
    case OPTION_PARTITION:
        return add_partition(line, optarg);
    default:
        return report_option("build", option, arguments);
    }
}

static enum exit_status check(const struct command_line *line, int count, char **arguments)
{
    const struct mkimage_spec *spec = &line->spec;

    if (optind == count)
        return usage_error("build", "which kernel?");
    if (optind + 1 < count)
        return usage_error("build", "one kernel at a time, not also %s", arguments[optind + 1]);
    if (arguments[optind][0] == '\0' || (spec->output != NULL && spec->output[0] == '\0'))
        return usage_error("build", "a file name is empty");
    if (spec->mbr_type != 0 && spec->scheme != MKIMAGE_MBR)
        return usage_error("build", "--mbr-type is for --scheme mbr");
    if (spec->no_bios && spec->no_uefi)
        return usage_error("build", "--no-bios and --no-uefi together leave nothing that boots");
    if (line->display.is_quiet && line->display.is_verbose)
        return usage_error("build", "--quiet or --verbose?");
    return contents_check(&line->contents, "build");
}

static enum exit_status build(struct command_line *line)
{
    struct mkimage_spec *spec = &line->spec;
    char *default_name = spec->output == NULL ? need(image_default_name(spec->kernel)) : NULL;
    struct mkimage_result result;
    struct mkimage_message message;
    bool is_built;

    if (spec->output == NULL)
        spec->output = default_name;
    contents_apply(&line->contents, spec);
    spec->partitions = line->partitions;
    spec->listener = display_start(line->display.is_quiet, line->display.is_verbose);
    is_built = mkimage_build(spec, &result, &message);
    display_stop();
    if (is_built)
        build_display_result(&line->display, spec, &result);
    else
        report_message(&message);
    free(default_name);
    return is_built ? EXIT_DONE : EXIT_FAILED;
}

enum exit_status verb_build(int count, char **arguments)
{
    struct command_line line = {.spec = {.sector_size = 512}};
    enum exit_status status = EXIT_DONE;
    int option;

    optind = 0; /* start again, with what getopt remembers forgotten */
    opterr = 0;
    while (status == EXIT_DONE && !line.is_help &&
           (option = getopt_long(count, arguments, ":o:qv", options, NULL)) != -1)
        status = take(&line, option, arguments);
    if (line.is_help)
        fputs(help, stdout);
    else if (status == EXIT_DONE)
        status = check(&line, count, arguments);
    if (status == EXIT_DONE && !line.is_help) {
        line.spec.kernel = arguments[optind];
        status = build(&line);
    }
    free(line.partitions);
    contents_free(&line.contents);
    return status;
}
