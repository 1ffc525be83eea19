/* SPDX-License-Identifier: MIT */
/* The options that say what goes into an image, which build, netboot, run and test share. */
#pragma once

#include <getopt.h>

#include "cli/report.h"
#include "mkimage.h"

struct contents {
    const char *command_line;
    const char *config;
    bool hash;
    bool seal;
    const char *seal_also;
    struct mkimage_module *modules;
    size_t module_count;
    struct mkimage_file *files;
    size_t file_count;
};

/* getopt_long() returns these; a verb's own codes are others. */
enum contents_option {
    OPTION_COMMAND_LINE = 0x1000,
    OPTION_CONFIG,
    OPTION_FILE,
    OPTION_HASH,
    OPTION_MODULE,
    OPTION_SEAL,
    OPTION_SEAL_ALSO,
    OPTION_TREE,
};

/* For a verb's table of options, and for its --help. */
/* clang-format off */
#define CONTENTS_OPTIONS \
    {"command-line", required_argument, NULL, OPTION_COMMAND_LINE}, \
    {"config", required_argument, NULL, OPTION_CONFIG}, \
    {"file", required_argument, NULL, OPTION_FILE}, \
    {"hash", no_argument, NULL, OPTION_HASH}, \
    {"module", required_argument, NULL, OPTION_MODULE}, \
    {"seal", no_argument, NULL, OPTION_SEAL}, \
    {"seal-also", required_argument, NULL, OPTION_SEAL_ALSO}, \
    {"tree", required_argument, NULL, OPTION_TREE}
/* clang-format on */
#define CONTENTS_HELP                                                                              \
    "  --command-line TEXT    the kernel's command line\n"                                         \
    "  --module FILE[:NAME[:ARGUMENTS]]\n"                                                         \
    "                         a file that the kernel gets in memory, with its name in the image\n" \
    "                         and a text for it; NAME.gz is unpacked by the loader\n"              \
    "  --file FILE[:PATH]     any other file, and where it lies in the image (\"/\" at the end: "  \
    "in\n"                                                                                         \
    "                         that directory; without PATH: in the root)\n"                        \
    "  --tree DIRECTORY[:PATH]  everything below it, below PATH\n"                                 \
    "  --hash                 the loader checks the SHA-256 of kernel and modules at every boot\n" \
    "  --seal                 that, and the loader takes no other boot.conf, no file without "     \
    "its\n"                                                                                        \
    "                         SHA-256, and no options from elsewhere (docs/sealing.md)\n"          \
    "  --seal-also FILE       that, and this boot.conf is taken, too: for updates\n"               \
    "  --config FILE          a boot.conf of your own, instead of one made from the options\n"     \
    "                         (--module, --file and --tree can be repeated; in names \"\\:\" is "  \
    "a\n"                                                                                          \
    "                         colon and \"\\\\\" a backslash)\n"

/*
 * Takes one of these options; texts are cut up and must live as long as the contents. EXIT_DONE, or
 * EXIT_USAGE after saying why.
 */
enum exit_status contents_take(struct contents *contents, const char *verb, int option,
                               char *value);

/* Do the options go together? To be asked when all are there. */
enum exit_status contents_check(const struct contents *contents, const char *verb);

bool contents_are_empty(const struct contents *contents);

/* Fills in what a specification has of these. */
void contents_apply(const struct contents *contents, struct mkimage_spec *spec);

void contents_free(struct contents *contents);

/*
 * Ends the text at its first colon that no backslash stands before, takes the backslashes away from
 * what is left, and returns what follows; NULL: there is no such colon.
 */
char *cut_at_colon(char *text);
