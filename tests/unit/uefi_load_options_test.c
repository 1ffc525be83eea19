/* SPDX-License-Identifier: MIT */
#include "fake_uefi.h"

#include <stdlib.h>
#include <string.h>

#include "../../uefi/utf16.h"
#include "firmware/load_options.h"

static EFI_LOADED_IMAGE image;
static char text[100 * 1024];

static const EFI_GUID shell_parameters = {
    0x752f3136, 0x4e16, 0x4fdc, {0xa2, 0x2a, 0xe5, 0xf4, 0x68, 0x12, 0xf4, 0xca}};
static const EFI_GUID old_shell = {
    0x47c7b223, 0xc42a, 0x11d2, {0x8e, 0x57, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b}};

static int start(void **state)
{
    fake_start(state);
    image = (EFI_LOADED_IMAGE){0};
    fake_add_protocol(uefi.image, (EFI_GUID)EFI_LOADED_IMAGE_PROTOCOL_GUID, &image);
    return 0;
}

/* What comes of these bytes, which lie at an odd address with nothing readable behind. */
static const char *read_bytes(const void *bytes, size_t size)
{
    char *block = malloc(size + 1); /* an address sanitizer sees what is read behind it */
    size_t length;

    assert_non_null(block);
    memcpy(block + 1, bytes, size);
    image.LoadOptions = block + 1;
    image.LoadOptionsSize = (UINT32)size;
    length = firmware_load_options(NULL);
    memset(text, 'x', sizeof(text));
    assert_int_equal(firmware_load_options(text), length);
    if (length > 0)
        assert_int_equal(text[length], 'x');
    text[length] = '\0';
    free(block);
    return text;
}

#define READ(literal) read_bytes(literal, sizeof(literal))

static void takes_text(void **state)
{
    (void)state;
    assert_string_equal(READ(u"quiet root=/dev/sda2"), "quiet root=/dev/sda2");
    assert_string_equal(READ(u"  \tquiet  \t "), "quiet");
    assert_string_equal(READ(u"a\u00e9\u20ac\U0001f600"), "a\u00e9\u20ac\U0001f600");
    assert_string_equal(READ(u"quiet\0\0\0"), "quiet");
    assert_string_equal(read_bytes(u"quiet", 10), "quiet"); /* no NUL */
    assert_string_equal(read_bytes(u"quiet", 9), "quie");   /* half of a letter */
    assert_string_equal(read_bytes(u"quiet\0", 13), "quiet");
}

static void takes_none(void **state)
{
    (void)state;
    assert_int_equal(firmware_load_options(NULL), 0);
    image.LoadOptionsSize = 8; /* of nothing */
    assert_int_equal(firmware_load_options(NULL), 0);
    assert_string_equal(READ(u""), "");
    assert_string_equal(READ(u" \t"), "");
    assert_string_equal(read_bytes("a", 1), "");
    assert_string_equal(read_bytes("", 0), "");
    fake.protocol_count = 0;
    assert_int_equal(firmware_load_options(NULL), 0);
}

/* Options that firmware has made for itself. */
static void ignores_what_is_no_text(void **state)
{
    static const uint8_t edk2_auto[] = {0x4e, 0xac, 0x08, 0x81, 0x11, 0x9f, 0x59, 0x4d,
                                        0x85, 0x0e, 0xe2, 0x1a, 0x52, 0x2c, 0x59, 0xb2};
    static const uint8_t windows[] = "WINDOWS\0\1\0\0\0\x88\0\0\0\x78\0\0\0B\0C\0D\0O";
    static const uint8_t size_first[] = {0x28, 0, 0, 0, 1, 0, 0, 0};

    (void)state;
    assert_string_equal(read_bytes(edk2_auto, sizeof(edk2_auto)), "");
    assert_string_equal(read_bytes(windows, sizeof(windows)), "");
    assert_string_equal(read_bytes(size_first, sizeof(size_first)), "");
    assert_string_equal(read_bytes("quiet splash", 12), ""); /* ASCII, as old tools write it */
    assert_string_equal(READ(u"quiet\1"), "");
    assert_string_equal(READ(u"quiet\x7f"), "");
    assert_string_equal(READ(u"quiet\x80"), "");
    assert_string_equal(READ(u"quiet\x9f"), "");
    assert_string_equal(READ(u"quiet\xa0"), "quiet\xc2\xa0");
    assert_string_equal(READ(u"a\xd800"), "");
    assert_string_equal(READ(u"a\xd800z"), "");
    assert_string_equal(READ(u"a\xdc00"), "");
    assert_string_equal(READ(u"a\xffff"), "");
    assert_string_equal(READ(u"\u00e9t\u00e9"), "");
}

static void takes_64_kib(void **state)
{
    enum { COUNT = 32 * 1024 };
    static CHAR16 euros[COUNT];

    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        euros[i] = 0x20ac;
    euros[0] = 'a';
    assert_int_equal(strlen(read_bytes(euros, sizeof(euros))), 1 + 3 * (COUNT - 1));
    assert_int_equal(strlen(read_bytes(euros, sizeof(euros) - 1)), 1 + 3 * (COUNT - 2));
}

static void leaves_the_name_out_that_shells_put_first(void **state)
{
    static int interface;
    const EFI_GUID shells[] = {shell_parameters, old_shell};

    (void)state;
    for (int i = 0; i < 2; i++) {
        fake.protocol_count = 1;
        fake_add_protocol(uefi.image, shells[i], &interface);
        assert_string_equal(READ(u"BOOTX64.EFI arg1 \"arg 2\""), "arg1 \"arg 2\"");
        assert_string_equal(READ(u"fs0:\\EFI\\\"my loader\"\\x.efi  arg1"), "arg1");
        assert_string_equal(READ(u"\"fs0:\\my loader.efi\" arg1"), "arg1");
        assert_string_equal(READ(u"BOOTX64.EFI"), "");
        assert_string_equal(READ(u"\u00e9.efi arg1"), "arg1");
        assert_string_equal(READ(u"\"not closed arg1"), "");
    }
}

static void converts_to_utf16(void **state)
{
    CHAR16 out[8];

    (void)state;
    assert_int_equal(utf16_write("", out, 8), 1);
    assert_int_equal(out[0], 0);
    assert_int_equal(utf16_write("\u20ac\U0001f600", out, 8), 4);
    assert_memory_equal(out, u"\u20ac\U0001f600", 8);
    assert_int_equal(utf16_write("123456", out, 8), 7);
    assert_int_equal(utf16_write("1234567", out, 8), 0);
    assert_int_equal(utf16_write("\xff", out, 8), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(takes_text, start, fake_end),
        cmocka_unit_test_setup_teardown(takes_none, start, fake_end),
        cmocka_unit_test_setup_teardown(ignores_what_is_no_text, start, fake_end),
        cmocka_unit_test_setup_teardown(takes_64_kib, start, fake_end),
        cmocka_unit_test_setup_teardown(leaves_the_name_out_that_shells_put_first, start, fake_end),
        cmocka_unit_test(converts_to_utf16),
    };

    return cmocka_run_group_tests_name("UEFI load options", tests, NULL, NULL);
}
