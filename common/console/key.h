/* SPDX-License-Identifier: MIT */
/* A key that a person presses, and the bytes that a terminal sends for it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Those that move, as UEFI numbers them (UEFI 2.10, table 12.2). */
enum key_code {
    KEY_CHARACTER,
    KEY_UP,
    KEY_DOWN,
    KEY_RIGHT,
    KEY_LEFT,
    KEY_HOME,
    KEY_END,
    KEY_INSERT,
    KEY_DELETE,
    KEY_PAGE_UP,
    KEY_PAGE_DOWN,
    KEY_BACKSPACE,
    KEY_CLEAR, /* Ctrl-U */
    KEY_ENTER,
    KEY_ESCAPE,
    KEY_OTHER, /* some key, which means nothing to us */
};

struct key {
    enum key_code code;
    uint32_t character; /* Unicode; 0: the key has none */
};

/* The key of a character, of a control character (Ctrl-A, Enter ...) too. */
struct key key_of(uint32_t character);

/* Bytes of a terminal (VT100, xterm), the sequences of its keys among them. Begins as all zeros. */
struct key_decoder {
    enum { KEY_BYTES, KEY_AFTER_ESCAPE, KEY_IN_SEQUENCE } state;
    uint32_t number;     /* the first of a sequence */
    bool is_number_over; /* another one follows it */
    uint32_t character;  /* the UTF-8 that has come so far ... */
    uint32_t missing;    /* ... and how many bytes of it have not */
};

/* True: a key is complete. */
bool key_decode(struct key_decoder *decoder, uint8_t byte, struct key *out);

/* No byte has come for a while. True: so what came last was the key Esc. */
bool key_decode_pause(struct key_decoder *decoder, struct key *out);
