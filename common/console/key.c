/* SPDX-License-Identifier: MIT */
#include "console/key.h"

enum {
    CONTROL_A = 1,
    CONTROL_E = 5,
    CONTROL_U = 21,
    ESCAPE = 27,
    DELETED = 127, /* what most terminals send for the key Backspace */
};

struct key key_of(uint32_t character)
{
    enum key_code code = KEY_CHARACTER;

    if (character == '\r' || character == '\n')
        code = KEY_ENTER;
    else if (character == '\b' || character == DELETED)
        code = KEY_BACKSPACE;
    else if (character == CONTROL_A)
        code = KEY_HOME;
    else if (character == CONTROL_E)
        code = KEY_END;
    else if (character == CONTROL_U)
        code = KEY_CLEAR;
    else if (character == ESCAPE)
        code = KEY_ESCAPE;
    else if (character < ' ' || (character >= 0x80 && character < 0xa0))
        code = KEY_OTHER;
    return (struct key){code, character};
}

/* ESC [ 3 ~ */
static enum key_code numbered_key(uint32_t number)
{
    static const uint8_t codes[] = {KEY_OTHER,   KEY_HOME,      KEY_INSERT, KEY_DELETE, KEY_END,
                                    KEY_PAGE_UP, KEY_PAGE_DOWN, KEY_HOME,   KEY_END};

    return number < sizeof(codes) ? (enum key_code)codes[number] : KEY_OTHER;
}

/* ESC [ A, ESC O A, ESC [ 1 ; 5 A: parameters, then a letter or a tilde. */
static bool end_sequence(struct key_decoder *decoder, uint8_t byte, struct key *out)
{
    if (byte >= '0' && byte <= '9') {
        if (!decoder->is_number_over && decoder->number < 100)
            decoder->number = decoder->number * 10 + byte - '0';
        return false;
    }
    if (byte >= ' ' && byte < '@') {
        decoder->is_number_over = true;
        return false;
    }
    decoder->state = KEY_BYTES;
    out->character = 0;
    if (byte >= 'A' && byte <= 'D')
        out->code = (enum key_code)(KEY_UP + byte - 'A');
    else if (byte == 'H')
        out->code = KEY_HOME;
    else if (byte == 'F')
        out->code = KEY_END;
    else if (byte == '~')
        out->code = numbered_key(decoder->number);
    else
        out->code = KEY_OTHER;
    return true;
}

/* RFC 3629, without its finer points: nothing but a wrong character comes of them. */
static bool collect_utf8(struct key_decoder *decoder, uint8_t byte, struct key *out)
{
    if ((byte & 0xc0) != 0x80) {
        decoder->missing = byte < 0xc0 ? 0 : byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
        decoder->character = byte & (0x3fu >> decoder->missing);
        return false;
    }
    if (decoder->missing == 0)
        return false;
    decoder->character = decoder->character << 6 | (byte & 0x3f);
    if (--decoder->missing > 0)
        return false;
    *out = key_of(decoder->character);
    return true;
}

bool key_decode(struct key_decoder *decoder, uint8_t byte, struct key *out)
{
    if (byte == ESCAPE) {
        *decoder = (struct key_decoder){.state = KEY_AFTER_ESCAPE};
        return false;
    }
    if (decoder->state == KEY_IN_SEQUENCE)
        return end_sequence(decoder, byte, out);
    if (decoder->state == KEY_AFTER_ESCAPE && (byte == '[' || byte == 'O')) {
        decoder->state = KEY_IN_SEQUENCE;
        return false;
    }
    decoder->state = KEY_BYTES; /* Alt and a key is that key */
    if (byte >= 0x80)
        return collect_utf8(decoder, byte, out);
    *out = key_of(byte);
    return true;
}

bool key_decode_pause(struct key_decoder *decoder, struct key *out)
{
    bool is_escape = decoder->state == KEY_AFTER_ESCAPE;

    *decoder = (struct key_decoder){0};
    if (is_escape)
        *out = key_of(ESCAPE);
    return is_escape;
}
