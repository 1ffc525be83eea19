/* SPDX-License-Identifier: MIT */
#include "firmware/console.h"

#include "base/units.h"
#include "bios_call.h"
#include "cpu/cpu.h"
#include "firmware/memory.h"

enum {
    BATCH = 16,
    ZERO_FLAG = 1 << 6,
    UNUSED_PORT = 0x80,

    COLUMNS = 80, /* of text mode 3 */
    ROWS = 25,
    GREY = 7,
    CURSOR = 0x0607, /* its first and last line */
    CURSOR_HIDDEN = 0x2000,
};

/* Below 1 MiB, as all of stage 3. */
static struct bios_call batch[BATCH];
static uint32_t batch_length;

/* A service that leaves carry set has shown its character all the same. */
static void flush(void)
{
    for (uint32_t done = 0; done < batch_length; done++)
        done += bios_calls(batch + done, batch_length - done);
    batch_length = 0;
}

static void add(const struct bios_call *call)
{
    if (batch_length == BATCH)
        flush();
    batch[batch_length++] = *call;
}

static void put(char character)
{
    /* Page 0; the colour counts in graphics modes. */
    add(&(struct bios_call){.interrupt = 0x10, .eax = 0x0e00 | (uint8_t)character, .ebx = GREY});
}

void firmware_write_text(const char *text, size_t length)
{
    firmware_must_be_alive();
    for (; length > 0; length--, text++) {
        if (*text == '\n')
            put('\r');
        put(*text);
    }
    flush();
}

void firmware_clear_text(bool shows_cursor)
{
    struct bios_call calls[] = {
        {.interrupt = 0x10,
         .eax = 0x0600,
         .ebx = GREY << 8,
         .edx = (ROWS - 1) << 8 | (COLUMNS - 1)},
        {.interrupt = 0x10, .eax = 0x0200},
        {.interrupt = 0x10, .eax = 0x0100, .ecx = shows_cursor ? CURSOR : CURSOR_HIDDEN},
    };

    firmware_must_be_alive();
    for (size_t i = 0; i < COUNT_OF(calls); i++)
        add(&calls[i]);
    flush();
}

/* Whatever the cursor's place is afterwards: it is hidden. */
void firmware_draw_text(uint32_t column, uint32_t row, uint8_t attribute, const char *text,
                        size_t length)
{
    firmware_must_be_alive();
    for (size_t i = 0; i < length; i++) {
        add(&(struct bios_call){
            .interrupt = 0x10, .eax = 0x0200, .edx = row << 8 | (column + (uint32_t)i)});
        add(&(struct bios_call){
            .interrupt = 0x10, .eax = 0x0900 | (uint8_t)text[i], .ebx = attribute, .ecx = 1});
    }
    flush();
}

static struct bios_call call(uint32_t interrupt, uint32_t eax, uint32_t ecx, uint32_t edx)
{
    struct bios_call call = {.interrupt = (uint16_t)interrupt, .eax = eax, .ecx = ecx, .edx = edx};

    bios_calls(&call, 1);
    return call;
}

/* Scan codes 47h to 53h: the numeric keypad, and the keys that took over from it. */
static struct key key_of_scan_code(uint8_t scan_code)
{
    static const uint8_t codes[] = {
        KEY_HOME,  KEY_UP,  KEY_PAGE_UP, KEY_OTHER,     KEY_LEFT,   KEY_OTHER,  KEY_RIGHT,
        KEY_OTHER, KEY_END, KEY_DOWN,    KEY_PAGE_DOWN, KEY_INSERT, KEY_DELETE,
    };
    uint32_t index = scan_code - 0x47u;

    return (struct key){index < COUNT_OF(codes) ? (enum key_code)codes[index] : KEY_OTHER, 0};
}

/* The BIOS does not tell whether there is a keyboard: one may be plugged in later. */
bool firmware_poll_key(struct key *out)
{
    uint32_t eax;

    firmware_must_be_alive();
    if (call(0x16, 0x0100, 0, 0).flags & ZERO_FLAG)
        return false;
    eax = call(0x16, 0, 0, 0).eax;
    if (LOW_BYTE(eax) == 0 || LOW_BYTE(eax) >= 0x80) /* some code page, or the mark of a new key */
        *out = key_of_scan_code(HIGH_BYTE(eax));
    else
        *out = key_of(LOW_BYTE(eax));
    return true;
}

/* A BIOS that cannot wait is helped out by a port that takes about a microsecond. */
void firmware_pause(uint32_t milliseconds)
{
    uint32_t microseconds = milliseconds * 1000;

    firmware_must_be_alive();
    if (!(call(0x15, 0x8600, microseconds >> 16, microseconds & 0xffff).flags & BIOS_CARRY))
        return;
    for (; microseconds > 0; microseconds--)
        cpu_in8(UNUSED_PORT);
}
