/* SPDX-License-Identifier: MIT */
#include "pxe.h"

#include "base/string.h"
#include "bios_call.h"
#include "firmware/memory.h"
#include "memory_layout.h"

enum {
    EXIT_SUCCESS = 0, /* in ax */
    INSTALLATION_CHECK = 0x5650,
    IS_INSTALLED = 0x564e,
};

/* thunk.S */
extern struct far_pointer pxe_entry;
extern const char pxe_gate[];

bool pxe_ask_bios(struct far_pointer *out)
{
    struct bios_call call = {.interrupt = 0x1a, .eax = INSTALLATION_CHECK};

    if (bios_calls(&call, 1) != 1 || LOW_WORD(call.eax) != IS_INSTALLED)
        return false;
    *out = (struct far_pointer){.offset = LOW_WORD(call.ebx), .segment = call.es};
    return true;
}

void pxe_use(const struct pxe_rom *rom)
{
    struct far_pointer *gate = firmware_memory(LAYOUT_PXE_ENTRY, sizeof(*gate));

    pxe_entry = rom->entry;
    *gate = (struct far_pointer){
        .offset = (uint16_t)((uintptr_t)pxe_gate - LAYOUT_STAGE3),
        .segment = LAYOUT_STAGE3 >> 4,
    };
}

bool pxe_try(enum pxe_function function, void *parameters)
{
    struct far_pointer place = far_to(parameters);
    struct bios_call call = {
        .interrupt = FAR_POINTER_AT(LAYOUT_PXE_ENTRY),
        .ebx = function,
        .es = place.segment,
        .edi = place.offset,
    };

    bios_calls(&call, 1);
    return LOW_WORD(call.eax) == EXIT_SUCCESS;
}

static const char *name_of(enum pxe_function function)
{
    switch (function) {
    case PXE_UNDI_CLEANUP:
        return "PXENV_UNDI_CLEANUP";
    case PXE_UNDI_SHUTDOWN:
        return "PXENV_UNDI_SHUTDOWN";
    case PXE_STOP_UNDI:
        return "PXENV_STOP_UNDI";
    case PXE_UDP_OPEN:
        return "PXENV_UDP_OPEN";
    case PXE_UDP_CLOSE:
        return "PXENV_UDP_CLOSE";
    case PXE_UDP_READ:
        return "PXENV_UDP_READ";
    case PXE_UDP_WRITE:
        return "PXENV_UDP_WRITE";
    case PXE_UNLOAD_STACK:
        return "PXENV_UNLOAD_STACK";
    case PXE_GET_CACHED_INFO:
        return "PXENV_GET_CACHED_INFO";
    }
    return "API";
}

bool pxe_call(enum pxe_function function, void *parameters, struct error *error)
{
    uint16_t status;

    if (pxe_try(function, parameters))
        return true;
    memcpy(&status, parameters, sizeof(status));
    return FAIL_WITH(error, PXE, name_of(function), status);
}
