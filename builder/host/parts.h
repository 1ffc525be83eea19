/* SPDX-License-Identifier: MIT */
/* What the parts of the simulated machine have in common: for builder/host/ alone. */
#pragma once

#include "host/machine.h"

/* The one that firmware and processor functions work on. */
extern struct host_machine *host_current;

_Noreturn void host_end_boot(enum host_end end);

/* Counts a call of the firmware. True: it is the one that has to fail. */
bool host_call_fails(void);

/* A 64-bit processor with an NX bit, and nothing else. */
void host_processor_init(struct host_machine *machine);
