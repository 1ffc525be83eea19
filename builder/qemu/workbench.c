/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/boot_options.h"
#include "disk/file_kind.h"
#include "image/netboot.h"
#include "system/host_file.h"
#include "system/need.h"
#include "system/process.h"

/* Copies a file of at most a few MiB. */
static bool copy_file(const char *from, const char *to, struct error *error)
{
    static char buffer[64 * 1024];
    FILE *in = fopen(from, "rb");
    FILE *out;
    size_t length;
    int read_cause, write_cause = 0;

    if (in == NULL) {
        (void)FAIL_WITH(error, HOST_OPEN, strerror(errno), 0);
        return error_in(error, from);
    }
    out = fopen(to, "wb");
    if (out == NULL) {
        (void)FAIL_WITH(error, HOST_WRITE, strerror(errno), 0);
        fclose(in);
        return error_in(error, to);
    }
    while (write_cause == 0 && (length = fread(buffer, 1, sizeof(buffer), in)) > 0)
        if (fwrite(buffer, 1, length, out) != length)
            write_cause = errno;
    read_cause = ferror(in) ? errno : 0;
    fclose(in);
    if (fclose(out) != 0 && write_cause == 0)
        write_cause = errno;
    if (read_cause != 0) {
        (void)FAIL_WITH(error, HOST_READ, strerror(read_cause), 0);
        return error_in(error, from);
    }
    if (write_cause != 0) {
        (void)FAIL_WITH(error, HOST_WRITE, strerror(write_cause), 0);
        return error_in(error, to);
    }
    return true;
}

static char *join(const char *directory, const char *name)
{
    return format_text("%s/%s", directory, name);
}

enum bootable { BOOTABLE_KERNEL, BOOTABLE_IMAGE, BOOTABLE_DIRECTORY };

static bool is_directory(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Has `mkimage netboot` written it? */
static bool recognise_directory(const char *path, enum bootable *out, struct error *error)
{
    char *file = join(path, NETBOOT_FILE);
    bool is_there = access(file, F_OK) == 0;

    free(file);
    if (!is_there) {
        (void)FAIL(error, NOT_BOOTABLE, 0);
        return error_in(error, path);
    }
    *out = BOOTABLE_DIRECTORY;
    return true;
}

static bool recognise(const char *path, enum bootable *out, struct error *error)
{
    struct host_file file;
    bool is_file_of_kernel, is_disk;

    if (is_directory(path))
        return recognise_directory(path, out, error);
    if (!host_file_or_disk_open(path, &file, error))
        return false;
    is_file_of_kernel = is_kernel(&file.reader);
    is_disk = is_image(&file.reader);
    reader_close(&file.reader);
    if (!is_file_of_kernel && !is_disk) {
        (void)FAIL(error, NOT_BOOTABLE, 0);
        return error_in(error, path);
    }
    *out = is_file_of_kernel ? BOOTABLE_KERNEL : BOOTABLE_IMAGE;
    return true;
}

bool workbench_is_finished(const char *path)
{
    enum bootable kind;
    struct error ignored;

    return recognise(path, &kind, &ignored) && kind != BOOTABLE_KERNEL;
}

static bool make_directory(struct workbench *bench, struct error *error)
{
    const char *parent = getenv("TMPDIR");

    bench->directory =
        join(parent != NULL && parent[0] != '\0' ? parent : "/tmp", "mkimage-XXXXXX");
    if (mkdtemp(bench->directory) != NULL)
        return true;
    (void)FAIL_WITH(error, HOST_WRITE, strerror(errno), 0);
    error_in(error, bench->directory);
    free(bench->directory);
    bench->directory = NULL;
    return false;
}

static bool build_image(struct workbench *bench, const struct boot_options *options,
                        struct error *error)
{
    struct mkimage_spec spec = {
        .kernel = options->file,
        .sector_size = disk_sector_size(options->disk),
    };

    contents_apply(&options->contents, &spec);
    bench->image = join(bench->directory, "kernel.img");
    spec.output = bench->image;
    bench->machine.image = bench->image;
    return image_build(&spec, NULL, error);
}

static bool find_firmware(struct workbench *bench, struct error *error)
{
    bool is_32_bit = bench->machine.is_uefi_32;
    struct ovmf_search search = {
        .is_32_bit = is_32_bit,
        .code = getenv(is_32_bit ? "OVMF32_CODE" : "OVMF_CODE"),
        .variables = getenv(is_32_bit ? "OVMF32_VARS" : "OVMF_VARS"),
        .root = "",
        .qemu = bench->qemu,
    };

    if (!ovmf_find(&search, &bench->ovmf, error))
        return false;
    bench->variables = join(bench->directory, "variables.fd");
    bench->machine.firmware_code = bench->ovmf.code;
    bench->machine.firmware_variables = bench->variables;
    return copy_file(bench->ovmf.variables, bench->variables, error);
}

bool workbench_set_up(struct workbench *bench, const struct boot_options *options,
                      struct error *error)
{
    enum bootable kind;

    *bench = (struct workbench){
        .machine =
            {
                .image = options->file,
                .memory = options->memory,
                .cpu = options->cpu,
                .processors = options->processors,
                .is_uefi_32 = options->is_uefi_32,
                .disk = options->disk,
                .has_serial = options->has_serial,
                .extra = options->extra,
                .extra_count = options->extra_count,
            },
    };
    if (!recognise(options->file, &kind, error))
        return false;
    if (kind != BOOTABLE_KERNEL && !contents_are_empty(&options->contents)) {
        (void)FAIL(error, FINISHED_IMAGE, 0);
        return error_in(error, options->file);
    }
    if (kind == BOOTABLE_DIRECTORY) {
        bench->machine.image = NULL;
        bench->machine.directory = options->file;
    }
    bench->qemu = process_find(QEMU_PROGRAM);
    if (bench->qemu == NULL) {
        (void)FAIL(error, QEMU_MISSING, 0);
        return error_in(error, QEMU_PROGRAM);
    }
    bench->machine.qemu = bench->qemu;
    if (!make_directory(bench, error))
        return false;
    if (!options->is_bios && !find_firmware(bench, error))
        return false;
    return kind != BOOTABLE_KERNEL || build_image(bench, options, error);
}

/* Ours are in it, and perhaps one of QEMU's that was killed before it could hide it. */
static void empty_directory(const char *path)
{
    DIR *directory = opendir(path);
    struct dirent *entry;

    while (directory != NULL && (entry = readdir(directory)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlinkat(dirfd(directory), entry->d_name, 0);
    if (directory != NULL)
        closedir(directory);
}

void workbench_delete_files(struct workbench *bench)
{
    if (bench->directory == NULL)
        return;
    empty_directory(bench->directory);
    rmdir(bench->directory);
    free(bench->directory);
    bench->directory = NULL;
}

void workbench_free(struct workbench *bench)
{
    workbench_delete_files(bench);
    ovmf_free(&bench->ovmf);
    free(bench->qemu);
    free(bench->image);
    free(bench->variables);
}
