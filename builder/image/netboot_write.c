/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk/file_kind.h"
#include "image/boot_conf.h"
#include "image/image_plan.h"
#include "image/netboot.h"

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

/* A directory that was meant for something else may have a file of that name. */
static bool check_older_kernel(const char *path, struct error *error)
{
    struct host_file file;
    bool is_replaced;

    if (access(path, F_OK) != 0)
        return true;
    if (!host_file_open(path, &file, error))
        return false;
    is_replaced = file.reader.size == 0 || is_kernel(&file.reader);
    reader_close(&file.reader);
    return is_replaced || FAIL_WITH(error, HOST_NOT_REPLACED, "ELF file") || error_in(error, path);
}

static bool check_directory(const struct mkimage_spec *spec, const char *directory,
                            struct error *error)
{
    char *path;

    if (asprintf(&path, "%s%s", directory, kernel_path(spec)) < 0)
        return FAIL(error, HOST_MEMORY);
    bool is_ours = check_older_kernel(path, error);
    free(path);
    return is_ours;
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
    struct stages stages = stages_for_network(stages_embedded());
    bool is_written = image_plan_make(spec, &stages, &plan, error) &&
                      check_directory(spec, directory, error) &&
                      write_files(&plan, directory, error);

    if (is_written && result != NULL)
        *result = (struct mkimage_result){.has_request = plan.kernel.has_request};
    image_plan_free(&plan);
    return is_written;
}
