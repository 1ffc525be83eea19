/* SPDX-License-Identifier: MIT */
/* mkimage inspect: what is in an image, a kernel or a boot log. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/display.h"
#include "cli/report.h"
#include "mkimage.h"

static const char help[] =
    "usage: mkimage inspect [--json|--svg|--html] FILE\n"
    "\n"
    "Shows what is in a file, whichever of three it is:\n"
    "  a disk image   partitions, file systems, files with their SHA-256, boot.conf, what lies "
    "where\n"
    "  a kernel       segments, what it asks for, and where everything will lie in its address "
    "space\n"
    "  a boot log     what was booted, and the map of the physical memory\n"
    "\n"
    "  --json   for programs (docs/schema/inspect.json describes it)\n"
    "  --svg    a picture of the disk, of the address space, or of the memory\n"
    "  --html   a web page: the picture, and all that the text says\n"
    "\n"
    "A boot log with a memory map comes from the debug console: mkimage run KERNEL -- -debugcon\n"
    "file:boot.log; or from a kernel that writes boot->log somewhere. Images of other tools and\n"
    "disks (/dev/sdb) are shown, too. Damage is shown and is no failure: mkimage check judges.\n"
    "\n"
    "Exit status: 0 shown, 1 not shown for the reason given, 2 wrong usage.\n";

static enum exit_status inspect(const char *path, enum mkimage_form form)
{
    struct mkimage_message message;
    char *text;
    bool is_shown = mkimage_inspect(path, form, display_start(false, false), &text, &message);

    display_stop();
    if (!is_shown)
        return report_message(&message);
    fputs(text, stdout);
    free(text);
    return EXIT_DONE;
}

enum exit_status verb_inspect(int count, char **arguments)
{
    enum { OPTION_HELP = 0x100, OPTION_JSON, OPTION_SVG, OPTION_HTML };
    static const struct option options[] = {{"help", no_argument, NULL, OPTION_HELP},
                                            {"json", no_argument, NULL, OPTION_JSON},
                                            {"svg", no_argument, NULL, OPTION_SVG},
                                            {"html", no_argument, NULL, OPTION_HTML},
                                            {NULL, 0, NULL, 0}};
    enum mkimage_form form = MKIMAGE_TEXT;
    int option;

    optind = 0; /* start again, with what getopt remembers forgotten */
    opterr = 0;
    while ((option = getopt_long(count, arguments, ":", options, NULL)) != -1) {
        enum mkimage_form chosen = option == OPTION_JSON   ? MKIMAGE_JSON
                                   : option == OPTION_SVG  ? MKIMAGE_SVG
                                   : option == OPTION_HTML ? MKIMAGE_HTML
                                                           : MKIMAGE_TEXT;

        if (option == OPTION_HELP) {
            fputs(help, stdout);
            return EXIT_DONE;
        }
        if (chosen == MKIMAGE_TEXT)
            return report_option("inspect", option, arguments);
        if (form != MKIMAGE_TEXT && form != chosen)
            return usage_error("inspect", "one form at a time: --json, --svg or --html");
        form = chosen;
    }
    if (optind + 1 != count)
        return usage_error("inspect",
                           optind == count ? "which image, kernel or log?" : "one file at a time");
    return inspect(arguments[optind], form);
}
