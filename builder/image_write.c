/* SPDX-License-Identifier: MIT */
#include "format/stage.h"
#include "image_plan.h"

bool image_write(const struct image_plan *plan, struct output *output, struct error *error)
{
    return output_resize(output, plan->size, error) &&
           output_write(output, 0, plan->chain.boot_sector, sizeof(plan->chain.boot_sector),
                        error) &&
           output_write(output, STAGE2_OFFSET, plan->chain.stages, plan->chain.size, error) &&
           (plan->scheme == IMAGE_SCHEME_MBR || gpt_write(&plan->gpt, output, error)) &&
           fat_write(&plan->fat, output, error);
}
