/* SPDX-License-Identifier: MIT */
/* Interrupt controllers at the hand-over. */
#pragma once

/*
 * Initialises both PICs to vectors 0x20 to 0x2f, acknowledges what they have in service, and masks
 * all their lines; stops the local APIC's timer. Interrupts are off in the processor.
 */
void interrupts_silence(void);
