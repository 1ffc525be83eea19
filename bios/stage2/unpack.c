/* SPDX-License-Identifier: MIT */
/* Runs in 32-bit protected mode, with code for real mode around it: it must not call any of that.
 */
#include "unpack.h"

#include "base/bytes.h"

enum { LENGTH_GOES_ON = 15, BYTE_GOES_ON = 255, OFFSET_SIZE = 2, MATCH_MIN = 4 };

/* What is left of the block. */
struct input {
    const uint8_t *next;
    size_t left;
};

/*
 * *length is four bits of a token: adds the bytes that go on with them if all four are set. False:
 * the block ends in these. The sum fits, as there are less than 16 MiB of them.
 */
static bool read_length(struct input *input, size_t *length)
{
    uint8_t byte = *length == LENGTH_GOES_ON ? BYTE_GOES_ON : 0;

    while (byte == BYTE_GOES_ON) {
        if (input->left == 0)
            return false;
        input->left--;
        byte = *input->next++;
        *length += byte;
    }
    return true;
}

/* Upwards and byte by byte, as the processor defines it: a match may reach into what it makes. */
static void copy(uint8_t *to, const uint8_t *from, size_t length)
{
#if defined(__i386__) || defined(__x86_64__)
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(length) : : "memory");
#else /* mkimage on another machine */
    while (length-- > 0)
        *to++ = *from++;
#endif
}

bool unpack(const uint8_t *block, size_t block_size, uint8_t *to, size_t size)
{
    struct input input = {block, block_size};
    size_t done = 0;

    while (input.left > 0) {
        uint8_t token = *input.next++;
        size_t literals = token >> 4, match = token & 15, offset;

        input.left--;
        if (!read_length(&input, &literals) || literals > input.left || literals > size - done)
            return false;
        copy(to + done, input.next, literals);
        done += literals;
        input.next += literals;
        input.left -= literals;
        if (input.left == 0) /* the last literals have no match */
            return done == size;

        if (input.left < OFFSET_SIZE)
            return false;
        offset = load_le16(input.next);
        input.next += OFFSET_SIZE;
        input.left -= OFFSET_SIZE;
        if (offset == 0 || offset > done || !read_length(&input, &match))
            return false;
        match += MATCH_MIN;
        if (match > size - done)
            return false;
        copy(to + done, to + done - offset, match);
        done += match;
    }
    return false;
}
