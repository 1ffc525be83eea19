/* SPDX-License-Identifier: MIT */
/*
 * Files over TFTP, from the server that the application came from and through the same network
 * card: UEFI 2.10, chapter 24.3, of which only UDP is used (network/tftp.h says why).
 */
#include "network.h"

#include "base/print.h"
#include "base/string.h"
#include "base/units.h"
#include "file_source.h"
#include "firmware/memory.h"
#include "network/tftp.h"
#include "pool.h"

_Static_assert(offsetof(EFI_PXE_BASE_CODE_MODE, StationIp) == 20 &&
                   offsetof(EFI_PXE_BASE_CODE_MODE, DhcpAck) == 1524,
               "UEFI 2.10, 24.3.1");

/* RFC 6335: ports that nobody has a claim to. */
enum { FIRST_PORT = 49152 };

enum { TIMER_UNITS_PER_MILLISECOND = 10000 };

/* The directory that the files lie in, and a path below it. */
enum { FULL_PATH_MAX = 1024 };

struct network_link {
    struct tftp_link link;
    EFI_PXE_BASE_CODE *pxe;
    EFI_IP_ADDRESS server;
    EFI_EVENT timer;
    EFI_PXE_BASE_CODE_UDP_PORT port; /* ours */
};

/* A file that has been read, whole: TFTP has no way to read it in another order later. */
struct network_file {
    struct memory_reader memory;
    struct tftp_file file;
};

static EFI_PXE_BASE_CODE *find_pxe(EFI_HANDLE device)
{
    EFI_PXE_BASE_CODE *pxe = uefi_protocol(device, (EFI_GUID)EFI_PXE_BASE_CODE_PROTOCOL_GUID);

    /* Started: DHCP has been through, which a card has that was not booted from. */
    return pxe != NULL && pxe->Mode != NULL && pxe->Mode->Started ? pxe : NULL;
}

static bool is_network(EFI_HANDLE device)
{
    return find_pxe(device) != NULL;
}

static bool find_boot_file(const EFI_PXE_BASE_CODE_MODE *mode, struct boot_file *out)
{
    const struct {
        bool is_there;
        const EFI_PXE_BASE_CODE_PACKET *packet;
    } replies[] = {
        /* The boot server's word counts more than that of the DHCP server (PXE 2.1, 2.2.5). */
        {mode->PxeReplyReceived, &mode->PxeReply},
        {mode->ProxyOfferReceived, &mode->ProxyOffer},
        {mode->DhcpAckReceived, &mode->DhcpAck},
    };

    if (mode->UsingIpv6)
        return false;
    for (size_t i = 0; i < COUNT_OF(replies); i++) {
        if (replies[i].is_there &&
            dhcp_find_boot_file(replies[i].packet, sizeof(*replies[i].packet), out))
            return true;
    }
    return false;
}

bool network_find_boot_file(EFI_HANDLE device, struct boot_file *out)
{
    const EFI_PXE_BASE_CODE *pxe = find_pxe(device);

    return pxe != NULL && find_boot_file(pxe->Mode, out);
}

/* ---- Datagrams ---- */

static bool send_packet(struct tftp_link *base, uint16_t port, const void *packet, size_t length,
                        struct error *error)
{
    struct network_link *link = (struct network_link *)base;
    UINTN size = length;
    EFI_STATUS status = link->pxe->UdpWrite(link->pxe, 0, &link->server, &port, NULL, NULL,
                                            &link->port, NULL, NULL, &size, (void *)packet);

    if (status != EFI_SUCCESS)
        return FAIL_WITH(error, FIRMWARE, "UdpWrite()", status);
    return true;
}

/* Firmware waits for a while in UdpRead() (EDK II: three seconds), or not at all (iPXE). */
static size_t receive_packet(struct tftp_link *base, uint32_t milliseconds, uint16_t *port,
                             uint8_t packet[TFTP_PACKET_SIZE])
{
    struct network_link *link = (struct network_link *)base;
    const EFI_BOOT_SERVICES *services = uefi.system->BootServices;

    services->SetTimer(link->timer, TimerRelative,
                       (uint64_t)milliseconds * TIMER_UNITS_PER_MILLISECOND);
    do {
        EFI_IP_ADDRESS server = link->server, station = link->pxe->Mode->StationIp;
        EFI_PXE_BASE_CODE_UDP_PORT from = 0, to = link->port;
        UINTN size = TFTP_PACKET_SIZE;
        EFI_STATUS status =
            link->pxe->UdpRead(link->pxe, EFI_PXE_BASE_CODE_UDP_OPFLAGS_ANY_SRC_PORT, &station, &to,
                               &server, &from, NULL, NULL, &size, packet);

        if (status == EFI_SUCCESS && size <= TFTP_PACKET_SIZE) {
            *port = from;
            return size;
        }
    } while (services->CheckEvent(link->timer) == EFI_NOT_READY);
    return 0;
}

static bool open_link(EFI_PXE_BASE_CODE *pxe, const struct boot_file *boot,
                      struct network_link *out, struct error *error)
{
    static uint16_t files;
    struct network_link link = {
        .link = {.holds_windows = true, .send = send_packet, .receive = receive_packet},
        .pxe = pxe,
        .port = (uint16_t)(FIRST_PORT + files++ % (0x10000 - FIRST_PORT)),
    };
    EFI_STATUS status =
        uefi.system->BootServices->CreateEvent(EVT_TIMER, 0, NULL, NULL, &link.timer);

    if (status != EFI_SUCCESS)
        return FAIL_WITH(error, FIRMWARE, "CreateEvent()", status);
    memcpy(&link.server, boot->server, sizeof(boot->server));
    *out = link;
    return true;
}

/* ---- Files ---- */

static bool grow(struct tftp_file *file, uint64_t capacity, struct error *error)
{
    if (!pool_grow(&file->bytes, file->size, capacity, error))
        return false;
    file->capacity = capacity;
    return true;
}

static void close_file(struct reader *reader)
{
    struct network_file *file = (struct network_file *)reader;

    firmware_must_be_alive();
    if (file->file.bytes != NULL)
        uefi.system->BootServices->FreePool(file->file.bytes);
    uefi.system->BootServices->FreePool(file);
}

/* "tftp://192.168.0.1/boot/kernel.elf", for messages. */
static bool name_error(struct error *error, const struct boot_file *boot, const char *name)
{
    const uint8_t *server = boot->server;
    char url[sizeof(error->object)];

    print_text(url, sizeof(url), "tftp://%u.%u.%u.%u/%s", server[0], server[1], server[2],
               server[3], *name == '/' ? name + 1 : name);
    return error_in(error, url);
}

static bool read_file(EFI_PXE_BASE_CODE *pxe, const struct boot_file *boot, const char *path,
                      struct tftp_file *file, struct error *error)
{
    char root[BOOT_FILE_PATH_MAX], name[FULL_PATH_MAX];
    struct network_link link;

    dhcp_find_root(boot, root);
    while (*path == '/')
        path++;
    print_text(name, sizeof(name), "%s%s", root, path);
    if (!open_link(pxe, boot, &link, error))
        return false;
    bool is_read = tftp_read(&link.link, name, file, error);
    uefi.system->BootServices->CloseEvent(link.timer);
    return is_read || name_error(error, boot, name);
}

static bool open_file(EFI_HANDLE device, const char *path, struct reader **out, struct error *error)
{
    EFI_PXE_BASE_CODE *pxe = find_pxe(device);
    struct network_file *file = NULL;
    struct boot_file boot;

    if (pxe == NULL || !find_boot_file(pxe->Mode, &boot))
        return FAIL(error, NO_BOOT_SERVER);
    if (uefi.system->BootServices->AllocatePool(EfiLoaderData, sizeof(*file), (void **)&file) !=
        EFI_SUCCESS)
        return FAIL(error, OUT_OF_MEMORY, 1);
    *file = (struct network_file){.file.grow = grow};

    bool is_read = read_file(pxe, &boot, path, &file->file, error);

    memory_reader_init(&file->memory, file->file.bytes, file->file.size);
    file->memory.reader.close = close_file;
    if (!is_read) {
        close_file(&file->memory.reader);
        return false;
    }
    *out = &file->memory.reader;
    return true;
}

const struct file_source network_source = {.is_at = is_network, .open = open_file};
