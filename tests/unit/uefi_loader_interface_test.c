/* SPDX-License-Identifier: MIT */
#include "fake_uefi.h"
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "firmware/loader_interface.h"

enum { VARIABLES_MAX = 16, NAME_MAX_SIZE = 64, VALUE_MAX = 1024 };

/* The variables of one vendor, and nothing of another. */
static struct variable {
    CHAR16 name[NAME_MAX_SIZE];
    UINT32 attributes;
    UINTN size;
    uint8_t value[VALUE_MAX];
} variables[VARIABLES_MAX];
static EFI_STATUS set_status;
static EFI_LOADED_IMAGE image;
static struct loader_wishes wishes;

static const EFI_GUID vendor_guid = {
    0x4a67b082, 0x0a4c, 0x41cf, {0xb6, 0xc7, 0x44, 0x0b, 0x29, 0xbb, 0x8c, 0x4f}};

static bool is_same(const CHAR16 *a, const CHAR16 *b)
{
    while (*a == *b && *a != 0)
        a++, b++;
    return *a == *b;
}

/* The variable of that name, or one that is unused. */
static struct variable *find(const CHAR16 *name)
{
    struct variable *unused = NULL;

    for (struct variable *variable = variables; variable < variables + VARIABLES_MAX; variable++) {
        if (variable->size == 0)
            unused = variable;
        else if (is_same(variable->name, name))
            return variable;
    }
    assert_non_null(unused);
    return unused;
}

static EFI_STATUS EFIAPI get_variable(CHAR16 *name, EFI_GUID *vendor, UINT32 *attributes,
                                      UINTN *size, VOID *data)
{
    const struct variable *variable = find(name);
    UINTN room = *size;

    assert_null(attributes);
    assert_memory_equal(vendor, &vendor_guid, sizeof(*vendor));
    if (variable->size == 0)
        return EFI_NOT_FOUND;
    *size = variable->size;
    if (variable->size > room)
        return EFI_BUFFER_TOO_SMALL;
    memcpy(data, variable->value, variable->size);
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI set_variable(CHAR16 *name, EFI_GUID *vendor, UINT32 attributes, UINTN size,
                                      VOID *data)
{
    struct variable *variable = find(name);

    assert_memory_equal(vendor, &vendor_guid, sizeof(*vendor));
    assert_true(size <= VALUE_MAX);
    if (set_status != EFI_SUCCESS)
        return set_status;
    for (size_t i = 0; name[i] != 0; i++)
        variable->name[i] = name[i];
    variable->attributes = attributes;
    variable->size = size;
    if (size > 0)
        memcpy(variable->value, data, size);
    else
        variable->name[0] = '\0';
    return EFI_SUCCESS;
}

/* As an operating system does. */
static void wish(const CHAR16 *name, const void *value, UINTN size)
{
    assert_int_equal(
        fake.runtime.SetVariable((CHAR16 *)name, (EFI_GUID *)&vendor_guid, 7, size, (void *)value),
        EFI_SUCCESS);
}

#define WISH(name, text) wish(name, text, sizeof(text))

static int start(void **state)
{
    fake_start(state);
    memset(variables, 0, sizeof(variables));
    set_status = EFI_SUCCESS;
    image = (EFI_LOADED_IMAGE){0};
    fake.runtime.GetVariable = get_variable;
    fake.runtime.SetVariable = set_variable;
    fake_add_protocol(uefi.image, (EFI_GUID)EFI_LOADED_IMAGE_PROTOCOL_GUID, &image);
    return 0;
}

static void assert_told(const CHAR16 *name, const void *value, UINTN size)
{
    const struct variable *variable = find(name);

    assert_int_equal(variable->size, size);
    assert_memory_equal(variable->value, value, size);
    assert_int_equal(variable->attributes, 6); /* gone with the next reset */
}

#define ASSERT_TOLD(name, text) assert_told(name, text, sizeof(text))

static void tells_entries(void **state)
{
    struct boot_entry entries[] = {{.name = "one"}, {.name = ""}, {.name = "zw\u00f6lf"}};
    const struct configuration configuration = {.size = 100, .entries = entries, .entry_count = 3};
    static int device;
    static uint8_t path[] = {
        2,    1,    5,  0, 0, /* what the partition is on */
        4,    1,    42, 0, 2, 0, 0, 0, 0, 8,  0,  0,  0,  0,  0,    0,  0, 0, 1, 0, 0, 0, 0, 0, /**/
        1,    2,    3,  4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0xab, 16, 2, 2,                   /**/
        0x7f, 0xff, 4,  0,
    };
    static uint8_t file[] = "\x04\x04\x0a\x00\\\0b\0\0\0\x7f\xff\x04\x00";
    static const uint8_t features[8] = {15};

    (void)state;
    image.DeviceHandle = &device;
    image.FilePath = (EFI_DEVICE_PATH *)file;
    fake_add_protocol(&device, (EFI_GUID)EFI_DEVICE_PATH_PROTOCOL_GUID, path);
    firmware_tell_entries(&configuration);
    ASSERT_TOLD(u"LoaderInfo", u"Bowline 0.1.0");
    ASSERT_TOLD(u"LoaderEntries", u"one\0zw\u00f6lf");
    ASSERT_TOLD(u"LoaderFirmwareType", u"UEFI 1.10");
    ASSERT_TOLD(u"LoaderDevicePartUUID", u"04030201-0605-0807-090a-0b0c0d0eab10");
    ASSERT_TOLD(u"LoaderImageIdentifier", u"\\b");
    assert_told(u"LoaderFeatures", features, 8);
}

/* From a disc or the network, by an entry without a name. */
static void tells_only_what_there_is(void **state)
{
    struct boot_entry entry = {.name = ""};
    const struct configuration configuration = {.size = 9, .entries = &entry, .entry_count = 1};

    (void)state;
    firmware_tell_entries(&configuration);
    firmware_tell_start("", 0, 0);
    assert_int_equal(find(u"LoaderEntries")->size, 0);
    assert_int_equal(find(u"LoaderDevicePartUUID")->size, 0);
    assert_int_equal(find(u"LoaderImageIdentifier")->size, 0);
    assert_int_equal(find(u"LoaderEntrySelected")->size, 0);
    assert_int_equal(find(u"LoaderTimeInitUSec")->size, 0);
    assert_int_equal(find(u"LoaderTimeExecUSec")->size, 0);
    fake.fail_allocation = fake.allocations + 1;
    firmware_tell_entries(&configuration);
    set_status = EFI_OUT_OF_RESOURCES;
    firmware_tell_entries(&configuration);
}

static void tells_the_start(void **state)
{
    (void)state;
    firmware_tell_start("zw\u00f6lf", 1234567, 12345678901234);
    ASSERT_TOLD(u"LoaderEntrySelected", u"zw\u00f6lf");
    ASSERT_TOLD(u"LoaderTimeInitUSec", u"1234567");
    ASSERT_TOLD(u"LoaderTimeExecUSec", u"12345678901234");
}

static void takes_wishes(void **state)
{
    (void)state;
    firmware_take_wishes(&wishes);
    assert_string_equal(wishes.once, "");
    assert_string_equal(wishes.usually, "");
    assert_false(wishes.has_timeout);

    WISH(u"LoaderEntryOneShot", u"zw\u00f6lf");
    WISH(u"LoaderEntryDefault", u"one");
    firmware_take_wishes(&wishes);
    assert_string_equal(wishes.once, "zw\u00f6lf");
    assert_string_equal(wishes.usually, "one");
    firmware_take_wishes(&wishes);
    assert_string_equal(wishes.once, "");
    assert_string_equal(wishes.usually, "one");
}

static void does_not_do_always_what_is_for_once(void **state)
{
    (void)state;
    WISH(u"LoaderEntryOneShot", u"one");
    set_status = EFI_WRITE_PROTECTED;
    firmware_take_wishes(&wishes);
    assert_string_equal(wishes.once, "");
    assert_string_equal(fake.logged, "LoaderEntryOneShot cannot be removed (status "
                                     "0x8000000000000008), and is not followed");
}

static void passes_over_what_is_no_name(void **state)
{
    static CHAR16 large[300];

    (void)state;
    WISH(u"LoaderEntryDefault", u"a\1");
    firmware_take_wishes(&wishes);
    assert_string_equal(wishes.usually, "");
    wish(u"LoaderEntryDefault", u"one", 6); /* without a NUL */
    firmware_take_wishes(&wishes);
    assert_string_equal(wishes.usually, "one");
    for (size_t i = 0; i < 300; i++)
        large[i] = 0x20ac;
    wish(u"LoaderEntryDefault", large, sizeof(large));
    firmware_take_wishes(&wishes);
    assert_string_equal(wishes.usually, "");
    large[85] = 'a';
    wish(u"LoaderEntryDefault", large, 2 * 86); /* 256 bytes of UTF-8 */
    firmware_take_wishes(&wishes);
    assert_string_equal(wishes.usually, "");
    wish(u"LoaderEntryDefault", large, 2 * 85);
    firmware_take_wishes(&wishes);
    assert_int_equal(strlen(wishes.usually), 255);
}

static bool takes_timeout(uint32_t expected)
{
    firmware_take_wishes(&wishes);
    return wishes.has_timeout && wishes.timeout == expected;
}

static void takes_timeouts(void **state)
{
    (void)state;
    WISH(u"LoaderConfigTimeout", u"12");
    WISH(u"LoaderConfigTimeoutOneShot", u"menu-force");
    assert_true(takes_timeout(CONFIG_WAIT_FOR_EVER));
    assert_true(takes_timeout(12));
    WISH(u"LoaderConfigTimeoutOneShot", u"soon");
    assert_true(takes_timeout(12));
    WISH(u"LoaderConfigTimeout", u"menu-hidden");
    assert_true(takes_timeout(0));
    WISH(u"LoaderConfigTimeout", u"0");
    assert_true(takes_timeout(0));
    WISH(u"LoaderConfigTimeout", u"soon");
    firmware_take_wishes(&wishes);
    assert_false(wishes.has_timeout);
    WISH(u"LoaderConfigTimeout", u"4294967296");
    firmware_take_wishes(&wishes);
    assert_false(wishes.has_timeout);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, start, fake_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tells_entries),
        TEST(tells_only_what_there_is),
        TEST(tells_the_start),
        TEST(takes_wishes),
        TEST(does_not_do_always_what_is_for_once),
        TEST(passes_over_what_is_no_name),
        TEST(takes_timeouts),
    };

    return cmocka_run_group_tests_name("UEFI boot loader interface", tests, NULL, NULL);
}
