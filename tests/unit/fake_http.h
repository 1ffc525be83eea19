/* SPDX-License-Identifier: MIT */
/* A network card with UEFI's HTTP driver, and a server behind it, on the firmware of fake_uefi.h.
 */
#pragma once

#include "../../uefi/http_protocol.h"
#include "fake_uefi.h"

enum { CHECKS_PER_SECOND = 2, CODE_200 = 3, CODE_302 = 12, CODE_404 = 21, CODE_500 = 35 };

/* The card's driver, and the server behind it. */
struct http_driver {
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
};

extern struct http_driver driver;

struct http_events {
    uint64_t time, end; /* of 100 ns */
    bool has_timer, has_done;
    EFI_EVENT_NOTIFY notify;
    void *context;
    unsigned fail, created; /* the number of the CreateEvent() that fails */
};

extern struct http_events events;

/* The handles, and the device path of the card, addresses and URI. */
extern int http_card, http_device, http_child;
extern uint8_t http_path[400];
extern EFI_LOADED_IMAGE http_loaded_image;

void http_set_path(uint8_t address_type, const void *address, size_t size, const char *uri);

/* UEFI 2.10, 10.3.4.12: addresses, ports, the protocol, whether it is static, gateway and mask. */
extern const uint8_t http_ip4_address[23];

/* The application has come from http://10.1.2.3:81/a b/EFI/BOOT/BOOTX64.EFI, which is served. */
int http_start(void **state);

/* Nothing may have been left open. */
int http_end(void **state);
