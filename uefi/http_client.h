/* SPDX-License-Identifier: MIT */
/*
 * One GET at a time by the firmware's HTTP driver, on a connection of its own. What is sent and
 * received lies in memory of this module that nobody else ever gets: a driver that does not let go
 * of it harms nothing.
 */
#pragma once

#include "device_path.h"
#include "http_protocol.h"
#include "network/http.h"
#include "network/uri.h"

struct http_client {
    EFI_SERVICE_BINDING *binding;
    EFI_HANDLE child;
    EFI_HTTP_PROTOCOL *http;
    EFI_EVENT done, timer;
    uint64_t received; /* bytes of bodies, for messages */
};

/*
 * Opens a client on the handle of a network card, with the machine's address that the path tells,
 * or else the firmware's own. After a failure nothing is open.
 */
bool http_client_open(EFI_HANDLE card, const struct device_path_uri *path, struct http_client *out,
                      struct error *error);

/*
 * Asks for `uri`, from the host of that name, and waits for the headers of the answer. Each wait
 * ends after 15 seconds at the most: ERROR_HTTP_NO_ANSWER.
 */
bool http_client_get(struct http_client *client, const char *uri, const char *host,
                     struct http_body *out, struct error *error);

/*
 * Waits for the next bytes of the body, `limit` at the most. They stay where they are until the
 * next call, and the caller may change them; there is at least one.
 */
bool http_client_receive(struct http_client *client, uint64_t limit, uint8_t **bytes,
                         size_t *length, struct error *error);

void http_client_close(struct http_client *client);
