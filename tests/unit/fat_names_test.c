/* SPDX-License-Identifier: MIT */
#include "disk/fat_names.h"

#include <string.h>

#include "base/units.h"
#include "support.h"

/* Short names that are in use, as "KERNEL  ELF" one after the other. */
static const char *taken;

static bool is_taken(void *context, const uint8_t *short_name)
{
    (void)context;
    for (const char *name = taken; *name != '\0'; name += FAT_SHORT_SIZE)
        if (memcmp(name, short_name, FAT_SHORT_SIZE) == 0)
            return true;
    return false;
}

static void assert_name(const char *name, const char *short_name, size_t entries)
{
    struct fat_name made;
    struct error error = {0};

    assert_true(fat_name_make(name, is_taken, NULL, &made, &error));
    assert_memory_equal(made.short_name, short_name, FAT_SHORT_SIZE);
    assert_int_equal(fat_name_entries(&made), entries);
}

static void makes_short_names(void **state)
{
    (void)state;
    taken = "";
    assert_name("BOOTX64.EFI", "BOOTX64 EFI", 1);
    assert_name("EFI", "EFI        ", 1);
    assert_name("A.B", "A       B  ", 1);
    assert_name("kernel.elf", "KERNEL  ELF", 2);
    assert_name("Kernel", "KERNEL     ", 2);
    assert_name("boot.conf", "BOOT~1  CON", 2);
    assert_name("ninechars", "NINECH~1   ", 2);
    assert_name("thirteenchars", "THIRTE~1   ", 2);
    assert_name("fourteen chars", "FOURTE~1   ", 3);
    assert_name("a.tar.gz", "ATAR~1  GZ ", 2);
    assert_name(".profile", "PROFIL~1   ", 2);
    assert_name("a+b=c.[x]", "A_B_C~1 _X_", 2);
    assert_name("\xc3\x9c", "_~1        ", 2);
    assert_name("a b", "AB~1       ", 2);
    assert_name("UNDER_LI.NE_", "UNDER_LINE_", 1);
    assert_name("lower_li.ne_", "LOWER_LINE_", 2);
}

static void counts_where_a_name_is_taken(void **state)
{
    (void)state;
    taken = "KERNEL  ELF";
    assert_name("kernel.elf", "KERNEL~1ELF", 2);
    assert_name("KERNEL.ELF", "KERNEL~1ELF", 2);
    taken = "KERNEL  ELFKERNEL~1ELFKERNEL~2ELFKERNEL~3ELF";
    assert_name("kernel.elf", "KERNEL~4ELF", 2);
    taken = "KERNEL  ELFKERNEL~1ELFKERNEL~2ELFKERNEL~3ELFKERNEL~4ELF";
    struct fat_name made;
    struct error error = {0};
    assert_true(fat_name_make("kernel.elf", is_taken, NULL, &made, &error));
    assert_memory_equal(made.short_name, "KE", 2);
    assert_memory_equal(made.short_name + 6, "~1ELF", 5);
}

static void refuses_what_fat_cannot_hold(void **state)
{
    static const char *const characters[] = {"a\"",
                                             "*",
                                             "a/b",
                                             ":",
                                             "<",
                                             ">",
                                             "?",
                                             "\\",
                                             "|",
                                             "\n",
                                             "\x7f",
                                             "\xff",
                                             "\xc3",
                                             "\xc0\x80",
                                             "\xed\xa0\x80",
                                             "\xf4\x90\x80\x80",
                                             "\xe0\x80\x80"};
    char text[300];
    struct fat_name made;
    struct error error = {0};

    (void)state;
    taken = "";
    for (size_t i = 0; i < COUNT_OF(characters); i++) {
        assert_false(fat_name_make(characters[i], is_taken, NULL, &made, &error));
        assert_error(&error, ERROR_NAME_CHARACTER);
    }
    assert_false(fat_name_make("", is_taken, NULL, &made, &error));
    assert_error(&error, ERROR_NAME_LENGTH);
    assert_false(fat_name_make(".", is_taken, NULL, &made, &error));
    assert_error(&error, ERROR_NAME_END);
    assert_false(fat_name_make("..", is_taken, NULL, &made, &error));
    assert_error(&error, ERROR_NAME_END);
    assert_false(fat_name_make("a ", is_taken, NULL, &made, &error));
    assert_error(&error, ERROR_NAME_END);

    memset(text, 'x', sizeof(text));
    text[255] = '\0';
    assert_true(fat_name_make(text, is_taken, NULL, &made, &error));
    assert_int_equal(fat_name_entries(&made), 21);
    text[255] = 'x';
    text[256] = '\0';
    assert_false(fat_name_make(text, is_taken, NULL, &made, &error));
    assert_error(&error, ERROR_NAME_LENGTH);
    assert_int_equal(error.numbers[0], 256);

    /* 254 units and a character of two: one too many. */
    memcpy(text + 254, "\xf0\x9f\x98\x80", 5);
    assert_false(fat_name_make(text, is_taken, NULL, &made, &error));
    assert_error(&error, ERROR_NAME_LENGTH);
}

/* The entries of "The quick brown.fox", the specification's own example (section 7.4). */
static void writes_long_entries(void **state)
{
    struct fat_name made;
    struct error error = {0};
    uint8_t entries[3 * 32];

    (void)state;
    taken = "";
    assert_true(fat_name_make("The quick brown.fox", is_taken, NULL, &made, &error));
    assert_memory_equal(made.short_name, "THEQUI~1FOX", 11);
    assert_int_equal(fat_name_write(&made, entries), 2);
    assert_int_equal(entries[0], 0x42);
    assert_memory_equal(entries + 1, "w\0n\0.\0f\0o\0", 10);
    assert_memory_equal(entries + 14, "x\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff", 12);
    assert_memory_equal(entries + 28, "\xff\xff\xff\xff", 4);
    assert_int_equal(entries[32], 0x01);
    assert_memory_equal(entries + 33, "T\0h\0e\0 \0q\0", 10);
    assert_memory_equal(entries + 46, "u\0i\0c\0k\0 \0b\0", 12);
    assert_memory_equal(entries + 60, "r\0o\0", 4);
    assert_int_equal(entries[11], 0x0f);
    assert_int_equal(entries[13], entries[45]);
    assert_int_equal(entries[13], 0x07); /* sum of "THEQUI~1FOX" */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_short_names),
        cmocka_unit_test(counts_where_a_name_is_taken),
        cmocka_unit_test(refuses_what_fat_cannot_hold),
        cmocka_unit_test(writes_long_entries),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
