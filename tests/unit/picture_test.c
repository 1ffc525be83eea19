/* SPDX-License-Identifier: MIT */
/* Which box lies in which, which are drawn as one, and that rows have no gaps and no overlaps. */
#include "show/picture.h"

#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "support.h"

enum { PART, FILES, DIRECTORIES };

static const struct picture_kind kinds[] = {
    [PART] = {"partition", TONE_MAP, NULL},
    [FILES] = {"file", TONE_FILE, "files"},
    [DIRECTORIES] = {"directory", TONE_DATA, "directories"},
};

static struct picture picture;

static int setup(void **state)
{
    (void)state;
    picture_begin(&picture, kinds, COUNT_OF(kinds));
    picture_title(&picture, "%s", "title");
    picture_subtitle(&picture, "%s", "subtitle");
    picture.nothing = "free";
    picture.hole = "hole";
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    picture_free(&picture);
    return 0;
}

static void assert_box(size_t index, uint64_t first, uint64_t last, unsigned depth,
                       const char *label)
{
    assert_true(index < picture.count);
    assert_int_equal(picture.boxes[index].first, first);
    assert_int_equal(picture.boxes[index].last, last);
    assert_int_equal(picture.boxes[index].depth, depth);
    assert_string_equal(picture.boxes[index].label, label);
}

/* Rows cover everything once, in ascending order, and none is too low for a line of text. */
static size_t check_rows(void)
{
    size_t count;
    struct picture_row *rows = picture_rows(&picture, &count);
    uint64_t next = picture.first;

    for (size_t i = 0; i < count; i++) {
        assert_int_equal(rows[i].first, next);
        assert_true(rows[i].last >= rows[i].first);
        assert_true(rows[i].height >= 20);
        if (i > 0 && rows[i].panel == rows[i - 1].panel)
            assert_int_equal(rows[i].top, rows[i - 1].top + rows[i - 1].height);
        else
            assert_int_equal(rows[i].top, 0);
        next = rows[i].last + 1;
    }
    assert_int_equal(rows[count - 1].last, picture.last);
    free(rows);
    return count;
}

static void boxes_lie_in_others(void **state)
{
    (void)state;
    picture.last = 9999;
    picture_add(&picture, FILES, 1200, 100, "b", NULL);
    picture_add(&picture, PART, 1000, 1000, "part", "note");
    picture_add(&picture, FILES, 1000, 200, "a", NULL);
    picture_add(&picture, FILES, 5000, 100, "c", NULL);
    picture_arrange(&picture, 100);
    assert_int_equal(picture.count, 4);
    assert_box(0, 1000, 1999, 0, "part");
    assert_box(1, 1000, 1199, 1, "a");
    assert_box(2, 1200, 1299, 1, "b");
    assert_box(3, 5000, 5099, 0, "c");
    assert_true(picture.boxes[0].has_inner);
    assert_false(picture.boxes[1].has_inner);
    assert_int_equal(check_rows(), 7);
}

static void what_crosses_an_end_is_cut(void **state)
{
    (void)state;
    picture.first = 100;
    picture.last = 999;
    picture_add(&picture, PART, 100, 500, "part", NULL);
    picture_add(&picture, FILES, 500, 300, "across", NULL);
    picture_add(&picture, FILES, 900, 300, "beyond", NULL);
    picture_add(&picture, FILES, 1000, 1, "outside", NULL);
    picture_add(&picture, FILES, 50, 10, "before", NULL);
    picture_arrange(&picture, 100);
    assert_int_equal(picture.count, 3);
    assert_box(1, 500, 599, 1, "across");
    assert_box(2, 900, 999, 0, "beyond");
    check_rows();
}

static void the_end_of_the_address_space(void **state)
{
    (void)state;
    picture.hole_first = UINT64_C(1) << 47;
    picture.hole_last = ~picture.hole_first;
    picture_add(&picture, PART, UINT64_MAX - 4095, 4096, "last page", NULL);
    picture_add(&picture, PART, 0, 4096, "first page", NULL);
    picture_arrange(&picture, 100);
    assert_box(1, UINT64_MAX - 4095, UINT64_MAX, 0, "last page");
    assert_int_equal(check_rows(), 5);
}

static void the_same_place_twice(void **state)
{
    (void)state;
    picture.last = 99;
    picture_add(&picture, PART, 0, 100, "outer", NULL);
    picture_add(&picture, FILES, 0, 100, "inner", NULL);
    picture_arrange(&picture, 100);
    assert_box(0, 0, 99, 0, "outer");
    assert_box(1, 0, 99, 1, "inner");
    assert_int_equal(check_rows(), 1);
}

static void too_deep_is_left_out(void **state)
{
    (void)state;
    picture.last = 99;
    for (unsigned i = 0; i < 40; i++)
        picture_add(&picture, PART, i, 100 - 2 * i, "box", NULL);
    picture_arrange(&picture, 100);
    assert_int_equal(picture.count, 5);
    check_rows();
}

static void the_small_become_one(void **state)
{
    (void)state;
    picture.last = 1 * MIB - 1;
    for (unsigned i = 0; i < 100; i++)
        picture_add(&picture, FILES, i * 1000, i == 50 ? 1000 : 10, i == 50 ? "large" : "small",
                    NULL);
    picture_arrange(&picture, 10);
    assert_int_equal(picture.count, 3);
    assert_box(0, 0, 49009, 0, "50 files");
    assert_int_equal(picture.boxes[0].size, 500);
    assert_box(1, 50000, 50999, 0, "large");
    assert_box(2, 51000, 99009, 0, "49 files");
    check_rows();
}

static void a_marked_box_stays(void **state)
{
    (void)state;
    picture.last = 1 * MIB - 1;
    for (unsigned i = 0; i < 100; i++)
        picture_add(&picture, FILES, i * 1000, 10, "small", NULL)->is_marked = i == 20;
    picture_arrange(&picture, 10);
    assert_int_equal(picture.count, 3);
    assert_true(picture.boxes[1].is_marked);
    assert_box(1, 20000, 20009, 0, "small");
}

static void what_has_no_name_for_several_stays(void **state)
{
    (void)state;
    picture.last = 1 * MIB - 1;
    for (unsigned i = 0; i < 100; i++)
        picture_add(&picture, PART, i * 1000, 10, "part", NULL);
    picture_arrange(&picture, 10);
    assert_int_equal(picture.count, 100);
    check_rows();
}

static void different_kinds_become_one_when_needed(void **state)
{
    (void)state;
    picture.last = 1 * MIB - 1;
    for (unsigned i = 0; i < 101; i++)
        picture_add(&picture, i % 2 ? DIRECTORIES : FILES, i * 1000, i % 2 ? 10 : 900, "x", NULL);
    picture_arrange(&picture, 10);
    assert_int_equal(picture.count, 1);
    assert_box(0, 0, 100899, 0, "51 files, 50 directories");
    assert_int_equal(picture.boxes[0].kind, FILES);
}

static void one_of_a_kind_is_called_so(void **state)
{
    (void)state;
    picture.last = 99;
    for (unsigned i = 0; i < 3; i++)
        picture_add(&picture, i == 1 ? DIRECTORIES : FILES, i * 10, 10, "x", NULL);
    picture_arrange(&picture, 1);
    assert_int_equal(picture.count, 1);
    assert_box(0, 0, 29, 0, "2 files, 1 directory");
}

static void many_rows_stand_in_panels(void **state)
{
    struct picture_row *rows;
    size_t count;

    (void)state;
    picture.last = 120 * PAGE_SIZE - 1;
    for (unsigned i = 0; i < 120; i++)
        picture_add(&picture, PART, i * PAGE_SIZE, PAGE_SIZE, "region", NULL);
    picture_arrange(&picture, 168);
    assert_int_equal(check_rows(), 120);
    rows = picture_rows(&picture, &count);
    assert_in_range(rows[count - 1].panel, 2, 4);
    for (size_t i = 0; i < count; i++)
        assert_true(rows[i].top + rows[i].height < 1000);
    free(rows);
}

static void larger_is_higher(void **state)
{
    struct picture_row *rows;
    size_t count;

    (void)state;
    picture.last = 0x11110 - 1;
    for (unsigned i = 0, place = 0; i < 4; i++) {
        picture_add(&picture, PART, place, UINT64_C(16) << (4 * i), "box", NULL);
        place += UINT64_C(16) << (4 * i);
    }
    picture_arrange(&picture, 100);
    rows = picture_rows(&picture, &count);
    for (size_t i = 1; i < 4; i++)
        assert_true(rows[i].height > rows[i - 1].height);
    free(rows);
}

static void a_picture_without_boxes(void **state)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);

    (void)state;
    assert_non_null(file);
    picture_write(&picture, file);
    fclose(file);
    assert_non_null(strstr(text, "</svg>\n"));
    free(text);
}

static void texts_are_escaped(void **state)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);

    (void)state;
    assert_non_null(file);
    picture.last = 99;
    picture_add(&picture, FILES, 0, 10, "<a&b>", "\x01");
    picture_write(&picture, file);
    fclose(file);
    assert_non_null(strstr(text, "&lt;a&amp;b&gt;"));
    assert_null(strstr(text, "<a&b>"));
    assert_null(strchr(text, '\x01'));
    free(text);
}

static void logarithms(void **state)
{
    (void)state;
    assert_int_equal(picture_logarithm(0), 0);
    assert_int_equal(picture_logarithm(1), 0);
    assert_int_equal(picture_logarithm(2), 16);
    assert_int_equal(picture_logarithm(3), 24);
    assert_int_equal(picture_logarithm(4096), 192);
    assert_int_equal(picture_logarithm(UINT64_MAX), 63 * 16 + 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(boxes_lie_in_others, setup, teardown),
        cmocka_unit_test_setup_teardown(what_crosses_an_end_is_cut, setup, teardown),
        cmocka_unit_test_setup_teardown(the_end_of_the_address_space, setup, teardown),
        cmocka_unit_test_setup_teardown(the_same_place_twice, setup, teardown),
        cmocka_unit_test_setup_teardown(too_deep_is_left_out, setup, teardown),
        cmocka_unit_test_setup_teardown(the_small_become_one, setup, teardown),
        cmocka_unit_test_setup_teardown(a_marked_box_stays, setup, teardown),
        cmocka_unit_test_setup_teardown(what_has_no_name_for_several_stays, setup, teardown),
        cmocka_unit_test_setup_teardown(different_kinds_become_one_when_needed, setup, teardown),
        cmocka_unit_test_setup_teardown(one_of_a_kind_is_called_so, setup, teardown),
        cmocka_unit_test_setup_teardown(many_rows_stand_in_panels, setup, teardown),
        cmocka_unit_test_setup_teardown(larger_is_higher, setup, teardown),
        cmocka_unit_test_setup_teardown(a_picture_without_boxes, setup, teardown),
        cmocka_unit_test_setup_teardown(texts_are_escaped, setup, teardown),
        cmocka_unit_test(logarithms),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
