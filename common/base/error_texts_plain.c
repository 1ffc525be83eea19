/* SPDX-License-Identifier: MIT */
#include "base/error_texts.h"

static const struct error_texts texts[ERROR_COUNT] = {
    [ERROR_NONE] = {"none", "no error", "nothing"},
#define ERROR(code, name, cause, remedy) [ERROR_##code] = {name, cause, remedy},
#include "base/errors.def"
#undef ERROR
};

struct error_texts error_texts(enum error_code code)
{
    return texts[code];
}
