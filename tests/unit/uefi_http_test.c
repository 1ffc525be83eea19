/* SPDX-License-Identifier: MIT */
/* Files over HTTP, against a driver that answers late, wrongly or not at all; http_test.c has
 * bodies.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "fake_http.h"
#include "firmware/boot_device.h"
#include "firmware/volume.h"
#include "support.h"

static struct reader *reader;
static struct error error;

static int start(void **state)
{
    memset(&error, 0, sizeof(error));
    return http_start(state);
}

static void expect_file(const char *text)
{
    char bytes[100] = "";

    assert_true(firmware_open_file("/bowline/boot.conf", &reader, &error));
    assert_int_equal(driver.children, 0);
    assert_false(events.has_timer || events.has_done);
    assert_int_equal(reader->size, strlen(text));
    assert_true(reader_read(reader, 0, reader->size, bytes, &error));
    assert_string_equal(bytes, text);
    reader_close(reader);
}

static void expect_failure(enum error_code code, const char *object)
{
    memset(&error, 0, sizeof(error));
    reader = NULL;
    assert_false(firmware_open_file("/bowline/boot.conf", &reader, &error));
    assert_error(&error, code);
    assert_string_equal(error.object, object);
    assert_null(reader);
}

#define URL "http://10.1.2.3:81/a%20b/bowline/boot.conf"

/* ---- Tests ---- */

static void reads_beside_the_boot_file(void **state)
{
    static const uint8_t local[] = {10, 1, 2, 99}, mask[] = {255, 255, 255, 0};

    (void)state;
    for (driver.piece = 1; driver.piece < 20; driver.piece++)
        expect_file(driver.body);
    assert_string_equal(driver.url, URL);
    assert_string_equal(driver.host, "10.1.2.3:81");
    assert_false(driver.is_ip6);
    assert_false(driver.ip4.UseDefaultAddress);
    assert_memory_equal(&driver.ip4.LocalAddress, local, sizeof(local));
    assert_memory_equal(&driver.ip4.LocalSubnet, mask, sizeof(mask));
    assert_int_equal(driver.ip4.LocalPort, 0);
    assert_int_equal(driver.cancelled, 0);
}

static void takes_the_address_of_the_path(void **state)
{
    uint8_t address[56] = {0};

    (void)state;
    http_set_path(MSG_IPv4_DP, address, 23, "http://10.1.2.3/x.efi"); /* none in it */
    expect_file(driver.body);
    assert_true(driver.ip4.UseDefaultAddress);
    memcpy(address, http_ip4_address, 19); /* without a mask in its place */
    http_set_path(MSG_IPv4_DP, address, 23, "http://10.1.2.3/x.efi");
    expect_file(driver.body);
    assert_true(driver.ip4.UseDefaultAddress);
    http_set_path(MSG_IPv4_DP, http_ip4_address, 15,
                  "http://10.1.2.3/x.efi"); /* before UEFI 2.4: no mask */
    expect_file(driver.body);
    assert_true(driver.ip4.UseDefaultAddress);
    http_set_path(0, NULL, 0, "http://10.1.2.3/x.efi");
    expect_file(driver.body);
    assert_true(driver.ip4.UseDefaultAddress);
    for (uint8_t i = 0; i < 16; i++)
        address[i] = (uint8_t)(0xa0 + i);
    http_set_path(MSG_IPv6_DP, address, sizeof(address), "http://[fd00::1]:81/x.efi");
    expect_file(driver.body);
    assert_true(driver.is_ip6);
    assert_memory_equal(&driver.ip6.LocalAddress, address, 16);
    assert_int_equal(driver.ip6.LocalPort, 0);
    assert_string_equal(driver.url, "http://[fd00::1]:81/bowline/boot.conf");
    assert_string_equal(driver.host, "[fd00::1]:81");
}

/* Firmware that gives the card as the device, and the rest of the path with the image. */
static void finds_the_uri_with_the_image(void **state)
{
    (void)state;
    http_loaded_image.DeviceHandle = &http_card;
    expect_failure(ERROR_NO_BOOT_VOLUME, "/bowline/boot.conf");
    http_loaded_image.FilePath = (EFI_DEVICE_PATH *)http_path;
    expect_file(driver.body);
}

static void needs_a_uri_and_a_driver(void **state)
{
    (void)state;
    http_set_path(0, NULL, 0, "");
    expect_failure(ERROR_NO_BOOT_SERVER, "/bowline/boot.conf");
    http_set_path(0, NULL, 0, "tftp://10.1.2.3/x.efi");
    expect_failure(ERROR_NO_BOOT_SERVER, "/bowline/boot.conf");
    http_set_path(0, NULL, 0, NULL);
    expect_failure(ERROR_NO_BOOT_VOLUME, "/bowline/boot.conf");
    http_set_path(0, NULL, 0, "http://10.1.2.3/x.efi");
    fake.protocol_count -= 2; /* the driver and its child */
    expect_failure(ERROR_NO_BOOT_VOLUME, "/bowline/boot.conf");
    assert_int_equal(driver.requests, 0);
}

static void takes_chunks(void **state)
{
    static char body[70000 + 100];
    char *text = malloc(70001);
    uint8_t *bytes = malloc(70000);

    (void)state;
    driver.headers[2] = "Transfer-Encoding";
    driver.headers[3] = "chunked";
    driver.body = "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n";
    for (driver.piece = 1; driver.piece < 30; driver.piece++)
        expect_file("abcdefg");
    driver.body = "0\r\n\r\n";
    expect_file("");

    /* More than the first guess at the size. */
    for (unsigned i = 0; i < 70000; i++)
        text[i] = (char)('a' + i % 23);
    text[70000] = '\0';
    snprintf(body, sizeof(body), "%x\r\n%s\r\n0\r\n\r\n", 70000, text);
    driver.body = body;
    driver.piece = 1000;
    assert_true(firmware_open_file("/bowline/boot.conf", &reader, &error));
    assert_int_equal(reader->size, 70000);
    assert_true(reader_read(reader, 0, reader->size, bytes, &error));
    assert_memory_equal(bytes, text, 70000);
    reader_close(reader);
    free(bytes);
    free(text);
}

static void takes_an_empty_file(void **state)
{
    (void)state;
    driver.headers[3] = "0";
    expect_file("");
}

static void tells_what_the_server_says(void **state)
{
    (void)state;
    driver.code = CODE_404;
    expect_failure(ERROR_FILE_NOT_FOUND, URL);
    driver.response_result = EFI_HTTP_ERROR; /* both are seen */
    expect_failure(ERROR_FILE_NOT_FOUND, URL);
    driver.headers[3] = "x"; /* the status matters more */
    expect_failure(ERROR_FILE_NOT_FOUND, URL);
    driver.code = CODE_500;
    expect_failure(ERROR_HTTP_STATUS, URL);
    assert_int_equal(error.numbers[0], 500);
    driver.response_result = EFI_SUCCESS;
    driver.code = CODE_302;
    expect_failure(ERROR_HTTP_STATUS, URL);
    assert_int_equal(error.numbers[0], 302);
    driver.code = 1000;
    expect_failure(ERROR_HTTP_STATUS, URL);
    assert_int_equal(error.numbers[0], 0);
    driver.code = CODE_200;
    expect_failure(ERROR_HTTP_HEADER, URL);
    driver.headers[2] = NULL;
    expect_failure(ERROR_HTTP_NO_LENGTH, URL);
    driver.headers[0] = NULL;
    expect_failure(ERROR_HTTP_NO_LENGTH, URL);
}

/* Whatever the driver says, in whichever step, nothing stays open. */
static void says_which_step_fails(void **state)
{
    static const struct {
        EFI_STATUS *status;
        const char *detail;
        enum error_code code;
    } steps[] = {
        {&driver.create_status, "HTTP CreateChild()", ERROR_FIRMWARE},
        {&driver.configure_status, "HTTP Configure()", ERROR_FIRMWARE},
        {&driver.request_status, "Request()", ERROR_HTTP_CONNECTION},
        {&driver.request_result, "Request()", ERROR_HTTP_CONNECTION},
        {&driver.response_status, "Response()", ERROR_HTTP_CONNECTION},
        {&driver.response_result, "Response()", ERROR_HTTP_CONNECTION},
        {&driver.body_result, "Response()", ERROR_HTTP_CONNECTION},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        *steps[i].status = EFI_DEVICE_ERROR;
        expect_failure(steps[i].code, URL);
        assert_string_equal(error.detail, steps[i].detail);
        assert_int_equal(error.numbers[0], EFI_DEVICE_ERROR);
        if (steps[i].code == ERROR_HTTP_CONNECTION) {
            *steps[i].status = EFI_TIMEOUT;
            expect_failure(ERROR_HTTP_NO_ANSWER, URL);
        }
        *steps[i].status = EFI_SUCCESS;
    }
    for (events.fail = 1; events.fail <= 2; events.fail++) {
        events.created = 0;
        expect_failure(ERROR_FIRMWARE, URL);
        assert_string_equal(error.detail, "CreateEvent()");
    }
    events.fail = 0;
    for (fake.fail_allocation = 1; fake.fail_allocation <= 2; fake.fail_allocation++) {
        fake.allocations = 0;
        expect_failure(ERROR_OUT_OF_MEMORY, URL);
    }
    fake.fail_allocation = 0;
    fake.protocol_count--; /* a child without the protocol */
    expect_failure(ERROR_FIRMWARE, URL);
    fake.protocol_count++;
    driver.headers[3] = "18446744073709551615";
    fake.fail_allocation = fake.allocations + 2;
    expect_failure(ERROR_OUT_OF_MEMORY, URL);
    driver.headers[3] = "18";
    expect_file(driver.body);
}

static void waits_no_longer_than_it_says(void **state)
{
    (void)state;
    driver.is_mute = true;
    expect_failure(ERROR_HTTP_NO_ANSWER, URL);
    assert_int_equal(events.time, 15 * 10 * 1000 * 1000);
    assert_int_equal(error.numbers[0], 0);
    assert_int_equal(driver.cancelled, 1);
    driver.is_mute = false;
    driver.mute_from = 14;
    events.time = 0;
    expect_failure(ERROR_HTTP_NO_ANSWER, URL);
    assert_int_equal(events.time, 15 * 10 * 1000 * 1000); /* since the last sign of life */
    assert_int_equal(error.numbers[0], 14);
    assert_int_equal(driver.cancelled, 2);
    driver.mute_from = SIZE_MAX;
    expect_file(driver.body);
}

/* The connection ends, or more comes than there was room for. */
static void distrusts_lengths(void **state)
{
    (void)state;
    driver.headers[3] = "19";
    expect_failure(ERROR_HTTP_CONNECTION, URL);
    assert_int_equal(error.numbers[0], EFI_END_OF_FILE);
    assert_int_equal(error.numbers[1], 18);
    driver.lies = true;
    expect_failure(ERROR_HTTP_CONNECTION, URL);
    driver.lies = false;
    driver.headers[3] = "6";
    expect_file("kernel");
}

/* A token that the driver has not given back is signalled later, if ever: its event must be there.
 */
static void leaves_a_driver_that_does_not_let_go(void **state)
{
    (void)state;
    driver.is_mute = driver.keeps_tokens = true;
    expect_failure(ERROR_HTTP_NO_ANSWER, URL); /* DestroyChild() has ended it */
    assert_false(events.has_done);
    driver.destroy_status = EFI_ACCESS_DENIED;
    expect_failure(ERROR_HTTP_NO_ANSWER, URL);
    assert_true(events.has_done);
    assert_false(events.has_timer);
    events.has_done = false;
    driver.pending = NULL;
    driver.request_status = EFI_DEVICE_ERROR; /* no token to wait for */
    expect_failure(ERROR_HTTP_CONNECTION, URL);
    assert_false(events.has_done);
    driver.children = 0;
}

static void tells_the_server(void **state)
{
    struct bowline_boot_device found, expected = {.server_ip4 = 0x0302010a};

    (void)state;
    memset(&found, 0xee, sizeof(found));
    firmware_find_boot_device(&found);
    assert_memory_equal(&found, &expected, sizeof(found));
    expected.server_ip4 = 0;
    http_set_path(0, NULL, 0, "http://host.example/x.efi");
    firmware_find_boot_device(&found);
    assert_memory_equal(&found, &expected, sizeof(found));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, start, http_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_beside_the_boot_file),
        TEST(takes_the_address_of_the_path),
        TEST(finds_the_uri_with_the_image),
        TEST(needs_a_uri_and_a_driver),
        TEST(takes_chunks),
        TEST(takes_an_empty_file),
        TEST(tells_what_the_server_says),
        TEST(says_which_step_fails),
        TEST(waits_no_longer_than_it_says),
        TEST(distrusts_lengths),
        TEST(leaves_a_driver_that_does_not_let_go),
        TEST(tells_the_server),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
