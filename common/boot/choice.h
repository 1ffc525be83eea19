/* SPDX-License-Identifier: MIT */
/* The menu, when it is shown and what it says of boot.conf: docs/menu.md. */
#pragma once

#include "boot/selection.h"

/*
 * Lets a person change the selection: when there is time for it, or a key has been pressed. Without
 * memory for a menu there is none, and the log says so.
 */
void choice_offer(const struct configuration *configuration, struct frames *frames,
                  struct selection *selection);

/*
 * The same after an entry has failed, with its error. `has_slot`: the selection is another slot by
 * now, which boots after a minute without a key. False: nobody can choose anything, for there is
 * one entry, and nobody has been in its menu.
 */
bool choice_offer_again(const struct configuration *configuration, const struct error *failure,
                        bool has_slot, struct frames *frames, struct selection *selection);
