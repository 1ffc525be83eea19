/* SPDX-License-Identifier: MIT */
/*
 * Division of 64-bit numbers, which compilers of 32-bit code call by these names and find in a
 * library of their own elsewhere.
 */
#include <stddef.h>
#include <stdint.h>

uint64_t __udivdi3(uint64_t dividend, uint64_t divisor);
uint64_t __umoddi3(uint64_t dividend, uint64_t divisor);
uint64_t __udivmoddi4(uint64_t dividend, uint64_t divisor, uint64_t *remainder);

/* The quotient has to fit: high < divisor. */
static uint32_t divide(uint32_t high, uint32_t low, uint32_t divisor, uint32_t *remainder)
{
    uint32_t quotient;

    __asm__("divl %4" : "=a"(quotient), "=d"(*remainder) : "a"(low), "d"(high), "r"(divisor));
    return quotient;
}

/* Digit by digit, with 32 bits each. */
static uint64_t divide_by_short(uint64_t dividend, uint32_t divisor, uint64_t *remainder)
{
    uint32_t rest;
    uint32_t high = divide(0, (uint32_t)(dividend >> 32), divisor, &rest);
    uint32_t low = divide(rest, (uint32_t)dividend, divisor, &rest);

    *remainder = rest;
    return (uint64_t)high << 32 | low;
}

/* Bit by bit. The divisor has more than 32 of them, and so the quotient has no more. */
static uint64_t divide_by_long(uint64_t dividend, uint64_t divisor, uint64_t *remainder)
{
    uint64_t rest = dividend >> 32;
    uint32_t quotient = 0;

    for (int bit = 31; bit >= 0; bit--) {
        rest = rest << 1 | (dividend >> bit & 1);
        quotient <<= 1;
        if (rest >= divisor) {
            rest -= divisor;
            quotient |= 1;
        }
    }
    *remainder = rest;
    return quotient;
}

uint64_t __udivmoddi4(uint64_t dividend, uint64_t divisor, uint64_t *remainder)
{
    uint64_t rest;
    uint64_t quotient = divisor <= UINT32_MAX ? divide_by_short(dividend, (uint32_t)divisor, &rest)
                                              : divide_by_long(dividend, divisor, &rest);

    if (remainder != NULL)
        *remainder = rest;
    return quotient;
}

uint64_t __udivdi3(uint64_t dividend, uint64_t divisor)
{
    return __udivmoddi4(dividend, divisor, NULL);
}

uint64_t __umoddi3(uint64_t dividend, uint64_t divisor)
{
    uint64_t remainder;

    __udivmoddi4(dividend, divisor, &remainder);
    return remainder;
}
