/* SPDX-License-Identifier: MIT */
/* What a person types: one stream of keys, from the firmware's keyboard and the serial port. */
#pragma once

#include "console/key.h"

/* How long whoever asks for keys waits between one question and the next. */
enum { KEYS_PAUSE = 10 }; /* milliseconds */

/* Has a key been pressed? If so, it has done what it can, and is forgotten. */
bool keys_were_pressed(void);

/*
 * The next key; false: none has been pressed. To be asked again and again, KEYS_PAUSE apart. Bytes
 * at the serial port that stay there for a while are ours: where the firmware has its own console
 * at the port it takes them, and they are keys of the firmware.
 */
bool keys_poll(struct key *out);

/* Forgets all keys so far, and waits for the next, without limit. */
void keys_wait(void);
