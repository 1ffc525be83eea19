/* SPDX-License-Identifier: MIT */
/* The end of the firmware, one way or the other. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "firmware/memory.h"

/*
 * Takes the machine over: on UEFI ExitBootServices(), with one retry with a fresh map and nothing
 * allocated from the first try on; interrupts are off afterwards. *final is the memory map at that
 * moment. After a failure there is no firmware left to return to: the caller prints the error and
 * calls firmware_reset().
 */
bool firmware_take_over(struct firmware_memory_map *final, struct error *error);

/* Gives the machine back to the firmware after a boot that failed; its next boot option follows. */
_Noreturn void firmware_give_up(void);

_Noreturn void firmware_reset(void);

/* Switches the machine off. Comes back where that does not work. */
void firmware_power_off(void);

/* Can the machine be started again into the firmware's own setup? firmware_enter_setup() does so.
 */
bool firmware_has_setup(void);

/* Comes back where the firmware refuses. */
void firmware_enter_setup(void);

/*
 * Pages of the loader's own code that the hand-over runs from, identity-mapped: page-aligned
 * physical range that the intermediate page table maps executable.
 */
void firmware_switch_code(uint64_t *phys, uint64_t *length);
