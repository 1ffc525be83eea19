/* SPDX-License-Identifier: MIT */
/*
 * SHA-256 by the SHA extensions of x86 (Intel SDM, volume 1, section 18.5), about seven times as
 * fast as without. A file of its own, because nothing else may be compiled to use them.
 */
#include "base/sha256.h"
#include "base/sha256_blocks.h"

#ifdef __x86_64__
#include <cpuid.h>
#include <immintrin.h>

bool sha256_has_instructions(void)
{
    const unsigned SSSE3 = 1 << 9, SSE41 = 1 << 19, SHA = 1 << 29;
    unsigned a, b, c, d;

    if (!__get_cpuid(1, &a, &b, &c, &d) || (c & SSSE3) == 0 || (c & SSE41) == 0)
        return false;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & SHA) != 0;
}

__attribute__((target("sha,ssse3,sse4.1"))) void
sha256_add_blocks_fast(uint32_t state[8], const uint8_t *blocks, size_t count)
{
    const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    const __m128i *constants = (const __m128i *)SHA256_CONSTANTS;
    __m128i *words = (__m128i *)state;
    __m128i dcba = _mm_loadu_si128(&words[0]);
    __m128i hgfe = _mm_loadu_si128(&words[1]);

    /* The instructions want the state as ABEF and CDGH, A in the highest place. */
    __m128i cdab = _mm_shuffle_epi32(dcba, 0xb1);
    __m128i efgh = _mm_shuffle_epi32(hgfe, 0x1b);
    __m128i abef = _mm_alignr_epi8(cdab, efgh, 8);
    __m128i cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);

    for (; count > 0; count--, blocks += SHA256_BLOCK_SIZE) {
        const __m128i abef_before = abef, cdgh_before = cdgh;
        __m128i w[4]; /* the last sixteen words of the schedule */

#pragma GCC unroll 16
        for (int i = 0; i < 16; i++) { /* four rounds each */
            if (i < 4) {
                __m128i bytes = _mm_loadu_si128((const __m128i *)blocks + i);
                w[i] = _mm_shuffle_epi8(bytes, big_endian);
            } else {
                __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w[i % 4], w[(i + 1) % 4]),
                                            _mm_alignr_epi8(w[(i + 3) % 4], w[(i + 2) % 4], 4));
                w[i % 4] = _mm_sha256msg2_epu32(sum, w[(i + 3) % 4]);
            }
            __m128i inputs = _mm_add_epi32(w[i % 4], _mm_loadu_si128(&constants[i]));
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, inputs);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(inputs, 0x0e));
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }

    __m128i feba = _mm_shuffle_epi32(abef, 0x1b);
    __m128i dchg = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128(&words[0], _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128(&words[1], _mm_alignr_epi8(dchg, feba, 8));
}

#else

bool sha256_has_instructions(void)
{
    return false;
}

void sha256_add_blocks_fast(uint32_t state[8], const uint8_t *blocks, size_t count)
{
    sha256_add_blocks(state, blocks, count);
}

#endif
