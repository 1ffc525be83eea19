/* SPDX-License-Identifier: MIT */
/*
 * The menu: what keys do to it, and what it looks like. Knows no firmware; menu_run.h shows it to a
 * person.
 */
#pragma once

#include "console/line_editor.h"

enum menu_action { MENU_BOOT, MENU_FIRMWARE_SETUP, MENU_REBOOT, MENU_POWER_OFF };

enum { MENU_WAITS = 0xffffffff }; /* for ever, as CONFIG_WAIT_FOR_EVER */

/* What there is to choose from. Texts are UTF-8; they stay until the menu has ended. */
struct menu_spec {
    const char *heading;
    const char *message;   /* shown above the entries, line ends in it count; NULL: none */
    uint32_t entry_count;  /* at least 1 */
    uint32_t first_choice; /* the entry that is selected at first */
    uint32_t timeout;      /* seconds until it boots, or MENU_WAITS */
    const char *no_editor; /* why options cannot be edited; NULL: they can */
    bool has_setup;        /* of the firmware, for MENU_FIRMWARE_SETUP */

    const char *(*title)(const void *context, uint32_t entry);
    /* Writes what the editor begins with, without a NUL; to NULL nothing. Returns its bytes. */
    size_t (*options)(const void *context, uint32_t entry, char *out);
    const void *context;
};

struct menu {
    const struct menu_spec *spec;
    uint32_t selected;     /* an entry, or behind them an action */
    uint32_t top;          /* the first line of the list that is shown */
    uint32_t message_rows; /* above the list */
    uint32_t seconds_left; /* or MENU_WAITS */
    const char *notice;    /* until the next key; NULL: none */
    bool is_editing;
    struct line_editor editor; /* of the selected entry's options */
};

void menu_start(struct menu *menu, const struct menu_spec *spec);

/* True: the choice has been made. */
bool menu_key(struct menu *menu, const struct key *key);

/* A second has passed. True: the countdown has ended, and with it the choice been made. */
bool menu_second(struct menu *menu);

/* What has been chosen: MENU_BOOT of the entry `selected`, with the editor's text if is_editing. */
enum menu_action menu_action(const struct menu *menu);

/* What it says about its other actions. */
const char *menu_action_title(enum menu_action action);

/* Draws all of it. */
void menu_draw(const struct menu *menu, struct canvas *canvas);
