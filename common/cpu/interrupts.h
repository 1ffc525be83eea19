/* SPDX-License-Identifier: MIT */
/* Interrupt controllers at the hand-over. */
#pragma once

/*
 * Once the firmware has been left, with interrupts off in the processor: initialises both PICs to
 * vectors 0x20 to 0x2f, acknowledges what they have in service, and masks all their lines; leaves
 * nothing in the local APIC (cpu/local_apic.h). What cannot be silenced is a warning in the log.
 */
void interrupts_silence(void);
