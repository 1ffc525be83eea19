/* SPDX-License-Identifier: MIT */
#include "fake_http.h"

#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "support.h"

struct http_driver driver;
struct http_events events;
int http_card, http_device, http_child;
uint8_t http_path[400];
EFI_LOADED_IMAGE http_loaded_image;
static size_t path_length;
static EFI_DEVICE_PATH card_path[2];

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
    *out = &http_child;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI destroy_child(EFI_SERVICE_BINDING *this, EFI_HANDLE handle)
{
    assert_ptr_equal(this, &driver.binding);
    assert_ptr_equal(handle, &http_child);
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

    memcpy(http_path + path_length, header, sizeof(header));
    memcpy(http_path + path_length + sizeof(header), bytes, size);
    path_length += sizeof(header) + size;
}

/* The card's own node, addresses, a URI. */
void http_set_path(uint8_t address_type, const void *address, size_t size, const char *uri)
{
    static const uint8_t end[] = {0x7f, 0xff, 4, 0};

    path_length = 0;
    add_node(MSG_MAC_ADDR_DP, "", 0);
    memcpy(card_path, http_path, sizeof(*card_path));
    memcpy(card_path + 1, end, sizeof(end));
    if (size > 0)
        add_node(address_type, address, size);
    if (uri != NULL)
        add_node(MSG_URI_DP, uri, strlen(uri));
    memcpy(http_path + path_length, end, sizeof(end));
}

/* UEFI 2.10, 10.3.4.12: addresses, ports, the protocol, whether it is static, gateway and mask. */
const uint8_t http_ip4_address[23] = {10, 1, 2, 99, 0, 0, 0,   0,   0,   0,   81, 0,
                                      6,  0, 0, 10, 1, 2, 254, 255, 255, 255, 0};

int http_start(void **state)
{
    fake_start(state);
    fake.boot.CreateEvent = create_event;
    fake.boot.CloseEvent = close_event;
    fake.boot.SetTimer = set_timer;
    fake.boot.CheckEvent = check_event;
    events = (struct http_events){0};
    driver = (struct http_driver){
        .binding = {create_child, destroy_child},
        .http = {NULL, configure, request, cancel, response, poll},
        .code = CODE_200,
        .headers = {"Server", "x", "Content-Length", "18"},
        .body = "kernel /kernel.elf",
        .piece = 7,
        .mute_from = SIZE_MAX,
    };
    http_set_path(MSG_IPv4_DP, http_ip4_address, sizeof(http_ip4_address),
                  "http://10.1.2.3:81/a b/EFI/BOOT/BOOTX64.EFI");
    http_loaded_image = (EFI_LOADED_IMAGE){.DeviceHandle = &http_device};
    fake_add_protocol(uefi.image, (EFI_GUID)EFI_LOADED_IMAGE_PROTOCOL_GUID, &http_loaded_image);
    fake_add_protocol(&http_device, (EFI_GUID)EFI_DEVICE_PATH_PROTOCOL_GUID, http_path);
    fake_add_protocol(&http_card, (EFI_GUID)EFI_DEVICE_PATH_PROTOCOL_GUID, card_path);
    fake_add_protocol(&http_card, (EFI_GUID)EFI_HTTP_SERVICE_BINDING_PROTOCOL_GUID,
                      &driver.binding);
    fake_add_protocol(&http_child, (EFI_GUID)EFI_HTTP_PROTOCOL_GUID, &driver.http);
    return 0;
}

int http_end(void **state)
{
    assert_false(events.has_timer);
    assert_false(events.has_done);
    assert_int_equal(driver.children, 0);
    assert_null(driver.pending);
    return fake_end(state);
}
