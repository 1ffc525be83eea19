/* SPDX-License-Identifier: MIT */
#include "console/keys.h"

#include "console/log.h"
#include "console/serial.h"
#include "firmware/console.h"

enum {
    POLLS_UNTIL_OURS = 10, /* firmware that reads the port does so about every 20 ms */
    POLLS_UNTIL_ESCAPE = 3,
    KEYS_AT_ONCE = 100,
};

static struct key_decoder decoder;
static bool is_serial_ours;
static uint32_t polls_with_byte; /* in a row, while it is not known whose the bytes are */
static uint32_t polls_without;   /* in a row */

/* False: no key is complete. */
static bool poll_serial(uint16_t port, struct key *out)
{
    if (port == 0 || !serial_has_byte(port)) {
        polls_with_byte = 0;
        return false;
    }
    polls_without = 0;
    is_serial_ours |= ++polls_with_byte > POLLS_UNTIL_OURS;
    while (is_serial_ours && serial_has_byte(port))
        if (key_decode(&decoder, serial_read(port), out))
            return true;
    return false;
}

/* Firmware with a terminal gives us the sequences that it does not know byte by byte. */
static bool poll_firmware(struct key *out)
{
    while (firmware_poll_key(out)) {
        polls_without = 0;
        if (out->character == 0 || out->character >= 0x80 ||
            key_decode(&decoder, (uint8_t)out->character, out))
            return true;
    }
    return false;
}

bool keys_poll(struct key *out)
{
    return poll_firmware(out) || poll_serial(log_serial_port(), out) ||
           (++polls_without == POLLS_UNTIL_ESCAPE && key_decode_pause(&decoder, out));
}

/* All that comes until it is known whose the bytes at the serial port are. */
static void forget(void)
{
    struct key key;

    for (uint32_t polls = 0; polls <= 2 * POLLS_UNTIL_OURS; polls++) {
        /* A line with noise on it never falls silent. */
        for (uint32_t keys = 0; keys < KEYS_AT_ONCE && keys_poll(&key); keys++)
            ;
        firmware_pause(KEYS_PAUSE);
    }
}

bool keys_were_pressed(void)
{
    struct key key;
    uint16_t port = log_serial_port();

    if (!firmware_poll_key(&key) && (port == 0 || !serial_has_byte(port)))
        return false;
    forget();
    return true;
}

void keys_wait(void)
{
    struct key key;

    forget();
    while (!keys_poll(&key))
        firmware_pause(KEYS_PAUSE);
}
