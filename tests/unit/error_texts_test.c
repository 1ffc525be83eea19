/* SPDX-License-Identifier: MIT */
/* The texts as the loader carries them: packed. */
#include "base/error_texts.h"

#include "support.h"

static const struct error_texts expected[] = {
    [ERROR_NONE] = {"none", "no error", "nothing"},
#define ERROR(code, name, cause, remedy) [ERROR_##code] = {name, cause, remedy},
#include "base/errors.def"
#undef ERROR
};

static void every_error_has_its_texts(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ERROR_COUNT; i++) {
        struct error_texts texts = error_texts((enum error_code)i);

        assert_string_equal(texts.name, expected[i].name);
        assert_string_equal(texts.cause, expected[i].cause);
        assert_string_equal(texts.remedy, expected[i].remedy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_error_has_its_texts)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
