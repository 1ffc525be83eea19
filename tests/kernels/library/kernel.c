/* SPDX-License-Identifier: MIT */
#include "kernel.h"

#include "base/print.h"
#include "pattern.h"

enum {
    PORT_SERIAL = 0x3f8,
    PORT_SERIAL_STATUS = PORT_SERIAL + 5,
    STATUS_CAN_TAKE = 1 << 5,
    STATUS_IS_EMPTY = 1 << 6,
    STATUS_NO_PORT = 0xff, /* what reads where nothing is */
    PORT_DEBUGCON = 0xe9,
    PORT_VERDICT = 0xf4,
    VERDICT_PASSED = 0x10,
    VERDICT_FAILED = 0x11,
};

static void wait_for_serial(uint8_t state)
{
    while ((in8(PORT_SERIAL_STATUS) & state) == 0)
        continue;
}

static void say_character(char c)
{
    out8(PORT_DEBUGCON, (uint8_t)c);
    if (in8(PORT_SERIAL_STATUS) == STATUS_NO_PORT)
        return;
    if (c == '\n') {
        wait_for_serial(STATUS_CAN_TAKE);
        out8(PORT_SERIAL, '\r');
    }
    wait_for_serial(STATUS_CAN_TAKE);
    out8(PORT_SERIAL, (uint8_t)c);
}

static void say_list(const char *format, va_list arguments)
{
    char text[512];
    size_t length = print_text_list(text, sizeof(text), format, arguments);

    for (size_t i = 0; i < length; i++)
        say_character(text[i]);
}

void say(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say_list(format, arguments);
    va_end(arguments);
}

_Noreturn static void end(uint8_t verdict)
{
    wait_for_serial(STATUS_IS_EMPTY); /* QEMU ends at once: what is not out is lost */
    out8(PORT_VERDICT, verdict);
    halt();
}

/* NULL: none is in question. */
static const char *promised;

void promise(const char *number)
{
    promised = number;
}

_Noreturn void pass(const char *name)
{
    say("bowline-test: pass %s\n", name);
    end(VERDICT_PASSED);
}

_Noreturn void fail(const char *file, int line, const char *format, ...)
{
    va_list arguments;

    say("bowline-test: FAIL %s:%d: ", file, line);
    if (promised != NULL)
        say("promise %s: ", promised);
    va_start(arguments, format);
    say_list(format, arguments);
    va_end(arguments);
    say("\n");
    end(VERDICT_FAILED);
}

/* What stands behind `name` where it begins a word of the command line; NULL: it does not. */
static const char *find_word(const char *text, const char *name)
{
    while (*text != '\0') {
        size_t length = 0;

        while (name[length] != '\0' && text[length] == name[length])
            length++;
        if (name[length] == '\0')
            return text + length;
        while (*text != '\0' && *text++ != ' ')
            continue;
    }
    return NULL;
}

bool fact_is(const struct bowline_info *boot, const char *word)
{
    const char *end = find_word(boot->command_line, word);

    return end != NULL && (*end == ' ' || *end == '\0');
}

const char *firmware_name(const struct bowline_info *boot)
{
    if (boot->firmware == BOWLINE_FIRMWARE_BIOS)
        return "bios";
    return boot->flags & BOWLINE_IS_UEFI_32 ? "ia32" : "uefi";
}

static unsigned digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 16;
}

uint64_t fact_number(const struct bowline_info *boot, const char *name, uint64_t otherwise)
{
    const char *text = find_word(boot->command_line, name);
    uint64_t number = 0;
    unsigned base = 10;

    if (text == NULL || *text++ != '=')
        return otherwise;
    if (text[0] == '0' && text[1] == 'x') {
        base = 16;
        text += 2;
    }
    while (digit_of(*text) < base)
        number = number * base + digit_of(*text++);
    return number;
}

void check_module(const struct bowline_module *module)
{
    uint64_t seed = pattern_seed(module->name);
    const uint64_t *words = module->address;
    const uint8_t *bytes = module->address;

    for (uint64_t i = 0; i < module->size / 8; i++)
        if (words[i] != pattern_word(seed, i))
            fail(__FILE__, __LINE__, "module %s differs at byte 0x%lx", module->name, i * 8);
    for (uint64_t i = align_down(module->size, 8); i < module->size; i++)
        if (bytes[i] != pattern_byte(seed, i))
            fail(__FILE__, __LINE__, "module %s differs at byte 0x%lx", module->name, i);
}
