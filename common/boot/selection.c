/* SPDX-License-Identifier: MIT */
#include "boot/selection.h"

void selection_start(const struct configuration *configuration, struct selection *out)
{
    *out = (struct selection){.entry = configuration->default_entry};
}

bool selection_next(const struct configuration *configuration, struct selection *selection)
{
    (void)configuration, (void)selection;
    return false;
}
