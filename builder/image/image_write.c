/* SPDX-License-Identifier: MIT */
#include "format/boot_state.h"
#include "format/stage.h"
#include "image/empty_words.h"
#include "image/image_plan.h"
#include "image/state_records.h"

/* Only beside a GPT: firmware looks for El Torito before it looks for an MBR
 * (docs/image-layout.md). */
static bool write_disc(const struct image_plan *plan, struct output *output, struct error *error)
{
    uint8_t iso[ISO_SIZE];

    iso_make(&plan->iso, iso);
    return output_write(output, ISO_START, iso, sizeof(iso), error) &&
           output_write(output, DISC_STAGE1_OFFSET, plan->chain.disc_sector,
                        sizeof(plan->chain.disc_sector), error);
}

static bool write_partitions(const struct image_plan *plan, struct output *output,
                             struct error *error)
{
    for (size_t i = 0; i < plan->partition_count; i++)
        if (!output_copy(output, plan->parts[PARTS_OF_OURS + i].start, &plan->partitions[i].content,
                         error))
            return false;
    return true;
}

static bool write_state(struct output *output, struct error *error)
{
    struct bowline_state records[2];

    state_records_make(records);
    for (int i = 0; i < 2; i++)
        if (!output_write(output, boot_state_place(i), &records[i], sizeof(records[i]), error))
            return false;
    return true;
}

bool image_write(const struct image_plan *plan, struct output *output, struct error *error)
{
    return output_resize(output, plan->size, error) &&
           output_write(output, 0, plan->chain.boot_sector, sizeof(plan->chain.boot_sector),
                        error) &&
           output_write(output, STAGE2_OFFSET, plan->chain.stages, plan->chain.size, error) &&
           empty_words_write(output, error) && write_state(output, error) &&
           (plan->scheme == MKIMAGE_MBR ||
            (write_disc(plan, output, error) && gpt_write(&plan->gpt, output, error))) &&
           fat_write(&plan->fat, output, error) && write_partitions(plan, output, error);
}
