/* SPDX-License-Identifier: MIT */
/*
 * Files over TFTP, from the server that bowline.0 came from and through the same network card: by
 * the ROM that has loaded it, of which only UDP is used (network/tftp.h says why).
 */
#include "base/bytes.h"
#include "base/print.h"
#include "base/string.h"
#include "base/units.h"
#include "bios.h"
#include "console/log.h"
#include "file_source.h"
#include "firmware/memory.h"
#include "memory_layout.h"
#include "network/dhcp.h"
#include "network/tftp.h"
#include "pxe.h"

enum {
    FIRST_PORT = 49152,      /* RFC 6335: ports that nobody has a claim to */
    DHCP_REPLY = 2,          /* which packet PXENV_GET_CACHED_INFO gives */
    BOOT_SERVER_REPLY = 3,   /* or the ProxyDHCP server's, or the DHCP server's once more */
    PACKET_SIZE_MAX = 1472,  /* what a frame of Ethernet can hold */
    FULL_PATH_MAX = 1024,    /* the directory that the files lie in, and a path below it */
    BIOS_DATA_TICKS = 0x46c, /* counted by the BIOS, while its interrupts are on */
    MILLISECONDS_PER_TICK = 55,
    CALLS_PER_MILLISECOND = 1000, /* at most: the way to real mode alone takes a microsecond */
    PARAMETERS_MAX = 64, /* bytes, for functions whose parameters are nothing but a status */
};

/* A file that has been read, whole: TFTP has no way to read it in another order later. */
struct network_file {
    struct memory_reader memory;
    struct tftp_file file;
    bool is_open;
};

static struct {
    bool is_open;
    struct pxe_rom rom;
    struct network_address address;
    struct boot_file boot;
    uint16_t port; /* ours */
} network;

/* There is memory for one (memory_resize_file()). */
static struct network_file the_file;

static void start(const struct stage2_report *report)
{
    (void)report;
}

/* ---- The ROM ---- */

static bool find_rom(struct pxe_rom *out, struct error *error)
{
    const struct far_pointer *told = firmware_memory(LAYOUT_PXE_NEW, 2 * sizeof(*told));
    const uint8_t *low = firmware_memory(0, MIB);
    struct far_pointer nowhere = {0}, old;

    if (!pxe_find(low, told[0], told[1], out) &&
        !(pxe_ask_bios(&old) && pxe_find(low, nowhere, old, out)))
        return FAIL(error, NO_PXE);
    if (out->start != 0 && out->start < memory_low_end())
        return FAIL(error, PXE_MEMORY, out->start, memory_low_end());
    return true;
}

static bool read_packet(uint16_t kind, uint8_t buffer[PACKET_SIZE_MAX], size_t *size,
                        struct error *error)
{
    struct pxe_cached_info info = {
        .packet = kind,
        .size = PACKET_SIZE_MAX,
        .buffer = far_to(buffer),
        .capacity = PACKET_SIZE_MAX,
    };

    memset(buffer, 0, PACKET_SIZE_MAX);
    if (!pxe_call(PXE_GET_CACHED_INFO, &info, error))
        return false;
    *size = minimum(info.size, PACKET_SIZE_MAX);
    return true;
}

static bool find_server(struct error *error)
{
    static uint8_t packet[PACKET_SIZE_MAX];
    size_t size;

    bool is_found = read_packet(BOOT_SERVER_REPLY, packet, &size, error) &&
                    dhcp_find_boot_file(packet, size, &network.boot);
    if (!read_packet(DHCP_REPLY, packet, &size, error))
        return false;
    if (!dhcp_find_address(packet, size, &network.address) ||
        (!is_found && !dhcp_find_boot_file(packet, size, &network.boot)))
        return FAIL(error, NO_BOOT_SERVER);
    return true;
}

static bool open_udp(struct error *error)
{
    struct pxe_udp_open open = {0};
    uint8_t close[PARAMETERS_MAX] = {0};

    memcpy(open.own, network.address.own, sizeof(open.own));
    if (pxe_try(PXE_UDP_OPEN, &open))
        return true;
    /* What has loaded us may have left it open. */
    pxe_try(PXE_UDP_CLOSE, close);
    return pxe_call(PXE_UDP_OPEN, &open, error);
}

static bool open_network(struct error *error)
{
    if (!find_rom(&network.rom, error))
        return false;
    pxe_use(&network.rom);
    network.is_open = true;
    return find_server(error) && open_udp(error);
}

/*
 * In the order of PXE 2.1, 4.2.5, which differs with the ROM's age. That a function fails is told,
 * and no more: the memory that the card writes to, and that of the ROM, is not the kernel's in any
 * case.
 */
static void end(void)
{
    const enum pxe_function steps[] = {
        PXE_UDP_CLOSE,
        PXE_UNDI_SHUTDOWN,
        PXE_UNLOAD_STACK,
        network.rom.is_old ? PXE_UNDI_CLEANUP : PXE_STOP_UNDI,
    };

    for (size_t i = 0; i < COUNT_OF(steps) && network.is_open; i++) {
        uint8_t parameters[PARAMETERS_MAX] = {0};
        struct error error = {0};

        if (!pxe_call(steps[i], parameters, &error))
            log_error(LOG_WARNING, &error);
    }
    network.is_open = false;
}

/* ---- Datagrams ---- */

static void store_port(uint8_t out[2], uint16_t port)
{
    out[0] = (uint8_t)(port >> 8);
    out[1] = (uint8_t)port;
}

static bool send_packet(struct tftp_link *link, uint16_t port, const void *packet, size_t length,
                        struct error *error)
{
    struct pxe_udp_write write = {.size = (uint16_t)length, .buffer = far_to(packet)};

    (void)link;
    memcpy(write.to, network.boot.server, sizeof(write.to));
    network_find_gateway(&network.address, write.to, write.gateway);
    store_port(write.from_port, network.port);
    store_port(write.to_port, port);
    return pxe_call(PXE_UDP_WRITE, &write, error);
}

/* False: there is none, or it is not from the server. */
static bool receive_now(uint16_t *port, uint8_t packet[TFTP_PACKET_SIZE], size_t *length)
{
    struct pxe_udp_read read = {.size = TFTP_PACKET_SIZE, .buffer = far_to(packet)};

    memcpy(read.to, network.address.own, sizeof(read.to));
    store_port(read.to_port, network.port);
    if (!pxe_try(PXE_UDP_READ, &read) || read.size > TFTP_PACKET_SIZE ||
        memcmp(read.from, network.boot.server, sizeof(read.from)) != 0)
        return false;
    *port = (uint16_t)(read.from_port[0] << 8 | read.from_port[1]);
    *length = read.size;
    return true;
}

/* The count begins again at midnight: only that it changes is of use. And if it stands still? */
static size_t receive_packet(struct tftp_link *link, uint32_t milliseconds, uint16_t *port,
                             uint8_t packet[TFTP_PACKET_SIZE])
{
    const volatile uint32_t *ticks = firmware_memory(BIOS_DATA_TICKS, sizeof(*ticks));
    uint32_t last = *ticks, left = milliseconds / MILLISECONDS_PER_TICK + 1;

    (void)link;
    for (uint32_t calls = 0; left > 0 && calls < milliseconds * CALLS_PER_MILLISECOND; calls++) {
        size_t length;

        if (receive_now(port, packet, &length))
            return length;
        if (*ticks != last)
            left--;
        last = *ticks;
    }
    return 0;
}

/* ---- Files ---- */

static bool grow(struct tftp_file *file, uint64_t capacity, struct error *error)
{
    uint8_t *bytes = memory_resize_file(capacity);

    if (bytes == NULL)
        return FAIL(error, OUT_OF_MEMORY, capacity / KIB + 1);
    file->bytes = bytes;
    file->capacity = capacity;
    return true;
}

static void close_file(struct reader *reader)
{
    (void)reader;
    memory_resize_file(0);
    the_file.is_open = false;
}

/* "tftp://192.168.0.1/boot/kernel.elf", for messages. */
static bool name_error(struct error *error, const char *name)
{
    const uint8_t *server = network.boot.server;
    char url[sizeof(error->object)];

    print_text(url, sizeof(url), "tftp://%u.%u.%u.%u/%s", server[0], server[1], server[2],
               server[3], *name == '/' ? name + 1 : name);
    return error_in(error, url);
}

static bool read_file(const char *path, struct tftp_file *file, struct error *error)
{
    struct tftp_link link = {.send = send_packet, .receive = receive_packet};
    char root[BOOT_FILE_PATH_MAX], name[FULL_PATH_MAX];
    static uint16_t files;

    dhcp_find_root(&network.boot, root);
    while (*path == '/')
        path++;
    print_text(name, sizeof(name), "%s%s", root, path);
    network.port = (uint16_t)(FIRST_PORT + files++ % (0x10000 - FIRST_PORT));
    return tftp_read(&link, name, file, error) || name_error(error, name);
}

static bool open(const char *path, struct reader **out, struct error *error)
{
    struct network_file *file = &the_file;

    if (file->is_open)
        return FAIL_WITH(error, FIRMWARE, "table of open files", 1);
    if (!network.is_open && !open_network(error))
        return false;
    *file = (struct network_file){.file.grow = grow};
    if (!read_file(path, &file->file, error)) {
        memory_resize_file(0);
        return false;
    }
    memory_reader_init(&file->memory, file->file.bytes, file->file.size);
    file->memory.reader.close = close_file;
    file->is_open = true;
    *out = &file->memory.reader;
    return true;
}

static void find_boot_device(struct bowline_boot_device *out)
{
    *out = (struct bowline_boot_device){.server_ip4 = load_le32(network.boot.server)};
}

const struct file_source network_source = {start, open, find_boot_device, end};
