/* SPDX-License-Identifier: MIT */
#include "image.h"

#include <stdlib.h>
#include <string.h>

#include "image_plan.h"

static bool fill(const struct image_plan *plan, struct output *output, struct error *error)
{
    struct host_file written;

    if (!image_write(plan, output, error) || !output_sync(output, error))
        return false;
    host_file_borrow(&written, output->fd, plan->size);
    return image_verify(plan, &written.reader, error);
}

static bool build(const struct image_plan *plan, const char *path, struct error *error)
{
    struct output output;

    if (!output_prepare(path, &output, error))
        return false;
    if (!image_plan_check_output(plan, &output, error) || !output_open(&output, error) ||
        !fill(plan, &output, error)) {
        error_in(error, path);
        output_discard(&output);
        return false;
    }
    return output_commit(&output, error);
}

bool image_build(const struct image_spec *spec, struct error *error)
{
    static struct image_plan plan; /* large */
    struct stages stages = stages_embedded();
    bool is_built =
        image_plan_make(spec, &stages, &plan, error) && build(&plan, spec->output, error);

    if (is_built && spec->result != NULL)
        *spec->result = (struct image_result){
            .size = plan.size,
            .saved = plan.stripped.saved,
            .has_request = plan.kernel.has_request,
        };
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
