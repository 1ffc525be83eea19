/* SPDX-License-Identifier: MIT */
#include "format/last_words.h"

#include <string.h>

#include "base/units.h"
#include "support.h"

static struct last_words words_of(uint64_t number, uint32_t flags, const char *text)
{
    struct last_words words = {.number = number, .flags = flags, .size = (uint32_t)strlen(text)};

    last_words_seal(&words, text);
    return words;
}

static void every_bit_of_a_header_counts(void **state)
{
    struct last_words words = words_of(7, 0, "text");
    uint8_t *bytes = (uint8_t *)&words;

    (void)state;
    assert_true(last_words_are_there(&words));
    for (size_t i = 0; i < 8 * sizeof(words); i++) {
        bytes[i / 8] ^= (uint8_t)(1 << i % 8);
        assert_false(last_words_are_there(&words));
        bytes[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    memset(&words, 0, sizeof(words));
    assert_false(last_words_are_there(&words));
}

static void a_text_that_is_too_long_is_none(void **state)
{
    static char text[LAST_WORDS_TEXT_MAX + 1];
    struct last_words words = {.number = 1, .size = LAST_WORDS_TEXT_MAX};

    (void)state;
    last_words_seal(&words, text);
    assert_true(last_words_are_there(&words));
    words.size++;
    last_words_seal(&words, text);
    assert_false(last_words_are_there(&words));
}

static uint32_t choose(struct last_words first, struct last_words second)
{
    const struct last_words places[] = {first, second};

    return last_words_choose(places);
}

static void the_place_that_is_worth_less_is_taken(void **state)
{
    const uint32_t failed = LAST_WORDS_OF_FAILURE;
    const struct last_words none = {0};

    (void)state;
    assert_int_equal(choose(none, words_of(3, 0, "")), 0);
    assert_int_equal(choose(words_of(3, 0, ""), none), 1);
    assert_int_equal(choose(words_of(0, 0, ""), words_of(0, 0, "")), 0);
    assert_int_equal(choose(words_of(4, 0, ""), words_of(3, 0, "")), 1);
    assert_int_equal(choose(words_of(3, 0, ""), words_of(4, 0, "")), 0);
    assert_int_equal(choose(words_of(3, failed, ""), words_of(4, 0, "")), 1);
    assert_int_equal(choose(words_of(3, 0, ""), words_of(2, failed, "")), 0);
    assert_int_equal(choose(words_of(3, failed, ""), words_of(2, failed, "")), 1);
    assert_int_equal(choose(words_of(3, failed, ""), none), 1);
}

static void a_note_is_found_whole_or_not_at_all(void **state)
{
    static struct fault_note note;
    uint8_t *bytes = (uint8_t *)&note;

    (void)state;
    note = (struct fault_note){.number = 5};
    assert_false(fault_note_is_there(&note, 5));
    fault_note_add(&note, "one ", 4);
    fault_note_add(&note, "two", 3);
    assert_false(fault_note_is_there(&note, 5));
    fault_note_finish(&note);
    assert_true(fault_note_is_there(&note, 5));
    assert_false(fault_note_is_there(&note, 4));
    assert_memory_equal(note.text, "one two", 7);
    for (size_t i = 0; i < 8 * (24 + 7); i++) {
        bytes[i / 8] ^= (uint8_t)(1 << i % 8);
        assert_false(fault_note_is_there(&note, 5));
        bytes[i / 8] ^= (uint8_t)(1 << i % 8);
    }
}

static void a_long_note_is_cut(void **state)
{
    static struct fault_note note[2];
    const char line[100] = "a line that is written again and again";

    (void)state;
    memset(note, 0, sizeof(note));
    note[0].number = 1;
    for (unsigned i = 0; i < 50; i++)
        fault_note_add(&note[0], line, sizeof(line));
    assert_int_equal(note[0].size, sizeof(note[0].text));
    fault_note_finish(&note[0]);
    assert_true(fault_note_is_there(&note[0], 1));
    assert_int_equal(note[1].magic, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_bit_of_a_header_counts),
        cmocka_unit_test(a_text_that_is_too_long_is_none),
        cmocka_unit_test(the_place_that_is_worth_less_is_taken),
        cmocka_unit_test(a_note_is_found_whole_or_not_at_all),
        cmocka_unit_test(a_long_note_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
