/* SPDX-License-Identifier: MIT */
/* What every test kernel needs: text out, a verdict, and the facts that it was told to expect. */
#pragma once

#include <bowline.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/string.h"
#include "base/units.h"

/* Text to the serial port and to the debug console; a kernel that has no serial port has the other.
 */
__attribute__((format(printf, 1, 2))) void say(const char *format, ...);

/* The end marker "bowline-test: pass NAME", and 0x10 to port 0xf4. */
_Noreturn void pass(const char *name);

/*
 * What the checks from here on are about: a number of docs/boot-protocol.md, which fail() names.
 * Write the number as a literal: tests/build/promises-test.sh looks for it.
 */
void promise(const char *number);

/* "bowline-test: FAIL FILE:LINE: promise NUMBER: TEXT", and 0x11 to port 0xf4. */
__attribute__((format(printf, 3, 4))) _Noreturn void fail(const char *file, int line,
                                                          const char *format, ...);

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fail(__FILE__, __LINE__, "not true: %s", #condition);                                  \
    } while (0)

#define CHECK_EQUAL(actual, expected)                                                              \
    do {                                                                                           \
        uint64_t actual_value = (uint64_t)(actual), expected_value = (uint64_t)(expected);         \
        if (actual_value != expected_value)                                                        \
            fail(__FILE__, __LINE__, "%s is 0x%lx, not 0x%lx", #actual, actual_value,              \
                 expected_value);                                                                  \
    } while (0)

/*
 * Facts stand on the command line as words: firmware=uefi memory=256. fact_is(): is there such a
 * word; fact_number(): its number, decimal or with 0x, or `otherwise` when nothing is said.
 */
bool fact_is(const struct bowline_info *boot, const char *word);
uint64_t fact_number(const struct bowline_info *boot, const char *name, uint64_t otherwise);

/* What booted: "bios", "uefi", or "ia32" for 32-bit UEFI firmware. */
const char *firmware_name(const struct bowline_info *boot);

/* Fails unless the module has the contents that pattern.h gives for its name. */
void check_module(const struct bowline_module *module);

static inline void out8(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint8_t in8(uint16_t port)
{
    uint8_t value;

    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

_Noreturn static inline void halt(void)
{
    for (;;)
        __asm__ volatile("cli; hlt");
}
