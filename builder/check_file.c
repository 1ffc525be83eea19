/* SPDX-License-Identifier: MIT */
#include "check_file.h"

#include <stdlib.h>

#include "base/units.h"
#include "disk/file_kind.h"
#include "kernel/unpacked.h"
#include "show/check_parts.h"
#include "system/need.h"

struct mkimage_finding *check_add(struct check *check, const struct mkimage_finding *finding,
                                  const char *what)
{
    struct mkimage_check_result *result = check->result;
    struct mkimage_finding *copy;

    result->findings = need(
        reallocarray(result->findings, result->finding_count + 1, sizeof(result->findings[0])));
    copy = &result->findings[result->finding_count++];
    *copy = (struct mkimage_finding){
        .severity = finding->severity,
        .name = copy_text(finding->name),
        .where = copy_text(finding->where),
        .start = finding->start,
        .size = finding->size,
        .cause = copy_text(finding->cause),
        .remedy = copy_text(finding->remedy),
        .text = format_text("%s: %s [%s]\n  what to do: %s\n", what, finding->cause, finding->name,
                            finding->remedy),
    };
    result->error_count += finding->severity == MKIMAGE_ERROR;
    return copy;
}

struct mkimage_finding *check_add_error(struct check *check, const struct mkimage_finding *finding,
                                        const struct error *error, const char *what)
{
    struct mkimage_finding whole = *finding;
    char cause[1024];

    error_print_cause(error, cause, sizeof(cause));
    whole.name = error_name(error->code);
    whole.cause = cause;
    whole.remedy = error_remedy(error->code);
    return check_add(check, &whole, what);
}

static void free_finding(struct mkimage_finding *finding)
{
    for (size_t i = 0; i < finding->cure_count; i++) {
        free((void *)finding->cures[i].place);
        free((void *)finding->cures[i].text);
    }
    free(finding->cures);
    free((void *)finding->name);
    free((void *)finding->where);
    free((void *)finding->cause);
    free((void *)finding->remedy);
    free((void *)finding->text);
}

void check_file_free(struct mkimage_check_result *result)
{
    for (size_t i = 0; i < result->finding_count; i++)
        free_finding(&result->findings[i]);
    free(result->findings);
    free((void *)result->report);
    *result = (struct mkimage_check_result){0};
}

/* Of a module in memory. */
static bool find_size(const char *path, uint64_t *out, struct error *error)
{
    struct host_file file;
    struct unpacked unpacked;

    if (!host_file_open(path, &file, error))
        return false;
    bool is_sized = unpacked_open(path, &file.reader, file.fd, &unpacked, error);
    if (is_sized) {
        *out = unpacked.reader->size;
        unpacked_close(&unpacked);
    }
    reader_close(&file.reader);
    return is_sized || error_in(error, path);
}

/* What a plan needs to know of the modules. To be freed. */
static bool find_sizes(const struct mkimage_check_options *options, uint64_t **out,
                       struct error *error)
{
    uint64_t *sizes = need(calloc(options->module_count + 1, sizeof(sizes[0])));

    for (size_t i = 0; i < options->module_count; i++) {
        if (!find_size(options->modules[i].path, &sizes[i], error)) {
            free(sizes);
            return false;
        }
    }
    *out = sizes;
    return true;
}

static bool check_open_file(const char *path, struct host_file *file,
                            const struct kernel_report_options *options,
                            struct mkimage_check_result *out, struct error *error)
{
    struct mkimage_check_result result = {.is_image = is_image(&file->reader)};
    struct check check = {.path = path, .result = &result};
    char *report;
    size_t size;
    bool is_checked;

    check.report = need(open_memstream(&report, &size));
    is_checked = result.is_image ? check_image(&check, &file->reader, error)
                                 : check_kernel(&check, file, options, error);
    if (fclose(check.report) != 0)
        abort(); /* no memory */
    result.report = report;
    if (is_checked)
        *out = result;
    else
        check_file_free(&result);
    return is_checked || error_in(error, path);
}

bool check_file(const char *path, const struct mkimage_check_options *options,
                struct mkimage_check_result *out, struct error *error)
{
    struct kernel_report_options of_kernel = {
        .memory = options->memory,
        .module_count = options->module_count,
    };
    struct host_file file;
    uint64_t *sizes;
    bool is_checked = false;

    if (options->memory != 0 && !kernel_report_can_simulate(options->memory))
        return FAIL(error, PC_MEMORY, options->memory);
    if (!find_sizes(options, &sizes, error))
        return false;
    of_kernel.module_sizes = sizes;
    if (host_file_or_disk_open(path, &file, error)) {
        is_checked = check_open_file(path, &file, &of_kernel, out, error);
        reader_close(&file.reader);
    }
    free(sizes);
    return is_checked;
}
