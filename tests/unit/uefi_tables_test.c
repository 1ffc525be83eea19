/* SPDX-License-Identifier: MIT */
#include "fake_uefi.h"
#include "support.h"

#include <string.h>

#include "firmware/console.h"
#include "firmware/tables.h"

static const EFI_GUID acpi_1 = ACPI_TABLE_GUID, acpi_2 = ACPI_20_TABLE_GUID,
                      smbios = SMBIOS_TABLE_GUID;
static uint8_t old_rsdp[20], new_rsdp[36];

static void make_rsdps(void)
{
    uint8_t sum = 0;

    memset(old_rsdp, 0, sizeof(old_rsdp));
    memcpy(old_rsdp, "RSD PTR ", 8);
    for (unsigned i = 0; i < 20; i++)
        sum = (uint8_t)(sum + old_rsdp[i]);
    old_rsdp[8] = (uint8_t)-sum;

    memset(new_rsdp, 0, sizeof(new_rsdp));
    memcpy(new_rsdp, old_rsdp, sizeof(old_rsdp));
    new_rsdp[15] = 2;
    new_rsdp[8] = (uint8_t)(new_rsdp[8] - 2);
    new_rsdp[20] = 36;
    new_rsdp[32] = (uint8_t)-36; /* the first 20 bytes sum to 0 */
}

static EFI_STATUS secure_boot_status;
static uint8_t secure_boot[2];
static UINTN secure_boot_size;

static EFI_STATUS EFIAPI get_variable(CHAR16 *name, EFI_GUID *vendor, UINT32 *attributes,
                                      UINTN *size, VOID *data)
{
    static const CHAR16 expected[] = u"SecureBoot";
    static const EFI_GUID global = EFI_GLOBAL_VARIABLE;
    UINTN room = *size;

    (void)attributes;
    assert_memory_equal(name, expected, sizeof(expected));
    assert_memory_equal(vendor, &global, sizeof(global));
    if (secure_boot_status != EFI_SUCCESS)
        return secure_boot_status;
    *size = secure_boot_size;
    if (secure_boot_size > room)
        return EFI_BUFFER_TOO_SMALL;
    memcpy(data, secure_boot, secure_boot_size);
    return EFI_SUCCESS;
}

static uint64_t find_rsdp(EFI_CONFIGURATION_TABLE *tables, UINTN count)
{
    struct firmware_tables found;

    fake.system.ConfigurationTable = tables;
    fake.system.NumberOfTableEntries = count;
    fake.runtime.GetVariable = get_variable;
    firmware_find_tables(&found);
    assert_int_equal(found.kind, BOWLINE_FIRMWARE_UEFI);
    assert_int_equal(found.efi_system_table, (uintptr_t)&fake.system);
    return found.rsdp;
}

static void prefers_acpi_2(void **state)
{
    EFI_CONFIGURATION_TABLE tables[] = {
        {smbios, new_rsdp}, {acpi_1, old_rsdp}, {acpi_2, new_rsdp}, {acpi_1, old_rsdp}};

    (void)state;
    make_rsdps();
    assert_int_equal(find_rsdp(tables, 4), (uintptr_t)new_rsdp);
    assert_int_equal(find_rsdp(tables + 2, 2), (uintptr_t)new_rsdp);
    assert_int_equal(find_rsdp(tables, 2), (uintptr_t)old_rsdp);
    assert_int_equal(find_rsdp(tables, 1), 0);
    assert_int_equal(find_rsdp(NULL, 0), 0);
    assert_int_equal(find_rsdp(NULL, 4), 0);
    assert_int_equal(find_rsdp(tables, 0), 0);
    tables[2].VendorTable = NULL;
    assert_int_equal(find_rsdp(tables, 4), (uintptr_t)old_rsdp);
}

static void verifies_checksums(void **state)
{
    EFI_CONFIGURATION_TABLE tables[] = {{acpi_2, new_rsdp}, {acpi_1, old_rsdp}};

    (void)state;
    make_rsdps();
    new_rsdp[33] ^= 1; /* outside of the first checksum */
    assert_int_equal(find_rsdp(tables, 2), (uintptr_t)old_rsdp);
    old_rsdp[16] ^= 1;
    assert_int_equal(find_rsdp(tables, 2), 0);
}

static bool finds_secure_boot(EFI_STATUS status, UINTN size, uint8_t value)
{
    struct firmware_tables found;

    secure_boot_status = status;
    secure_boot_size = size;
    secure_boot[0] = value;
    fake.runtime.GetVariable = get_variable;
    firmware_find_tables(&found);
    return found.is_secure_boot;
}

static void tells_secure_boot(void **state)
{
    (void)state;
    assert_true(finds_secure_boot(EFI_SUCCESS, 1, 1));
    assert_false(finds_secure_boot(EFI_SUCCESS, 1, 0));
    assert_false(finds_secure_boot(EFI_SUCCESS, 1, 2));
    assert_false(finds_secure_boot(EFI_SUCCESS, 0, 1));
    assert_false(finds_secure_boot(EFI_SUCCESS, 2, 1));
    assert_false(finds_secure_boot(EFI_NOT_FOUND, 1, 1));
}

static void tells_32_bit_firmware(void **state)
{
    struct firmware_tables found;

    (void)state;
    fake.runtime.GetVariable = get_variable;
    firmware_find_tables(&found);
    assert_false(found.is_uefi_32); /* compiled as it is for 64-bit firmware */
}

static EFI_STATUS EFIAPI output_string(SIMPLE_TEXT_OUTPUT_INTERFACE *screen, CHAR16 *text)
{
    size_t length = strlen(fake.text);

    (void)screen;
    while (*text != 0)
        fake.text[length++] = (char)*text++;
    return EFI_SUCCESS;
}

static void writes_text(void **state)
{
    SIMPLE_TEXT_OUTPUT_INTERFACE screen = {.OutputString = output_string};
    char text[300], expected[301];

    (void)state;
    firmware_write_text("no screen", 9);
    fake.system.ConOut = &screen;
    firmware_write_text("one\ntwo \xe2\n", 10);
    assert_string_equal(fake.text, "one\r\ntwo ?\r\n");

    memset(fake.text, 0, sizeof(fake.text));
    memset(text, 'x', sizeof(text));
    text[125] = '\n';
    firmware_write_text(text, sizeof(text));
    memset(expected, 'x', sizeof(expected));
    expected[125] = '\r';
    expected[126] = '\n';
    assert_int_equal(strlen(fake.text), sizeof(expected));
    assert_memory_equal(fake.text, expected, sizeof(expected));
    firmware_write_text(text, 0);
}

static EFI_INPUT_KEY typed;

static EFI_STATUS EFIAPI read_key(SIMPLE_INPUT_INTERFACE *keyboard, EFI_INPUT_KEY *key)
{
    (void)keyboard;
    *key = typed;
    return typed.ScanCode == 0 && typed.UnicodeChar == 0 ? EFI_NOT_READY : EFI_SUCCESS;
}

static EFI_STATUS EFIAPI read_half_a_key(SIMPLE_INPUT_INTERFACE *keyboard, EFI_INPUT_KEY *key)
{
    (void)keyboard;
    *key = (EFI_INPUT_KEY){0, 0};
    return EFI_SUCCESS;
}

static void assert_typed(EFI_INPUT_KEY given, enum key_code code, uint32_t character)
{
    struct key key = {KEY_OTHER, 12345};

    typed = given;
    assert_true(firmware_poll_key(&key));
    assert_int_equal(key.code, code);
    if (code == KEY_CHARACTER)
        assert_int_equal(key.character, character);
}

static void reads_keys(void **state)
{
    SIMPLE_INPUT_INTERFACE keyboard = {.ReadKeyStroke = read_key};
    struct key key;

    (void)state;
    assert_false(firmware_poll_key(&key)); /* no keyboard at all */
    fake.system.ConIn = &keyboard;
    assert_false(firmware_poll_key(&key));
    assert_typed((EFI_INPUT_KEY){0, 'x'}, KEY_CHARACTER, 'x');
    assert_typed((EFI_INPUT_KEY){0, 0x416}, KEY_CHARACTER, 0x416);
    assert_typed((EFI_INPUT_KEY){0, '\r'}, KEY_ENTER, 0);
    assert_typed((EFI_INPUT_KEY){0, 8}, KEY_BACKSPACE, 0);
    assert_typed((EFI_INPUT_KEY){0, 21}, KEY_CLEAR, 0);
    assert_typed((EFI_INPUT_KEY){SCAN_UP, 0}, KEY_UP, 0);
    assert_typed((EFI_INPUT_KEY){SCAN_RIGHT, 0}, KEY_RIGHT, 0);
    assert_typed((EFI_INPUT_KEY){SCAN_END, 0}, KEY_END, 0);
    assert_typed((EFI_INPUT_KEY){SCAN_PAGE_DOWN, 0}, KEY_PAGE_DOWN, 0);
    assert_typed((EFI_INPUT_KEY){SCAN_ESC, 0}, KEY_ESCAPE, 0);
    assert_typed((EFI_INPUT_KEY){SCAN_F1, 0}, KEY_OTHER, 0);
    keyboard.ReadKeyStroke = read_half_a_key;
    assert_false(firmware_poll_key(&key));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fake_start, fake_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(prefers_acpi_2),        TEST(verifies_checksums), TEST(tells_secure_boot),
        TEST(tells_32_bit_firmware), TEST(writes_text),        TEST(reads_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
