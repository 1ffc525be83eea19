/* SPDX-License-Identifier: MIT */
/* What stage 2 has to say: on the screen, on COM1, and on the debug console. */
#pragma once

#include <stddef.h>
#include <stdint.h>

void console_start(void);

/*
 * "Bowline: stage 2: CAUSE [NUMBER in hexadecimal]", the remedy on the next line, and the end:
 * interrupts stay on, so that Ctrl-Alt-Del works.
 */
_Noreturn void fail(const char *cause, const char *remedy);
_Noreturn void fail_with(const char *cause, uint32_t number, const char *remedy);

/* The same with "CAUSE NUMBER MORE NUMBER". */
_Noreturn void fail_with_two(const char *cause, uint32_t first, const char *more, uint32_t second,
                             const char *remedy);
