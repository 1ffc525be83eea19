/* SPDX-License-Identifier: MIT */
#include "http_client.h"

#include "base/string.h"
#include "base/units.h"

enum { TIMEOUT_MILLISECONDS = 15000, TIMER_UNITS_PER_MILLISECOND = 10000 };

enum { BODY_SIZE = 60 << 10 };

/* What the driver has pointers to while it works. */
static struct {
    EFI_HTTP_TOKEN token;
    EFI_HTTP_MESSAGE message;
    EFI_HTTP_REQUEST_DATA request;
    EFI_HTTP_RESPONSE_DATA response;
    EFI_HTTP_HEADER headers[3];
    CHAR16 url[URI_SIZE_MAX];
    char host[URI_HOST_MAX];
    uint8_t body[BODY_SIZE];
    volatile bool is_done;
} exchange;

static const EFI_BOOT_SERVICES *services(void)
{
    return uefi.system->BootServices;
}

/* ---- Connection ---- */

/* UEFI 2.10, 29.6.5: the event of a token has to be one with a function. */
static void EFIAPI mark_done(EFI_EVENT event, void *context)
{
    (void)event;
    (void)context;
    exchange.is_done = true;
}

static bool is_zero(const uint8_t *bytes, size_t length)
{
    while (length > 0 && bytes[length - 1] == 0)
        length--;
    return length == 0;
}

static EFI_STATUS configure(EFI_HTTP_PROTOCOL *http, const struct device_path_uri *path)
{
    EFI_HTTPv4_ACCESS_POINT ip4 = {
        .UseDefaultAddress = is_zero(path->ip4.local, sizeof(path->ip4.local)) ||
                             is_zero(path->ip4.mask, sizeof(path->ip4.mask)),
    };
    EFI_HTTPv6_ACCESS_POINT ip6 = {0};
    EFI_HTTP_CONFIG_DATA data = {
        .HttpVersion = HttpVersion11,
        .TimeOutMillisec = TIMEOUT_MILLISECONDS,
        .AccessPoint.IPv4Node = &ip4,
    };

    memcpy(&ip4.LocalAddress, path->ip4.local, sizeof(ip4.LocalAddress));
    memcpy(&ip4.LocalSubnet, path->ip4.mask, sizeof(ip4.LocalSubnet));
    if (path->ip6.header.Type != 0) {
        memcpy(&ip6.LocalAddress, path->ip6.local, sizeof(ip6.LocalAddress));
        data.LocalAddressIsIPv6 = TRUE;
        data.AccessPoint.IPv6Node = &ip6;
    }
    return http->Configure(http, &data);
}

static bool open_child(EFI_HANDLE card, const struct device_path_uri *path,
                       struct http_client *client, struct error *error)
{
    client->binding = uefi_protocol(card, (EFI_GUID)EFI_HTTP_SERVICE_BINDING_PROTOCOL_GUID);
    if (client->binding == NULL)
        return FAIL_WITH(error, FIRMWARE, "HTTP service binding", EFI_UNSUPPORTED);

    EFI_STATUS status = client->binding->CreateChild(client->binding, &client->child);

    if (status != EFI_SUCCESS)
        return FAIL_WITH(error, FIRMWARE, "HTTP CreateChild()", status);
    client->http = uefi_protocol(client->child, (EFI_GUID)EFI_HTTP_PROTOCOL_GUID);
    status = client->http == NULL ? EFI_UNSUPPORTED : configure(client->http, path);
    if (status != EFI_SUCCESS)
        return FAIL_WITH(error, FIRMWARE, "HTTP Configure()", status);
    return true;
}

static bool open_events(struct http_client *client, struct error *error)
{
    EFI_STATUS status = services()->CreateEvent(EVT_TIMER, 0, NULL, NULL, &client->timer);

    if (status == EFI_SUCCESS)
        status = services()->CreateEvent(EVT_NOTIFY_SIGNAL, TPL_CALLBACK, mark_done, NULL,
                                         &client->done);
    if (status != EFI_SUCCESS)
        return FAIL_WITH(error, FIRMWARE, "CreateEvent()", status);
    return true;
}

bool http_client_open(EFI_HANDLE card, const struct device_path_uri *path, struct http_client *out,
                      struct error *error)
{
    struct http_client client = {0};

    exchange.is_done = true; /* nothing has begun */
    if (!open_events(&client, error) || !open_child(card, path, &client, error)) {
        http_client_close(&client);
        return false;
    }
    *out = client;
    return true;
}

/*
 * The event of a token that the driver has kept in spite of all stays open: it would signal one
 * that is gone.
 */
void http_client_close(struct http_client *client)
{
    if (client->child != NULL &&
        client->binding->DestroyChild(client->binding, client->child) == EFI_SUCCESS)
        exchange.is_done = true;
    if (client->done != NULL && exchange.is_done)
        services()->CloseEvent(client->done);
    if (client->timer != NULL)
        services()->CloseEvent(client->timer);
}

/* ---- Messages ---- */

static bool wait_until_done(struct http_client *client)
{
    services()->SetTimer(client->timer, TimerRelative,
                         (uint64_t)TIMEOUT_MILLISECONDS * TIMER_UNITS_PER_MILLISECOND);
    do {
        client->http->Poll(client->http);
        if (exchange.is_done)
            return true;
    } while (services()->CheckEvent(client->timer) == EFI_NOT_READY);
    return exchange.is_done;
}

/* One of the driver's two functions that take the token, and what becomes of it. */
static bool run(struct http_client *client, const char *name,
                EFI_STATUS(EFIAPI *function)(EFI_HTTP_PROTOCOL *, EFI_HTTP_TOKEN *),
                struct error *error)
{
    exchange.token = (EFI_HTTP_TOKEN){
        .Event = client->done, .Status = EFI_NOT_READY, .Message = &exchange.message};
    exchange.is_done = false;

    EFI_STATUS status = function(client->http, &exchange.token);

    if (status != EFI_SUCCESS) {
        exchange.is_done = true; /* a token that was not taken */
    } else if (wait_until_done(client)) {
        status = exchange.token.Status;
    } else {
        client->http->Cancel(client->http, &exchange.token);
        status = EFI_TIMEOUT;
    }
    if (status == EFI_TIMEOUT)
        return FAIL(error, HTTP_NO_ANSWER, client->received);
    if (status != EFI_SUCCESS && status != EFI_HTTP_ERROR)
        return FAIL_WITH(error, HTTP_CONNECTION, name, status, client->received);
    return true;
}

static bool send_request(struct http_client *client, const char *uri, const char *host,
                         struct error *error)
{
    const EFI_HTTP_HEADER headers[] = {
        {(CHAR8 *)"Host", (CHAR8 *)exchange.host},
        {(CHAR8 *)"User-Agent", (CHAR8 *)"Bowline"},
        {(CHAR8 *)"Accept-Encoding", (CHAR8 *)"identity"}, /* without it, any will do */
    };
    size_t length = strlen(uri);

    for (size_t i = 0; i <= length; i++)
        exchange.url[i] = (uint8_t)uri[i];
    memcpy(exchange.host, host, strlen(host) + 1);
    memcpy(exchange.headers, headers, sizeof(headers));
    exchange.request = (EFI_HTTP_REQUEST_DATA){.Method = HttpMethodGet, .Url = exchange.url};
    exchange.message = (EFI_HTTP_MESSAGE){
        .Data.Request = &exchange.request,
        .HeaderCount = COUNT_OF(exchange.headers),
        .Headers = exchange.headers,
    };
    return run(client, "Request()", client->http->Request, error);
}

/* UEFI 2.10, 29.6.5: EFI_HTTP_STATUS_CODE counts what it knows. 0: another. */
static unsigned status_number(uint32_t code)
{
    static const uint16_t numbers[] = {
        0,   100, 101, 200, 201, 202, 203, 204, 205, 206, 300, 301, 302, 303,
        304, 305, 307, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410,
        411, 412, 413, 414, 415, 416, 417, 500, 501, 502, 503, 504, 505, 308,
    };

    return code < COUNT_OF(numbers) ? numbers[code] : 0;
}

/* And gives the headers back, which are the receiver's to free. */
static bool take_headers(struct http_body *body, struct error *error)
{
    EFI_HTTP_HEADER *headers = exchange.message.Headers;
    bool is_good = true;

    if (headers == NULL)
        return true;
    for (UINTN i = 0; i < exchange.message.HeaderCount; i++) {
        is_good = is_good && http_take_header(body, (const char *)headers[i].FieldName,
                                              (const char *)headers[i].FieldValue, error);
        services()->FreePool(headers[i].FieldName);
        services()->FreePool(headers[i].FieldValue);
    }
    services()->FreePool(headers);
    return is_good;
}

bool http_client_get(struct http_client *client, const char *uri, const char *host,
                     struct http_body *out, struct error *error)
{
    struct http_body body = {0};

    if (!send_request(client, uri, host, error))
        return false;
    exchange.response = (EFI_HTTP_RESPONSE_DATA){0};
    exchange.message = (EFI_HTTP_MESSAGE){.Data.Response = &exchange.response};
    if (!run(client, "Response()", client->http->Response, error))
        return false;

    struct error header_error = {0};
    bool is_understood = take_headers(&body, &header_error);

    if (!http_check_status(status_number(exchange.response.StatusCode), error))
        return false;
    if (!is_understood) {
        *error = header_error;
        return false;
    }
    if (!http_begin_body(&body, error))
        return false;
    *out = body;
    return true;
}

bool http_client_receive(struct http_client *client, uint64_t limit, uint8_t **bytes,
                         size_t *length, struct error *error)
{
    const size_t capacity = minimum(limit, sizeof(exchange.body));

    exchange.message = (EFI_HTTP_MESSAGE){.BodyLength = capacity, .Body = exchange.body};
    if (!run(client, "Response()", client->http->Response, error))
        return false;
    if (exchange.message.BodyLength == 0 || exchange.message.BodyLength > capacity)
        return FAIL_WITH(error, HTTP_CONNECTION, "Response()", EFI_END_OF_FILE, client->received);
    *bytes = exchange.body;
    *length = exchange.message.BodyLength;
    client->received += *length;
    return true;
}
