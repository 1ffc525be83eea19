/* SPDX-License-Identifier: MIT */
/* A disk with a boot state, entries of which some are slots, and boots that choose one of them. */
#pragma once

#include "boot/selection.h"
#include "format/boot_state.h"
#include "host/machine.h"
#include "support.h"

enum { DISK_SIZE = 0x100000 };

extern struct host_machine machine;
extern uint8_t disk[DISK_SIZE]; /* its boot disk */

/* a, b and d are slots, c is none. */
enum { C, B, A, D };
extern struct boot_entry entries[4];
extern struct configuration configuration;

/* What the latest boot has made of it. */
extern struct boot_state state;
extern struct selection selection;
extern struct bowline_boot_device device; /* as the kernel is told */

/* For cmocka: a disk with two records, of which the first counts, and no attempt of any slot. */
int start(void **unused);
int end(void **unused);
#define TEST(function) cmocka_unit_test_setup_teardown(function, start, end)

/* The record at this place (0 or 1) of the disk. */
struct bowline_state *record(int place);

/* As records have the name of an entry. */
uint64_t name_of(int entry);

/* The loader comes up, and chooses. */
uint32_t choose(void);

/* And starts what it has chosen. */
uint32_t boot_once(void);

/* What a tool does to the boot state between two boots. */
void change(void (*edit)(struct bowline_state *));

void make_d_once(struct bowline_state *record);

/* Whether the loader has said this. */
bool is_logged(const char *text);
