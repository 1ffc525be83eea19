/* SPDX-License-Identifier: MIT */
#include "firmware/console.h"

#include "bios_call.h"
#include "firmware/memory.h"

enum { BATCH = 16, ZERO_FLAG = 1 << 6 };

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

static void put(char character)
{
    if (batch_length == BATCH)
        flush();
    batch[batch_length++] = (struct bios_call){
        .interrupt = 0x10,
        .eax = 0x0e00 | (uint8_t)character,
        .ebx = 7, /* page 0; grey, where colours count */
    };
}

void firmware_write_text(const char *text, size_t length)
{
    firmware_must_be_alive(__func__);
    for (; length > 0; length--, text++) {
        if (*text == '\n')
            put('\r');
        put(*text);
    }
    flush();
}

static struct bios_call call_keyboard(uint16_t function)
{
    struct bios_call call = {.interrupt = 0x16, .eax = function};

    bios_calls(&call, 1);
    return call;
}

/* The BIOS does not tell whether there is a keyboard: one may be plugged in while we wait. */
void firmware_wait_for_key(void)
{
    firmware_must_be_alive(__func__);
    /* Keys from before the message do not count. */
    while (!(call_keyboard(0x0100).flags & ZERO_FLAG))
        call_keyboard(0);
    call_keyboard(0);
}
