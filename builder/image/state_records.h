/* SPDX-License-Identifier: MIT */
/* The boot state as mkimage writes it into an image: nothing has been started yet. */
#pragma once

#include <bowline_state.h>

void state_records_make(struct bowline_state records[2]);
