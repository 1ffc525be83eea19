/* SPDX-License-Identifier: MIT */
#include "image/stages.h"

/* stages.S: the start and the end of each. */
extern const uint8_t embedded_stage1[], embedded_stage1_end[];
extern const uint8_t embedded_stage1_disc[], embedded_stage1_disc_end[];
extern const uint8_t embedded_stage1_uefi_only[], embedded_stage1_uefi_only_end[];
extern const uint8_t embedded_stage1_network[], embedded_stage1_network_end[];
extern const uint8_t embedded_stage2[], embedded_stage2_end[];
extern const uint8_t embedded_stage3[], embedded_stage3_end[];
extern const uint8_t embedded_stage3_network[], embedded_stage3_network_end[];
extern const uint64_t embedded_stage3_size, embedded_stage3_network_size;
extern const uint8_t embedded_uefi_application[], embedded_uefi_application_end[];
extern const uint8_t embedded_uefi_application_32[], embedded_uefi_application_32_end[];

struct stages stages_embedded(void)
{
    return (struct stages){
        .stage1 = {embedded_stage1, (size_t)(embedded_stage1_end - embedded_stage1)},
        .stage1_disc = {embedded_stage1_disc,
                        (size_t)(embedded_stage1_disc_end - embedded_stage1_disc)},
        .stage1_uefi_only = {embedded_stage1_uefi_only,
                             (size_t)(embedded_stage1_uefi_only_end - embedded_stage1_uefi_only)},
        .stage1_network = {embedded_stage1_network,
                           (size_t)(embedded_stage1_network_end - embedded_stage1_network)},
        .stage2 = {embedded_stage2, (size_t)(embedded_stage2_end - embedded_stage2)},
        .stage3 = {embedded_stage3, (size_t)(embedded_stage3_end - embedded_stage3)},
        .stage3_size = embedded_stage3_size,
        .stage3_network = {embedded_stage3_network,
                           (size_t)(embedded_stage3_network_end - embedded_stage3_network)},
        .stage3_network_size = embedded_stage3_network_size,
        .uefi_application = {embedded_uefi_application,
                             (size_t)(embedded_uefi_application_end - embedded_uefi_application)},
        .uefi_application_32 = {embedded_uefi_application_32,
                                (size_t)(embedded_uefi_application_32_end -
                                         embedded_uefi_application_32)},
    };
}
