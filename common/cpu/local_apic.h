/* SPDX-License-Identifier: MIT */
/* The local APIC at the hand-over (AMD64 manual, volume 2, chapter 16). */
#pragma once

#include "base/error.h"

/*
 * Masks the APIC's own sources of interrupts, takes and acknowledges what has been requested and
 * what is in service. LINT0 and LINT1 stay: by them the PICs and NMIs reach the processor (virtual
 * wire mode), and so do sources that belong to the firmware (SMIs). Interrupts are off in the
 * processor, before and after; the PICs are masked; the registers lie where the present page tables
 * show them. Fails if a vector comes again and again.
 */
bool local_apic_silence(struct error *error);
