/* SPDX-License-Identifier: MIT */
#include "console/menu_run.h"

#include "console/display.h"
#include "console/keys.h"
#include "console/log.h"
#include "firmware/console.h"
#include "firmware/leave.h"

enum { PAUSES_OF_A_SECOND = 1000 / KEYS_PAUSE };

/* Until a person or the countdown has made a choice. True: it was a person. */
static bool wait_for_choice(struct menu_room *room)
{
    struct menu *menu = &room->menu;
    uint32_t pauses = 0;
    struct key key;

    for (;;) {
        menu_draw(menu, &room->wanted);
        display_update(&room->wanted, &room->shown);
        while (!keys_poll(&key)) {
            firmware_pause(KEYS_PAUSE);
            if (++pauses % PAUSES_OF_A_SECOND != 0)
                continue;
            if (menu_second(menu))
                return false;
            menu_draw(menu, &room->wanted);
            display_update(&room->wanted, &room->shown);
        }
        if (menu_key(menu, &key))
            return true;
    }
}

/* Comes back where the firmware does not do it. */
static void act(enum menu_action action)
{
    log_message(LOG_INFO, "menu: %s", menu_action_title(action));
    if (action == MENU_FIRMWARE_SETUP)
        firmware_enter_setup();
    else if (action == MENU_REBOOT)
        firmware_reset();
    else
        firmware_power_off();
}

struct menu_choice menu_run(const struct menu_spec *spec, struct menu_room *room)
{
    struct menu *menu = &room->menu;
    bool is_by_person;

    menu_start(menu, spec);
    display_open(&room->shown);
    for (;;) {
        is_by_person = wait_for_choice(room);
        if (menu_action(menu) == MENU_BOOT)
            break;
        act(menu_action(menu));
        menu->notice = "The firmware cannot do that: use the power switch.";
    }
    display_close();
    return (struct menu_choice){
        .entry = menu->selected,
        .options = menu->is_editing ? menu->editor.text : NULL,
        .is_by_person = is_by_person,
    };
}
