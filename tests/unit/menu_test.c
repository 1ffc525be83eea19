/* SPDX-License-Identifier: MIT */
/* What keys do to the menu, and what it looks like then: tests/unit has no firmware for it. */
#include "console/menu.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "support.h"

static const char *titles[100];
static const char *edited_options;

static const char *title_of(const void *context, uint32_t entry)
{
    (void)context;
    return titles[entry];
}

static size_t options_of(const void *context, uint32_t entry, char *out)
{
    (void)context, (void)entry;
    if (out != NULL)
        memcpy(out, edited_options, strlen(edited_options));
    return strlen(edited_options);
}

static struct menu_spec spec;
static struct menu menu;
static struct canvas canvas;

static int setup(void **state)
{
    static char texts[100][32];

    (void)state;
    spec = (struct menu_spec){
        .heading = "Bowline",
        .entry_count = 3,
        .timeout = MENU_WAITS,
        .title = title_of,
        .options = options_of,
    };
    for (int i = 0; i < 100; i++) {
        snprintf(texts[i], sizeof(texts[i]), "entry %d", i);
        titles[i] = texts[i];
    }
    edited_options = "";
    return 0;
}

/* Presses the keys of a terminal; true: the last one has made the choice. */
static bool press(const char *bytes)
{
    struct key_decoder decoder = {0};
    struct key key;
    bool is_made = false;

    for (; *bytes != '\0'; bytes++) {
        assert_false(is_made);
        if (key_decode(&decoder, (uint8_t)*bytes, &key))
            is_made = menu_key(&menu, &key);
    }
    if (key_decode_pause(&decoder, &key))
        is_made = menu_key(&menu, &key);
    return is_made;
}

/* A row as UTF-8, without the spaces at its end. */
static const char *row(uint32_t number)
{
    static char text[CANVAS_COLUMNS * 4 + 1];
    char *to = text, *end = text;

    menu_draw(&menu, &canvas);
    for (uint32_t column = 0; column < CANVAS_COLUMNS; column++) {
        uint32_t character = cell_character(canvas.cells[number][column]);

        if (character != 0)
            to = utf8_put(to, character);
        if (character != ' ')
            end = to;
    }
    *end = '\0';
    return text;
}

static void assert_looks(const char *const *rows, size_t count)
{
    for (uint32_t i = 0; i < CANVAS_ROWS; i++)
        assert_string_equal(row(i), i < count ? rows[i] : "");
}

/* The row that is selected, all of it, and no other. */
static void assert_bar(uint32_t expected)
{
    menu_draw(&menu, &canvas);
    for (uint32_t i = 0; i < CANVAS_ROWS; i++)
        for (uint32_t column = 0; column < CANVAS_COLUMNS; column++)
            assert_int_equal(cell_style(canvas.cells[i][column]) == STYLE_SELECTED,
                             i == expected && column >= 2 && column < 78);
}

static void looks_like_this(void **state)
{
    static const char *const rows[] = {
        "",
        "  Bowline",
        "",
        "   1  entry 0",
        "   2  entry 1",
        "   3  entry 2",
        "",
        "      Firmware setup",
        "      Reboot",
        "      Power off",
        [22] = "  Up, Down, 1-9: choose   Enter: boot   E: edit the options",
    };
    const char *all[CANVAS_ROWS];

    (void)state;
    for (size_t i = 0; i < CANVAS_ROWS; i++)
        all[i] = i < sizeof(rows) / sizeof(rows[0]) && rows[i] != NULL ? rows[i] : "";
    spec.has_setup = true;
    spec.first_choice = 1;
    menu_start(&menu, &spec);
    assert_looks(all, CANVAS_ROWS);
    assert_bar(4);
    spec.timeout = 12;
    menu_start(&menu, &spec);
    assert_string_equal(row(20), "  Booting entry 1 in 12 s, any key stops it");
}

static void arrows_go_round(void **state)
{
    (void)state;
    menu_start(&menu, &spec);
    assert_false(press("\33[B\33[B"));
    assert_int_equal(menu.selected, 2);
    assert_bar(5);
    assert_false(press("\33[B"));
    assert_int_equal(menu_action(&menu), MENU_REBOOT);
    assert_bar(7);
    assert_false(press("\33[B"));
    assert_int_equal(menu_action(&menu), MENU_POWER_OFF);
    assert_false(press("\33[B"));
    assert_int_equal(menu.selected, 0);
    assert_false(press("\33[A"));
    assert_int_equal(menu_action(&menu), MENU_POWER_OFF);
    assert_true(press("\r"));
    assert_int_equal(menu_action(&menu), MENU_POWER_OFF);
}

static void actions_are_those_that_there_are(void **state)
{
    (void)state;
    menu_start(&menu, &spec);
    assert_false(press("3\33[B"));
    assert_int_equal(menu_action(&menu), MENU_REBOOT);
    spec.has_setup = true;
    menu_start(&menu, &spec);
    assert_false(press("3\33[B"));
    assert_int_equal(menu_action(&menu), MENU_FIRMWARE_SETUP);
}

static void digits_choose(void **state)
{
    (void)state;
    spec.entry_count = 12;
    menu_start(&menu, &spec);
    assert_false(press("9"));
    assert_int_equal(menu.selected, 8);
    assert_false(press("0x:/"));
    assert_int_equal(menu.selected, 8);
    assert_string_equal(row(11), "   9  entry 8");
    assert_string_equal(row(12), "      entry 9");
    spec.entry_count = 3;
    menu_start(&menu, &spec);
    assert_false(press("4"));
    assert_int_equal(menu.selected, 0);
    assert_true(press("2\r"));
    assert_int_equal(menu.selected, 1);
    assert_int_equal(menu_action(&menu), MENU_BOOT);
    assert_false(menu.is_editing);
}

static void long_lists_scroll(void **state)
{
    (void)state;
    spec.entry_count = 40;
    menu_start(&menu, &spec);
    assert_string_equal(row(2), "");
    assert_string_equal(row(18), "      entry 15");
    assert_string_equal(row(19), "      27 more below");
    assert_false(press("\33[6~"));
    assert_int_equal(menu.selected, 15);
    assert_false(press("\33[B"));
    assert_string_equal(row(2), "      1 more above");
    assert_string_equal(row(3), "   2  entry 1");
    assert_bar(18);
    assert_false(press("\33[F"));
    assert_string_equal(row(2), "      27 more above");
    assert_string_equal(row(16), "");
    assert_string_equal(row(18), "      Power off");
    assert_string_equal(row(19), "");
    assert_false(press("\33[5~\33[5~\33[5~\33[5~"));
    assert_int_equal(menu.selected, 0);
    assert_string_equal(row(2), "");
    spec.first_choice = 39;
    menu_start(&menu, &spec);
    assert_bar(18);
    assert_string_equal(row(18), "      entry 39");
}

static void counts_down(void **state)
{
    (void)state;
    spec.timeout = 3;
    menu_start(&menu, &spec);
    assert_false(menu_second(&menu));
    assert_string_equal(row(20), "  Booting entry 0 in 2 s, any key stops it");
    assert_false(press("\2")); /* noise on the line */
    assert_false(menu_second(&menu));
    assert_true(menu_second(&menu));
    assert_int_equal(menu_action(&menu), MENU_BOOT);
    menu_start(&menu, &spec);
    assert_false(press("x"));
    assert_string_equal(row(20), "");
    for (int i = 0; i < 10; i++)
        assert_false(menu_second(&menu));
}

static void long_titles_are_cut(void **state)
{
    (void)state;
    titles[0] = "123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789";
    titles[1] = "\xe6\x97\xa5\xe6\x9c\xac\xcc\x88 a\tb\xff\xc2\x85 \xc3\xa4";
    spec.timeout = 100;
    menu_start(&menu, &spec);
    assert_string_equal(row(3), "   1  123456789 123456789 123456789 123456789 123456789 123456789 "
                                "123456789 1");
    assert_string_equal(row(4), "   2  \xe6\x97\xa5\xe6\x9c\xac a?b?? \xc3\xa4");
    assert_int_equal(canvas.cells[4][6], cell_of(0x65e5, STYLE_PLAIN));
    assert_int_equal(canvas.cells[4][7], cell_of(0, STYLE_PLAIN));
    assert_int_equal(canvas.cells[4][11], cell_of('a', STYLE_PLAIN));
    assert_string_equal(row(20),
                        "  Booting 123456789 123456789 123456789 123456789 1 in 100 s, any key "
                        "stops it");
}

static void says_what_has_failed(void **state)
{
    char words[5000] = "";

    (void)state;
    spec.message = "/kernel.elf: the file is not there, and this is a sentence that goes on until "
                   "it is longer than a row [file-not-found]\n  what to do: put it there\n";
    menu_start(&menu, &spec);
    assert_string_equal(row(3), "  /kernel.elf: the file is not there, and this is a sentence that "
                                "goes on");
    assert_int_equal(cell_style(canvas.cells[3][2]), STYLE_ERROR);
    assert_string_equal(row(4), "  until it is longer than a row [file-not-found]");
    assert_string_equal(row(5), "    what to do: put it there");
    assert_string_equal(row(6), "");
    assert_string_equal(row(7), "   1  entry 0");

    for (int i = 0; i < 400; i++)
        strcat(words, i == 200 ? "\xc3\xa4" : "longword");
    spec.message = words;
    spec.entry_count = 40;
    menu_start(&menu, &spec);
    assert_int_equal(strlen(row(10)), 78);
    assert_string_equal(row(11), "");
    assert_string_equal(row(12), "   1  entry 0");
    assert_string_equal(row(19), "      36 more below");
    assert_false(press("\33[F"));
    assert_string_equal(row(18), "      Power off");
}

static void assert_edited(const char *options)
{
    assert_true(press("\r"));
    assert_true(menu.is_editing);
    assert_int_equal(menu_action(&menu), MENU_BOOT);
    assert_string_equal(menu.editor.text, options);
    assert_int_equal(menu.editor.length, strlen(options));
}

static void edits_options(void **state)
{
    (void)state;
    edited_options = "quiet";
    menu_start(&menu, &spec);
    assert_false(press("2e"));
    assert_string_equal(row(20), "  Options for this boot:");
    assert_string_equal(row(21), "  quiet");
    assert_string_equal(row(22), "  Enter: boot   Esc: give up   Ctrl-U: clear");
    assert_int_equal(canvas.cells[21][7], cell_of(' ', STYLE_SELECTED));
    assert_false(press(" debug"));
    assert_false(press("\33[Hvery \33[D\33[D\33[D!\33[F."));
    assert_string_equal(row(21), "  ve!ry quiet debug.");
    assert_edited("ve!ry quiet debug.");
    assert_int_equal(menu.selected, 1);

    menu_start(&menu, &spec);
    assert_false(press("e\33[D\x7f\33[3~\33[3~"));
    assert_edited("qu");
    menu_start(&menu, &spec);
    assert_false(press("e\x15\x7f\33[3~\33[C\33[D"));
    assert_edited("");
    menu_start(&menu, &spec);
    assert_false(press("E\x01"
                       "a\x05"
                       "e1"));
    assert_edited("aquiete1");
}

static void edits_characters_not_bytes(void **state)
{
    (void)state;
    edited_options = "\xc3\xa4\xe6\x97\xa5z";
    menu_start(&menu, &spec);
    assert_false(press("e\33[D\33[D"));
    assert_string_equal(row(21), "  \xc3\xa4\xe6\x97\xa5z");
    assert_int_equal(canvas.cells[21][3], cell_of(0x65e5, STYLE_SELECTED));
    assert_false(press("\xd0\x96\33[3~\33[D\33[D\x7f\33[C\33[C\x7f"));
    assert_edited("\xc3\xa4z");
}

static void gives_editing_up(void **state)
{
    (void)state;
    edited_options = "quiet";
    menu_start(&menu, &spec);
    assert_false(press("2ex"));
    assert_false(press("\33"));
    assert_false(menu.is_editing);
    assert_string_equal(row(21), "");
    assert_true(press("\r"));
    assert_false(menu.is_editing);
    menu_start(&menu, &spec);
    assert_false(press("e"));
    assert_edited("quiet");
}

static void long_options_scroll(void **state)
{
    char options[LINE_EDITOR_MAX + 1], expected[80] = "  ";

    (void)state;
    for (int i = 0; i < LINE_EDITOR_MAX; i++)
        options[i] = (char)('a' + i % 26);
    options[LINE_EDITOR_MAX] = '\0';
    edited_options = options;
    menu_start(&menu, &spec);
    assert_false(press("e"));
    assert_false(menu.is_editing);
    assert_string_equal(row(20), "  The options are too long to edit here.");

    options[LINE_EDITOR_MAX - 1] = '\0';
    menu_start(&menu, &spec);
    assert_false(press("e"));
    strcat(expected, options + LINE_EDITOR_MAX - 1 - 75);
    assert_string_equal(row(21), expected);
    assert_int_equal(canvas.cells[21][77], cell_of(' ', STYLE_SELECTED));
    assert_false(press("x\xc3\xa4")); /* full */
    assert_string_equal(row(21), expected);
    assert_false(press("\33[H"));
    snprintf(expected, sizeof(expected), "  %.76s", options);
    assert_string_equal(row(21), expected);
    assert_int_equal(canvas.cells[21][2], cell_of('a', STYLE_SELECTED));
}

static void says_why_nothing_can_be_edited(void **state)
{
    (void)state;
    menu_start(&menu, &spec);
    assert_false(press("\33[Fe")); /* an action has no options */
    assert_false(menu.is_editing);
    assert_string_equal(row(20), "");
    spec.no_editor = "It is locked.";
    menu_start(&menu, &spec);
    assert_false(press("e"));
    assert_false(menu.is_editing);
    assert_string_equal(row(20), "  It is locked.");
    assert_string_equal(row(22), "  Up, Down, 1-9: choose   Enter: boot");
}

#define TEST(function) cmocka_unit_test_setup(function, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(looks_like_this),
        TEST(arrows_go_round),
        TEST(actions_are_those_that_there_are),
        TEST(digits_choose),
        TEST(long_lists_scroll),
        TEST(counts_down),
        TEST(long_titles_are_cut),
        TEST(says_what_has_failed),
        TEST(edits_options),
        TEST(edits_characters_not_bytes),
        TEST(gives_editing_up),
        TEST(long_options_scroll),
        TEST(says_why_nothing_can_be_edited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
