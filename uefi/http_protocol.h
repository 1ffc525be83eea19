/* SPDX-License-Identifier: MIT */
/* EFI_HTTP_PROTOCOL, which gnu-efi lacks: UEFI 2.10, chapter 29.6. Names are those of the chapter.
 */
#pragma once

#include "uefi.h"

#include <stddef.h>

#define EFI_HTTP_SERVICE_BINDING_PROTOCOL_GUID                                                     \
    {                                                                                              \
        0xbdc8e6af, 0xd9bc, 0x4379,                                                                \
        {                                                                                          \
            0xa7, 0x2a, 0xe0, 0xc4, 0xe7, 0x5d, 0xae, 0x1c                                         \
        }                                                                                          \
    }

#define EFI_HTTP_PROTOCOL_GUID                                                                     \
    {                                                                                              \
        0x7a59b29b, 0x910b, 0x4171,                                                                \
        {                                                                                          \
            0x82, 0x42, 0xa8, 0x5a, 0x0d, 0xf2, 0x5b, 0x5b                                         \
        }                                                                                          \
    }

/* Appendix D: the message has come, and its status is one of failure. */
#ifndef EFI_HTTP_ERROR
#define EFI_HTTP_ERROR EFIERR(35)
#endif

typedef enum { HttpVersion10, HttpVersion11 } EFI_HTTP_VERSION;

typedef enum { HttpMethodGet } EFI_HTTP_METHOD;

typedef struct {
    BOOLEAN UseDefaultAddress;
    EFI_IPv4_ADDRESS LocalAddress;
    EFI_IPv4_ADDRESS LocalSubnet;
    UINT16 LocalPort; /* 0: any */
} EFI_HTTPv4_ACCESS_POINT;
_Static_assert(sizeof(EFI_HTTPv4_ACCESS_POINT) == 12 &&
                   offsetof(EFI_HTTPv4_ACCESS_POINT, LocalAddress) == 1,
               "UEFI 2.10, 29.6.4");

typedef struct {
    EFI_IPv6_ADDRESS LocalAddress;
    UINT16 LocalPort;
} EFI_HTTPv6_ACCESS_POINT;
_Static_assert(sizeof(EFI_HTTPv6_ACCESS_POINT) == 18, "UEFI 2.10, 29.6.4");

typedef struct {
    EFI_HTTP_VERSION HttpVersion;
    UINT32 TimeOutMillisec;
    BOOLEAN LocalAddressIsIPv6;
    union {
        EFI_HTTPv4_ACCESS_POINT *IPv4Node;
        EFI_HTTPv6_ACCESS_POINT *IPv6Node;
    } AccessPoint;
} EFI_HTTP_CONFIG_DATA;
_Static_assert(offsetof(EFI_HTTP_CONFIG_DATA, LocalAddressIsIPv6) == 8 &&
                   sizeof(EFI_HTTP_CONFIG_DATA) == (sizeof(void *) == 8 ? 24 : 16),
               "UEFI 2.10, 29.6.4");

typedef struct {
    EFI_HTTP_METHOD Method;
    CHAR16 *Url;
} EFI_HTTP_REQUEST_DATA;

/* StatusCode is an EFI_HTTP_STATUS_CODE, which counts the codes of HTTP 1.1 from one. */
typedef struct {
    UINT32 StatusCode;
} EFI_HTTP_RESPONSE_DATA;

typedef struct {
    CHAR8 *FieldName;
    CHAR8 *FieldValue;
} EFI_HTTP_HEADER;

typedef struct {
    union {
        EFI_HTTP_REQUEST_DATA *Request;
        EFI_HTTP_RESPONSE_DATA *Response;
    } Data;
    UINTN HeaderCount;
    EFI_HTTP_HEADER *Headers;
    UINTN BodyLength;
    VOID *Body;
} EFI_HTTP_MESSAGE;
_Static_assert(sizeof(EFI_HTTP_MESSAGE) == 5 * sizeof(UINTN), "UEFI 2.10, 29.6.5");

typedef struct {
    EFI_EVENT Event;
    EFI_STATUS Status;
    EFI_HTTP_MESSAGE *Message;
} EFI_HTTP_TOKEN;
_Static_assert(sizeof(EFI_HTTP_TOKEN) == 3 * sizeof(UINTN), "UEFI 2.10, 29.6.5");

typedef struct EFI_HTTP_PROTOCOL EFI_HTTP_PROTOCOL;

struct EFI_HTTP_PROTOCOL {
    EFI_STATUS(EFIAPI *GetModeData)(EFI_HTTP_PROTOCOL *This, EFI_HTTP_CONFIG_DATA *ConfigData);
    EFI_STATUS(EFIAPI *Configure)(EFI_HTTP_PROTOCOL *This, EFI_HTTP_CONFIG_DATA *ConfigData);
    EFI_STATUS(EFIAPI *Request)(EFI_HTTP_PROTOCOL *This, EFI_HTTP_TOKEN *Token);
    EFI_STATUS(EFIAPI *Cancel)(EFI_HTTP_PROTOCOL *This, EFI_HTTP_TOKEN *Token);
    EFI_STATUS(EFIAPI *Response)(EFI_HTTP_PROTOCOL *This, EFI_HTTP_TOKEN *Token);
    EFI_STATUS(EFIAPI *Poll)(EFI_HTTP_PROTOCOL *This);
};
_Static_assert(sizeof(EFI_HTTP_PROTOCOL) == 6 * sizeof(UINTN) &&
                   offsetof(EFI_HTTP_PROTOCOL, Poll) == 5 * sizeof(UINTN),
               "UEFI 2.10, 29.6.2");
