/* SPDX-License-Identifier: MIT */
#include "qemu/gdb_client.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "system/process.h"

enum { PATIENCE_MILLISECONDS = 30000 };

static bool send_bytes(struct gdb_client *client, const char *bytes, size_t length)
{
    return send(client->socket, bytes, length, MSG_NOSIGNAL) == (ssize_t)length;
}

static bool send_packet(struct gdb_client *client, const char *packet)
{
    char framed[GDB_PACKET_MAX + 8];
    unsigned char sum = 0;

    for (const char *c = packet; *c != '\0'; c++)
        sum = (unsigned char)(sum + (unsigned char)*c);
    int length = snprintf(framed, sizeof(framed), "$%s#%02x", packet, sum);
    return length < (int)sizeof(framed) && send_bytes(client, framed, (size_t)length);
}

/* Waits for bytes, and for the end of it if need be. */
static bool fill(struct gdb_client *client)
{
    struct pollfd line = {.fd = client->socket, .events = POLLIN};
    int ready;

    do {
        ready = interruption_wait(&line, 1, PATIENCE_MILLISECONDS);
    } while (ready < 0 && interruption_signal() == 0); /* -1: a child has ended, or it is to end */
    if (ready <= 0)
        return false;
    ssize_t length = recv(client->socket, client->bytes, sizeof(client->bytes), 0);
    client->length = length > 0 ? (size_t)length : 0;
    client->position = 0;
    return length > 0;
}

static bool next_byte(struct gdb_client *client, char *out)
{
    if (client->position == client->length && !fill(client))
        return false;
    *out = client->bytes[client->position++];
    return true;
}

/* Takes one packet and acknowledges it. A connection within one machine damages none. */
static bool take_packet(struct gdb_client *client)
{
    size_t length = 0;
    char byte;

    do {
        if (!next_byte(client, &byte))
            return false;
    } while (byte != '$'); /* '+': it has taken ours */
    while (next_byte(client, &byte) && byte != '#')
        if (length < sizeof(client->packet) - 1)
            client->packet[length++] = byte;
    client->packet[length] = '\0';
    return next_byte(client, &byte) && next_byte(client, &byte) && send_bytes(client, "+", 1);
}

bool gdb_continue(struct gdb_client *client)
{
    return send_packet(client, "c");
}

bool gdb_stop(struct gdb_client *client)
{
    /* The first byte is lost where QEMU waits for the acknowledgement of something that it has said
     * of its own accord; one that it has no use for does no harm. */
    return send_bytes(client, "+\x03", 2);
}

bool gdb_request(struct gdb_client *client, const char *format, ...)
{
    char packet[GDB_PACKET_MAX];
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(packet, sizeof(packet), format, arguments);
    va_end(arguments);
    if (length >= (int)sizeof(packet) || !send_packet(client, packet))
        return false;
    do {
        if (!take_packet(client))
            return false;
    } while (client->packet[0] == 'T'); /* that it has stopped */
    return strcmp(client->packet, "OK") == 0;
}

bool gdb_await_breakpoint(struct gdb_client *client)
{
    do {
        if (!take_packet(client))
            return false;
    } while (strncmp(client->packet, "T05", 3) != 0); /* SIGTRAP */
    return true;
}
