/* SPDX-License-Identifier: MIT */
/* Files over HTTP, against a driver that answers late, wrongly or not at all; http_test.c has
 * bodies.
 */
#include "fake_uefi.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../uefi/http_protocol.h"
#include "base/units.h"
#include "firmware/boot_device.h"
#include "firmware/volume.h"

enum { CHECKS_PER_SECOND = 2, CODE_200 = 3, CODE_302 = 12, CODE_404 = 21, CODE_500 = 35 };

/* The card's driver, and the server behind it. */
static struct driver {
    EFI_SERVICE_BINDING binding;
    EFI_HTTP_PROTOCOL http;
    unsigned children;
    bool is_configured;

    /* what it does */
    EFI_STATUS create_status, configure_status, request_status, response_status;
    EFI_STATUS request_result, response_result, body_result, destroy_status;
    UINT32 code;
    const char *headers[8]; /* names and values */
    const char *body;
    size_t piece;     /* bytes of the body at once */
    size_t mute_from; /* so many bytes of the body are sent */
    bool is_mute, keeps_tokens, lies;

    /* what was asked */
    char url[300], host[100];
    bool is_ip6;
    EFI_HTTPv4_ACCESS_POINT ip4;
    EFI_HTTPv6_ACCESS_POINT ip6;
    EFI_HTTP_TOKEN *pending;
    EFI_STATUS pending_status;
    size_t sent;
    unsigned requests, cancelled;
} driver;

static struct events {
    uint64_t time, end; /* of 100 ns */
    bool has_timer, has_done;
    EFI_EVENT_NOTIFY notify;
    void *context;
    unsigned fail, created; /* the number of the CreateEvent() that fails */
} events;

static uint8_t path[400];
static size_t path_length;
static EFI_DEVICE_PATH card_path[2];
static EFI_LOADED_IMAGE loaded_image;
static struct reader *reader;
static struct error error;
static int card, device, child;

/* ---- Events ---- */

static EFI_STATUS EFIAPI create_event(UINT32 type, EFI_TPL level, EFI_EVENT_NOTIFY notify,
                                      void *context, EFI_EVENT *out)
{
    if (++events.created == events.fail)
        return EFI_OUT_OF_RESOURCES;
    if (type == EVT_TIMER) {
        assert_false(events.has_timer);
        events.has_timer = true;
        *out = &events.has_timer;
        return EFI_SUCCESS;
    }
    assert_int_equal(type, EVT_NOTIFY_SIGNAL);
    assert_true(level <= TPL_CALLBACK);
    assert_true(notify != NULL);
    assert_false(events.has_done);
    events.has_done = true;
    events.notify = notify;
    events.context = context;
    *out = &events.has_done;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI close_event(EFI_EVENT event)
{
    assert_true(*(bool *)event);
    assert_true(event == &events.has_timer || driver.pending == NULL);
    *(bool *)event = false;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI set_timer(EFI_EVENT event, EFI_TIMER_DELAY type, UINT64 time)
{
    assert_ptr_equal(event, &events.has_timer);
    assert_int_equal(type, TimerRelative);
    events.end = events.time + time;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI check_event(EFI_EVENT event)
{
    assert_ptr_equal(event, &events.has_timer);
    events.time += 10 * 1000 * 1000 / CHECKS_PER_SECOND;
    return events.time < events.end ? EFI_NOT_READY : EFI_SUCCESS;
}

/* ---- The driver ---- */

static EFI_STATUS EFIAPI create_child(EFI_SERVICE_BINDING *this, EFI_HANDLE *out)
{
    assert_ptr_equal(this, &driver.binding);
    assert_null(*out);
    if (driver.create_status != EFI_SUCCESS)
        return driver.create_status;
    driver.children++;
    *out = &child;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI destroy_child(EFI_SERVICE_BINDING *this, EFI_HANDLE handle)
{
    assert_ptr_equal(this, &driver.binding);
    assert_ptr_equal(handle, &child);
    assert_true(events.has_done);
    driver.is_configured = false;
    if (driver.destroy_status != EFI_SUCCESS)
        return driver.destroy_status;
    driver.pending = NULL;
    driver.children--;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI configure(EFI_HTTP_PROTOCOL *this, EFI_HTTP_CONFIG_DATA *data)
{
    assert_ptr_equal(this, &driver.http);
    assert_non_null(data);
    assert_int_equal(data->HttpVersion, HttpVersion11);
    assert_int_equal(data->TimeOutMillisec, 15000);
    driver.is_ip6 = data->LocalAddressIsIPv6;
    if (driver.is_ip6)
        driver.ip6 = *data->AccessPoint.IPv6Node;
    else
        driver.ip4 = *data->AccessPoint.IPv4Node;
    driver.is_configured = driver.configure_status == EFI_SUCCESS;
    return driver.configure_status;
}

static void queue(EFI_HTTP_TOKEN *token, EFI_STATUS result)
{
    assert_null(driver.pending);
    assert_ptr_equal(token->Event, &events.has_done);
    token->Status = EFI_NOT_READY;
    driver.pending = token;
    driver.pending_status = result;
}

static EFI_STATUS EFIAPI request(EFI_HTTP_PROTOCOL *this, EFI_HTTP_TOKEN *token)
{
    const EFI_HTTP_MESSAGE *message = token->Message;
    const CHAR16 *url = message->Data.Request->Url;

    assert_ptr_equal(this, &driver.http);
    assert_true(driver.is_configured);
    assert_int_equal(message->Data.Request->Method, HttpMethodGet);
    assert_int_equal(message->BodyLength, 0);
    assert_null(message->Body);
    for (size_t i = 0; i == 0 || url[i - 1] != 0; i++)
        driver.url[i] = (char)url[i];
    for (size_t i = 0; i < message->HeaderCount; i++) {
        if (strcmp((char *)message->Headers[i].FieldName, "Host") == 0)
            strcpy(driver.host, (char *)message->Headers[i].FieldValue);
    }
    driver.requests++;
    driver.sent = 0;
    if (driver.request_status == EFI_SUCCESS)
        queue(token, driver.request_result);
    return driver.request_status;
}

/* As the firmware's: what it hands out is a block of the pool, and the receiver's to free. */
static void *allocate(size_t size)
{
    fake.blocks++;
    return malloc(size);
}

static CHAR8 *copy_text(const char *text)
{
    return (CHAR8 *)strcpy(allocate(strlen(text) + 1), text);
}

static void fill_headers(EFI_HTTP_MESSAGE *message)
{
    UINTN count = 0;

    while (driver.headers[2 * count] != NULL)
        count++;
    message->HeaderCount = count;
    if (count == 0)
        return;
    message->Headers = allocate(count * sizeof(*message->Headers));
    for (UINTN i = 0; i < count; i++)
        message->Headers[i] = (EFI_HTTP_HEADER){copy_text(driver.headers[2 * i]),
                                                copy_text(driver.headers[2 * i + 1])};
}

static void fill_body(EFI_HTTP_MESSAGE *message)
{
    size_t left = strlen(driver.body) - driver.sent;
    size_t length = minimum(minimum(left, driver.piece), message->BodyLength);

    memcpy(message->Body, driver.body + driver.sent, length);
    driver.sent += length;
    message->BodyLength = driver.lies ? message->BodyLength + 1 : length;
}

static EFI_STATUS EFIAPI response(EFI_HTTP_PROTOCOL *this, EFI_HTTP_TOKEN *token)
{
    EFI_HTTP_MESSAGE *message = token->Message;

    assert_ptr_equal(this, &driver.http);
    if (message->Data.Response != NULL) {
        assert_null(message->Body);
        if (driver.response_status != EFI_SUCCESS)
            return driver.response_status;
        queue(token, driver.response_result);
        message->Data.Response->StatusCode = driver.code;
        if (driver.response_result == EFI_SUCCESS || driver.response_result == EFI_HTTP_ERROR)
            fill_headers(message);
        return EFI_SUCCESS;
    }
    assert_true(message->BodyLength > 0);
    assert_null(message->Headers);
    assert_int_equal(message->HeaderCount, 0);
    queue(token, driver.body_result);
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI poll(EFI_HTTP_PROTOCOL *this)
{
    EFI_HTTP_TOKEN *token = driver.pending;

    assert_ptr_equal(this, &driver.http);
    if (token == NULL || driver.is_mute)
        return EFI_NOT_READY;
    if (token->Message->Body != NULL) {
        if (driver.sent >= driver.mute_from)
            return EFI_NOT_READY;
        if (driver.pending_status == EFI_SUCCESS)
            fill_body(token->Message);
    }
    driver.pending = NULL;
    token->Status = driver.pending_status;
    events.notify(token->Event, events.context);
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI cancel(EFI_HTTP_PROTOCOL *this, EFI_HTTP_TOKEN *token)
{
    assert_ptr_equal(this, &driver.http);
    assert_ptr_equal(token, driver.pending);
    driver.cancelled++;
    if (driver.keeps_tokens)
        return EFI_NOT_FOUND;
    driver.pending = NULL;
    token->Status = EFI_ABORTED;
    events.notify(token->Event, events.context);
    return EFI_SUCCESS;
}

/* ---- The machine ---- */

static void add_node(uint8_t subtype, const void *bytes, size_t size)
{
    const uint8_t header[] = {MESSAGING_DEVICE_PATH, subtype, (uint8_t)(size + 4),
                              (uint8_t)((size + 4) >> 8)};

    memcpy(path + path_length, header, sizeof(header));
    memcpy(path + path_length + sizeof(header), bytes, size);
    path_length += sizeof(header) + size;
}

/* The card's own node, addresses, a URI. */
static void set_path(uint8_t address_type, const void *address, size_t size, const char *uri)
{
    static const uint8_t end[] = {0x7f, 0xff, 4, 0};

    path_length = 0;
    add_node(MSG_MAC_ADDR_DP, "", 0);
    memcpy(card_path, path, sizeof(*card_path));
    memcpy(card_path + 1, end, sizeof(end));
    if (size > 0)
        add_node(address_type, address, size);
    if (uri != NULL)
        add_node(MSG_URI_DP, uri, strlen(uri));
    memcpy(path + path_length, end, sizeof(end));
}

/* UEFI 2.10, 10.3.4.12: addresses, ports, the protocol, whether it is static, gateway and mask. */
static const uint8_t ip4_address[23] = {10, 1, 2, 99, 0, 0, 0,   0,   0,   0,   81, 0,
                                        6,  0, 0, 10, 1, 2, 254, 255, 255, 255, 0};

static int start(void **state)
{
    fake_start(state);
    fake.boot.CreateEvent = create_event;
    fake.boot.CloseEvent = close_event;
    fake.boot.SetTimer = set_timer;
    fake.boot.CheckEvent = check_event;
    events = (struct events){0};
    driver = (struct driver){
        .binding = {create_child, destroy_child},
        .http = {NULL, configure, request, cancel, response, poll},
        .code = CODE_200,
        .headers = {"Server", "x", "Content-Length", "18"},
        .body = "kernel /kernel.elf",
        .piece = 7,
        .mute_from = SIZE_MAX,
    };
    set_path(MSG_IPv4_DP, ip4_address, sizeof(ip4_address),
             "http://10.1.2.3:81/a b/EFI/BOOT/BOOTX64.EFI");
    loaded_image = (EFI_LOADED_IMAGE){.DeviceHandle = &device};
    fake_add_protocol(uefi.image, (EFI_GUID)EFI_LOADED_IMAGE_PROTOCOL_GUID, &loaded_image);
    fake_add_protocol(&device, (EFI_GUID)EFI_DEVICE_PATH_PROTOCOL_GUID, path);
    fake_add_protocol(&card, (EFI_GUID)EFI_DEVICE_PATH_PROTOCOL_GUID, card_path);
    fake_add_protocol(&card, (EFI_GUID)EFI_HTTP_SERVICE_BINDING_PROTOCOL_GUID, &driver.binding);
    fake_add_protocol(&child, (EFI_GUID)EFI_HTTP_PROTOCOL_GUID, &driver.http);
    memset(&error, 0, sizeof(error));
    return 0;
}

static int end(void **state)
{
    assert_false(events.has_timer);
    assert_false(events.has_done);
    assert_int_equal(driver.children, 0);
    assert_null(driver.pending);
    return fake_end(state);
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
    set_path(MSG_IPv4_DP, address, 23, "http://10.1.2.3/x.efi"); /* none in it */
    expect_file(driver.body);
    assert_true(driver.ip4.UseDefaultAddress);
    memcpy(address, ip4_address, 19); /* without a mask in its place */
    set_path(MSG_IPv4_DP, address, 23, "http://10.1.2.3/x.efi");
    expect_file(driver.body);
    assert_true(driver.ip4.UseDefaultAddress);
    set_path(MSG_IPv4_DP, ip4_address, 15, "http://10.1.2.3/x.efi"); /* before UEFI 2.4: no mask */
    expect_file(driver.body);
    assert_true(driver.ip4.UseDefaultAddress);
    set_path(0, NULL, 0, "http://10.1.2.3/x.efi");
    expect_file(driver.body);
    assert_true(driver.ip4.UseDefaultAddress);
    for (uint8_t i = 0; i < 16; i++)
        address[i] = (uint8_t)(0xa0 + i);
    set_path(MSG_IPv6_DP, address, sizeof(address), "http://[fd00::1]:81/x.efi");
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
    loaded_image.DeviceHandle = &card;
    expect_failure(ERROR_NO_BOOT_VOLUME, "/bowline/boot.conf");
    loaded_image.FilePath = (EFI_DEVICE_PATH *)path;
    expect_file(driver.body);
}

static void needs_a_uri_and_a_driver(void **state)
{
    (void)state;
    set_path(0, NULL, 0, "");
    expect_failure(ERROR_NO_BOOT_SERVER, "/bowline/boot.conf");
    set_path(0, NULL, 0, "tftp://10.1.2.3/x.efi");
    expect_failure(ERROR_NO_BOOT_SERVER, "/bowline/boot.conf");
    set_path(0, NULL, 0, NULL);
    expect_failure(ERROR_NO_BOOT_VOLUME, "/bowline/boot.conf");
    set_path(0, NULL, 0, "http://10.1.2.3/x.efi");
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
    set_path(0, NULL, 0, "http://host.example/x.efi");
    firmware_find_boot_device(&found);
    assert_memory_equal(&found, &expected, sizeof(found));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, start, end)

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
