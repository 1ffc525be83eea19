/* SPDX-License-Identifier: MIT */
#include "cli/boot_options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "cli/options.h"

enum {
    TIME_LIMIT_DEFAULT = 60,
    TIME_LIMIT_MAX = 24 * 60 * 60,
    SUCCESS_CODE_DEFAULT = 0x10,
    SUCCESS_CODE_MAX = 0x7f, /* QEMU keeps eight bits of status: this and a 1 */
    JOBS_MAX = 256,
    PROCESSORS_MAX = 4096, /* the most that any machine of QEMU's has */
};

const char boot_options_help[] =
    "  --bios                boot by BIOS (SeaBIOS) instead of UEFI (OVMF)\n"
    "  --uefi32              boot by 32-bit UEFI firmware, on the same 64-bit processor\n"
    "  --memory SIZE         of the machine, as 256M or 4G (default: 256M)\n"
    "  --cpu MODEL           processor, as qemu64, max or EPYC (default: qemu64)\n"
    "  --smp N               number of processors (default: 1)\n"
    "  --disk KIND           what the image is plugged into: ahci, ide, virtio, scsi, nvme, usb,\n"
    "                        usb-ehci; cd, cd-ide: a CD drive; virtio-4k, scsi-4k, nvme-4k: disks\n"
    "                        with sectors of 4096 bytes; none: your own -device ...,drive=disk\n"
    "                        (default: ahci; ide and cd-ide are in a pc, the others in a q35)\n"
    "  --no-serial           a machine without a serial port\n"
    "  --command-line, --module, --file, --tree, --config   as for mkimage build, for a kernel\n"
    "  --help                this text\n"
    "  -- ARGUMENT...        goes to QEMU as it is\n"
    "\n"
    "UEFI firmware is looked for where distributions put it; OVMF_CODE and OVMF_VARS in the\n"
    "environment name other files, for --uefi32 OVMF32_CODE and OVMF32_VARS. Each machine gets "
    "its\n"
    "own copy of the variable store.\n";

enum option_code {
    OPTION_JOBS = 'j',
    OPTION_BIOS = 0x100, /* above the letters of short options */
    OPTION_UEFI32,
    OPTION_MEMORY,
    OPTION_CPU,
    OPTION_SMP,
    OPTION_DISK,
    OPTION_NO_SERIAL,
    OPTION_HELP,
    OPTION_TIMEOUT,
    OPTION_UNTIL,
    OPTION_SCREENSHOT,
    OPTION_EXPECT,
    OPTION_SUCCESS_CODE,
    OPTION_BOTH,
    OPTION_JUNIT,
    OPTION_WATCH,
    OPTION_GDB,
    OPTION_TIMING,
};

/* clang-format off */
#define MACHINE_OPTIONS \
    {"bios", no_argument, NULL, OPTION_BIOS}, \
    {"uefi32", no_argument, NULL, OPTION_UEFI32}, \
    {"memory", required_argument, NULL, OPTION_MEMORY}, \
    {"cpu", required_argument, NULL, OPTION_CPU}, \
    {"smp", required_argument, NULL, OPTION_SMP}, \
    {"disk", required_argument, NULL, OPTION_DISK}, \
    {"no-serial", no_argument, NULL, OPTION_NO_SERIAL}, \
    CONTENTS_OPTIONS, \
    {"help", no_argument, NULL, OPTION_HELP}, \
    {0}
/* clang-format on */

static const struct option run_options[] = {
    {"gdb", no_argument, NULL, OPTION_GDB},
    {"watch", no_argument, NULL, OPTION_WATCH},
    MACHINE_OPTIONS,
};

static const struct option test_options[] = {
    {"timeout", required_argument, NULL, OPTION_TIMEOUT},
    {"until", required_argument, NULL, OPTION_UNTIL},
    {"screenshot", required_argument, NULL, OPTION_SCREENSHOT},
    {"expect", required_argument, NULL, OPTION_EXPECT},
    {"success-code", required_argument, NULL, OPTION_SUCCESS_CODE},
    {"both", no_argument, NULL, OPTION_BOTH},
    {"jobs", required_argument, NULL, 'j'},
    {"junit", required_argument, NULL, OPTION_JUNIT},
    {"timing", no_argument, NULL, OPTION_TIMING},
    MACHINE_OPTIONS,
};

static bool parse_disk(const char *text, enum disk_kind *out)
{
    for (unsigned int kind = 0; disk_kind_name(kind) != NULL; kind++) {
        if (strcmp(text, disk_kind_name(kind)) == 0) {
            *out = kind;
            return true;
        }
    }
    return false;
}

/* A number from `least` to `most`, decimal or as 0x10. */
static bool parse_number(const char *text, int least, int most, int *out)
{
    char *end;
    long number = strtol(text, &end, 0);

    if (end == text || *end != '\0' || number < least || number > most)
        return false;
    *out = (int)number;
    return true;
}

/* QEMU would take a bare number for MiB, where all of mkimage's sizes are bytes. */
static bool parse_memory(const char *text, char *out, size_t capacity)
{
    uint64_t bytes;

    if (!parse_size(text, &bytes) || bytes == 0 || bytes % MIB != 0)
        return false;
    snprintf(out, capacity, "%lluM", (unsigned long long)(bytes / MIB));
    return true;
}

static enum exit_status take(struct boot_options *options, const char *verb, enum option_code code,
                             char *value)
{
    int number;

    switch (code) {
    case OPTION_BIOS:
        options->is_bios = true;
        break;
    case OPTION_UEFI32:
        options->is_uefi_32 = true;
        break;
    case OPTION_MEMORY:
        if (!parse_memory(value, options->memory, sizeof(options->memory)))
            return usage_error(verb, "--memory takes whole MiB, as 256M or 4G, not \"%s\"", value);
        break;
    case OPTION_CPU:
        options->cpu = value;
        break;
    case OPTION_SMP:
        if (!parse_number(value, 1, PROCESSORS_MAX, &number))
            return usage_error(verb, "--smp is a number from 1 to %d, not \"%s\"", PROCESSORS_MAX,
                               value);
        snprintf(options->processors, sizeof(options->processors), "%d", number);
        break;
    case OPTION_DISK:
        if (!parse_disk(value, &options->disk))
            return usage_error(verb, "there is no disk kind \"%s\"", value);
        break;
    case OPTION_NO_SERIAL:
        options->has_serial = false;
        break;
    case OPTION_HELP:
        options->is_help = true;
        break;
    case OPTION_TIMEOUT:
        if (!parse_number(value, 1, TIME_LIMIT_MAX, &options->time_limit))
            return usage_error(verb, "--timeout takes seconds, from 1 to %d, not \"%s\"",
                               TIME_LIMIT_MAX, value);
        break;
    case OPTION_UNTIL:
        if (value[0] == '\0')
            return usage_error(verb, "--until needs a text to wait for");
        options->until = value;
        break;
    case OPTION_SCREENSHOT:
        if (options->picture_count == PICTURES_MAX)
            return usage_error(verb, "more than %d times --screenshot", PICTURES_MAX);
        options->pictures[options->picture_count++] = value;
        break;
    case OPTION_EXPECT:
        if (value[0] == '\0' || options->expected_count == EXPECTED_MAX)
            return usage_error(verb, "--expect needs a text, and can be given %d times",
                               EXPECTED_MAX);
        options->expected[options->expected_count++] = value;
        break;
    case OPTION_SUCCESS_CODE:
        if (!parse_number(value, 0, SUCCESS_CODE_MAX, &options->success_code))
            return usage_error(verb, "--success-code is a number from 0 to 0x%x, not \"%s\"",
                               SUCCESS_CODE_MAX, value);
        break;
    case OPTION_BOTH:
        options->is_both = true;
        break;
    case OPTION_JOBS:
        if (!parse_number(value, 1, JOBS_MAX, &options->jobs))
            return usage_error(verb, "-j is a number from 1 to %d, not \"%s\"", JOBS_MAX, value);
        break;
    case OPTION_TIMING:
        options->is_timed = true;
        break;
    case OPTION_GDB:
        options->is_debugged = true;
        break;
    case OPTION_WATCH:
        options->is_watched = true;
        break;
    case OPTION_JUNIT:
        options->junit = value;
        break;
    }
    return EXIT_DONE;
}

/* Takes what follows the first "--" out of the arguments and returns how many are before it. */
static int split_extra(struct boot_options *options, int count, char **arguments)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(arguments[i], "--") == 0) {
            options->extra = arguments + i + 1;
            options->extra_count = count - i - 1;
            return i;
        }
    }
    return count;
}

static enum exit_status check(struct boot_options *options, bool is_test, const char *verb)
{
    int count = options->file_count;

    if (is_test ? count < 1 : count != 1)
        return usage_error(verb, "it takes one kernel or image%s, not %d",
                           is_test ? " or more" : "", count);
    if (options->is_both && options->is_bios)
        return usage_error(verb, "--both or --bios?");
    if (options->is_bios && options->is_uefi_32)
        return usage_error(verb, "--bios or --uefi32?");
    if (count * (options->is_both ? 2 : 1) > 1 && options->picture_count > 0)
        return usage_error(verb, "--screenshot is for a single test");
    options->file = options->files[0];
    return contents_check(&options->contents, verb);
}

enum exit_status boot_options_parse(struct boot_options *options, bool is_test, int count,
                                    char **arguments)
{
    const char *verb = arguments[0];
    const struct option *table = is_test ? test_options : run_options;
    enum exit_status status = EXIT_DONE;
    int code;

    *options = (struct boot_options){
        .has_serial = true,
        .memory = "256M",
        .cpu = "qemu64",
        .processors = "1",
        .time_limit = TIME_LIMIT_DEFAULT,
        .success_code = SUCCESS_CODE_DEFAULT,
        .jobs = 1,
    };
    count = split_extra(options, count, arguments);
    opterr = 0;
    optind = 0; /* begin anew: glibc and musl agree on 0 for that */
    while ((code = getopt_long(count, arguments, is_test ? ":j:" : ":", table, NULL)) != -1) {
        if (code == ':' || code == '?')
            status = report_option(verb, code, arguments);
        else if (code >= OPTION_COMMAND_LINE)
            status = contents_take(&options->contents, verb, code, optarg);
        else
            status = take(options, verb, (enum option_code)code, optarg);
        if (status != EXIT_DONE || options->is_help)
            return status;
    }
    options->files = arguments + optind;
    options->file_count = count - optind;
    return check(options, is_test, verb);
}
