/* SPDX-License-Identifier: MIT */
/* What the loader only warns of in a boot.conf, or finds out when somebody chooses the entry. */
#pragma once

#include "base/error.h"

/* Whom it is checked for. */
struct boot_conf_critic {
    void *context;

    /* Is there such a partition? As the loader counts: by GPT, or 1 to 4 of an MBR. */
    bool (*has_partition)(void *context, uint32_t number);

    /* What cannot be meant, and what works and a person should know: any number, of any order. */
    void (*refuse)(void *context, const struct error *error);
    void (*note)(void *context, const struct error *error);
};

/*
 * All errors name line and column. Refused: CONFIG_REPEATED, CONFIG_NO_KERNEL,
 * CONFIG_KERNEL_AND_CHAINLOAD, CONFIG_PARTITION_MISSING, CONFIG_SAME_NAME. Noted:
 * CONFIG_UNCOUNTED_SLOT, CONFIG_DEFAULT_NO_SLOT. Lines that cannot be understood are passed over.
 */
void boot_conf_check(const char *text, size_t length, const struct boot_conf_critic *critic);
