/* SPDX-License-Identifier: MIT */
/* mkimage netboot: a kernel into a directory for a TFTP server. */
#include "netboot.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "contents.h"
#include "image_plan.h"

static const char help[] =
    "usage: mkimage netboot [OPTION]... DIRECTORY KERNEL\n"
    "\n"
    "Writes the files that boot KERNEL over the network into DIRECTORY, which is made if it is "
    "not\n"
    "there: " NETBOOT_FILE " for UEFI (" NETBOOT_FILE_32 " where the firmware is\n"
    "32-bit), " NETBOOT_BIOS_FILE
    " for BIOS, bowline/boot.conf, the kernel, modules. The directory\n"
    "or one above it is what a TFTP server shows; the DHCP server names one of the first three as\n"
    "boot file. Each file appears whole or not at all; what else lies in DIRECTORY\n"
    "stays there.\n"
    "\n" CONTENTS_HELP "  --help                 this text\n"
    "\n"
    "Exit status: 0 done, 1 failed, 2 wrong usage. docs/network.md says more.\n";

enum { OPTION_HELP = 0x100 };

static const struct option options[] = {
    CONTENTS_OPTIONS,
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static bool make_directory(const char *path, struct error *error)
{
    struct stat status;

    if (mkdir(path, 0777) == 0 ||
        (errno == EEXIST && stat(path, &status) == 0 && S_ISDIR(status.st_mode)))
        return true;
    return host_error(error, ERROR_HOST_WRITE, path);
}

/* Every directory of the path of a file; `path` comes back as it was. */
static bool make_parents(char *path, struct error *error)
{
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        bool is_made = make_directory(path, error);
        *slash = '/';
        if (!is_made)
            return false;
    }
    return true;
}

static bool fill(const struct image_file *file, struct output *output, struct error *error)
{
    struct host_file written;
    struct fingerprint fingerprint;
    uint64_t size = file->content.reader.size;

    if (!output_resize(output, size, error) || !output_copy(output, 0, &file->content, error) ||
        !output_sync(output, error))
        return false;
    host_file_borrow(&written, output->fd, size);
    if (!fingerprint_reader(&written.reader, &fingerprint, error))
        return false;
    if (!fingerprints_equal(&fingerprint, &file->fingerprint))
        return FAIL_WITH(error, HOST_VERIFY, "content", 0);
    return true;
}

static bool write_file(const struct image_plan *plan, const struct image_file *file, char *path,
                       struct error *error)
{
    struct output output;

    if (!make_parents(path, error) || !output_prepare(path, &output, error))
        return false;
    if (!image_plan_check_output(plan, &output, error) || !output_open(&output, error) ||
        !fill(file, &output, error)) {
        error_in(error, path);
        output_discard(&output);
        return false;
    }
    return output_commit(&output, error);
}

/* What a BIOS boots: the stages in a row (format/stage.h). */
static bool write_bios_file(const struct image_plan *plan, const char *directory,
                            struct error *error)
{
    struct image_file file = {0};
    char *path;

    content_init(&file.content);
    content_add_bytes(&file.content, plan->chain.network, sizeof(plan->chain.network));
    content_add_bytes(&file.content, plan->chain.stages, plan->chain.size);
    if (!fingerprint_reader(&file.content.reader, &file.fingerprint, error))
        return false;
    if (asprintf(&path, "%s/" NETBOOT_BIOS_FILE, directory) < 0)
        return FAIL(error, HOST_MEMORY);
    bool is_written = write_file(plan, &file, path, error);
    free(path);
    return is_written;
}

static bool write_files(const struct image_plan *plan, const char *directory, struct error *error)
{
    for (size_t i = 0; i < plan->file_count; i++) {
        char *path;

        if (asprintf(&path, "%s%s", directory, plan->files[i]->path) < 0)
            return FAIL(error, HOST_MEMORY);
        bool is_written = write_file(plan, plan->files[i], path, error);
        free(path);
        if (!is_written)
            return false;
    }
    return write_bios_file(plan, directory, error);
}

bool netboot_write(const struct mkimage_spec *spec, const char *directory,
                   struct mkimage_result *result, struct error *error)
{
    static struct image_plan plan; /* large */
    struct stages stages = stages_embedded();
    bool is_written =
        image_plan_make(spec, &stages, &plan, error) && write_files(&plan, directory, error);

    if (is_written && result != NULL)
        *result = (struct mkimage_result){.has_request = plan.kernel.has_request};
    image_plan_free(&plan);
    return is_written;
}

static enum exit_status write_directory(const char *directory, const char *kernel,
                                        const struct contents *contents)
{
    struct mkimage_result result;
    struct mkimage_spec spec = {.kernel = kernel};
    struct error error = {0};

    contents_apply(contents, &spec);
    if (!netboot_write(&spec, directory, &result, &error))
        return report_error(&error);
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
