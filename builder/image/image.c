/* SPDX-License-Identifier: MIT */
#include "image/image.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "disk/file_kind.h"
#include "image/image_plan.h"
#include "text/guid_text.h"

static bool fill(const struct image_plan *plan, struct output *output, struct error *error)
{
    return image_write(plan, output, error) && output_sync(output, error) &&
           image_verify(plan, output, error);
}

/* What lies at the place of an image is replaced if it is one itself, or empty. */
static bool check_replaced(const char *path, struct error *error)
{
    struct host_file file;
    bool is_replaced;

    if (access(path, F_OK) != 0)
        return true;
    if (!host_file_open(path, &file, error))
        return false;
    is_replaced = file.reader.size == 0 || is_image(&file.reader);
    reader_close(&file.reader);
    return is_replaced || FAIL(error, HOST_NO_IMAGE) || error_in(error, path);
}

static bool build(const struct image_plan *plan, const struct mkimage_spec *spec,
                  struct error *error)
{
    struct output output;

    if (!output_prepare(spec->output, &output, error))
        return false;
    if (!image_plan_check_output(plan, &output, error) ||
        (!spec->force && !check_replaced(output.path, error)) ||
        !(spec->dry_run ? output_check_size(&output, plan->size, error)
                        : output_open(&output, error) && fill(plan, &output, error))) {
        error_in(error, spec->output);
        output_discard(&output);
        return false;
    }
    if (!spec->dry_run)
        return output_commit(&output, error);
    output_discard(&output);
    return true;
}

static void tell(const struct image_plan *plan, struct mkimage_result *out)
{
    *out = (struct mkimage_result){
        .size = plan->size,
        .esp_size = fat_layout_size(&plan->fat),
        .esp_free = fat_layout_free(&plan->fat),
        .fat = (enum mkimage_fat)plan->fat.options.type,
        .saved = plan->stripped.saved,
        .has_request = plan->kernel.has_request,
    };
    guid_print(&plan->identity.disk, out->disk_guid);
}

bool image_build(const struct mkimage_spec *spec, struct mkimage_result *result,
                 struct error *error)
{
    static struct image_plan plan; /* large */
    struct stages stages = stages_embedded();
    bool is_built = image_plan_make(spec, &stages, &plan, error) && build(&plan, spec, error);

    if (is_built && result != NULL)
        tell(&plan, result);
    image_plan_free(&plan);
    return is_built;
}

char *image_default_name(const char *kernel)
{
    const char *slash = strrchr(kernel, '/');
    const char *name = slash != NULL ? slash + 1 : kernel;
    const char *dot = strrchr(name, '.');
    size_t length = dot != NULL && dot != name ? (size_t)(dot - kernel) : strlen(kernel);
    char *result = malloc(length + sizeof(".img"));

    if (result != NULL) {
        memcpy(result, kernel, length);
        memcpy(result + length, ".img", sizeof(".img"));
    }
    return result;
}
