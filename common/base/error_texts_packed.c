/* SPDX-License-Identifier: MIT */
#include "base/error_texts.h"

#include "base/string.h"
#include "format/inflate.h"

/* All of them unpacked, each with its NUL, as list_error_texts.c writes them. */
enum {
    TEXTS_SIZE = sizeof("none") + sizeof("no error") + sizeof("nothing")
#define ERROR(code, name, cause, remedy) +sizeof(name) + sizeof(cause) + sizeof(remedy)
#include "base/errors.def"
#undef ERROR
};

/* Made at build time: error_texts_blob.c. */
extern const uint8_t packed_error_texts[];
extern const size_t packed_error_texts_size;

static const char *skip(const char *text, unsigned count)
{
    for (; count > 0; count--)
        text += strlen(text) + 1;
    return text;
}

struct error_texts error_texts(enum error_code code)
{
    static char texts[TEXTS_SIZE];
    struct error ignored; /* nobody could be told that the loader's own code is damaged */

    if (texts[0] == '\0')
        gzip_unpack(packed_error_texts, packed_error_texts_size, texts, &ignored);

    const char *name = skip(texts, 3 * code);

    return (struct error_texts){name, skip(name, 1), skip(name, 2)};
}
