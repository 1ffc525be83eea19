/* SPDX-License-Identifier: MIT */
/* mkimage netboot: a kernel into a directory for a TFTP server. */
#include "image/netboot.h"

#include <getopt.h>
#include <stdio.h>

#include "cli/contents.h"
#include "cli/display.h"
#include "cli/report.h"

static const char help[] =
    "usage: mkimage netboot [OPTION]... DIRECTORY KERNEL\n"
    "\n"
    "Writes the files that boot KERNEL over the network into DIRECTORY, which is made if it is "
    "not\n"
    "there: " NETBOOT_FILE " for UEFI (" NETBOOT_FILE_32 " where the firmware is\n"
    "32-bit), " NETBOOT_BIOS_FILE
    " for BIOS, bowline/boot.conf, the kernel, modules. The directory\n"
    "or one above it is what a TFTP server shows; the DHCP server names one of the first three as\n"
    "boot file. Each file appears whole or not at all, and replaces an older one; what else lies\n"
    "in DIRECTORY stays there. A kernel.elf that is no ELF file is not replaced, nor is anything\n"
    "written then.\n"
    "\n" CONTENTS_HELP "  --help                 this text\n"
    "\n"
    "Exit status: 0 done, 1 failed, 2 wrong usage. docs/network.md says more.\n";

enum { OPTION_HELP = 0x100 };

static const struct option options[] = {
    CONTENTS_OPTIONS,
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static enum exit_status write_directory(const char *directory, const char *kernel,
                                        const struct contents *contents)
{
    struct mkimage_spec spec = {.kernel = kernel};
    struct mkimage_result result;
    struct mkimage_message message;
    bool is_written;

    contents_apply(contents, &spec);
    spec.listener = display_start(false, false);
    is_written = mkimage_netboot(&spec, directory, &result, &message);
    display_stop();
    if (!is_written)
        return report_message(&message);
    if (!result.has_request)
        report_note("%s has no BOWLINE_REQUEST(): it gets the defaults of bowline.h", kernel);
    printf("%s: boot file " NETBOOT_FILE " for UEFI, " NETBOOT_BIOS_FILE " for BIOS\n", directory);
    return EXIT_DONE;
}

enum exit_status verb_netboot(int count, char **arguments)
{
    struct contents contents = {0};
    enum exit_status status = EXIT_DONE;
    int option;

    optind = 0; /* start again, with what getopt remembers forgotten */
    opterr = 0;
    while (status == EXIT_DONE &&
           (option = getopt_long(count, arguments, ":", options, NULL)) != -1) {
        if (option == OPTION_HELP) {
            fputs(help, stdout);
            contents_free(&contents);
            return EXIT_DONE;
        }
        status = option >= OPTION_COMMAND_LINE ? contents_take(&contents, "netboot", option, optarg)
                                               : report_option("netboot", option, arguments);
    }
    if (status == EXIT_DONE)
        status = contents_check(&contents, "netboot");
    if (status == EXIT_DONE && optind + 2 != count)
        status = usage_error("netboot", "it takes a directory and a kernel, not %d names",
                             count - optind);
    if (status == EXIT_DONE && (arguments[optind][0] == '\0' || arguments[optind + 1][0] == '\0'))
        status = usage_error("netboot", "a file name is empty");
    if (status == EXIT_DONE)
        status = write_directory(arguments[optind], arguments[optind + 1], &contents);
    contents_free(&contents);
    return status;
}
