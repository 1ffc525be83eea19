/* SPDX-License-Identifier: MIT */
/* The menu as a person meets it: on the screen and on a terminal at the serial port. */
#pragma once

#include "console/menu.h"

/* Its memory, a few pages; whatever is in it at first. */
struct menu_room {
    struct menu menu;
    struct canvas wanted, shown;
};

/* What to boot. */
struct menu_choice {
    uint32_t entry;
    const char *options; /* edited, in the menu's room; NULL: as they are */
    bool is_by_person;   /* not by the countdown */
};

/*
 * Shows the menu until an entry has been chosen. All other actions are done here, and come back
 * only where the firmware does not do them.
 */
struct menu_choice menu_run(const struct menu_spec *spec, struct menu_room *room);
