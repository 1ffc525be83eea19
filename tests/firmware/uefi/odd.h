/* SPDX-License-Identifier: MIT */
/*
 * Odd firmware: an application that changes the boot services and then starts the loader. It lies
 * at /EFI/BOOT/BOOTX64.EFI or BOOTIA32.EFI, the loader at /EFI/BOOT/LOADER.EFI, and /odd.txt names
 * the oddities.
 */
#pragma once

#include <efi.h>
#include <stdbool.h>
#include <stdint.h>

struct firmware {
    EFI_HANDLE image;
    EFI_BOOT_SERVICES *services; /* the table that the loader sees */
    EFI_BOOT_SERVICES original;  /* what was in it */
};

extern struct firmware firmware;

/* To the serial port, without the firmware: usable after ExitBootServices() too. */
void say(const char *text);

/* Ends the test: this machine cannot have the oddity. */
_Noreturn void give_up(const char *why);

/* Memory that stays until the next boot; gives up if there is none. */
void *allocate(UINTN size);

/* An oddity changes what it changes when made, before the loader is loaded. */
struct oddity {
    const char *word; /* in /odd.txt */
    void (*make)(void);
};

void make_descriptors_large(void);  /* 56 bytes, out of order, overlapping, of unknown types */
void make_first_exit_fail(void);    /* the memory map changes in the first ExitBootServices() */
void make_interrupts_pending(void); /* in the local APIC, once the firmware has been left */
void hide_entropy(void);            /* no random number generator */
void put_framebuffer_high(void);    /* the pixels of the only screen lie at 1 TiB, or 5 GiB */

/* Those that 64-bit and 32-bit firmware do not have in common; the end has no word. */
extern const struct oddity paging_oddities[];
