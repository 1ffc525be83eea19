/* SPDX-License-Identifier: MIT */
/* A canvas on the screen and on a terminal at the serial port, at once. */
#pragma once

#include "console/canvas.h"

/*
 * Takes the screen and the serial port from the log, and empties them: `shown` becomes an empty
 * canvas.
 */
void display_open(struct canvas *shown);

/* Makes what is shown look like `wanted`. */
void display_update(const struct canvas *wanted, struct canvas *shown);

/* Empties the screen and gives both back to the log. */
void display_close(void);
