/* SPDX-License-Identifier: MIT */
#include "qemu/monitor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "system/need.h"

static void ask(struct monitor *monitor, const char *request)
{
    monitor->is_answered = false;
    monitor->is_refused = false;
    /* A connection that is gone shows at the next monitor_read(). */
    (void)!send(monitor->socket, request, strlen(request), MSG_NOSIGNAL);
}

/* The value behind "NAME=" in a register dump; `name` includes the sign. */
static uint64_t register_in(const char *line, const char *name)
{
    const char *place = strstr(line, name);

    return place != NULL ? strtoull(place + strlen(name), NULL, 16) : 0;
}

static void read_registers(struct monitor *monitor)
{
    /* A 64-bit processor is shown with RIP, one in another mode with EIP. */
    if (strstr(monitor->line, "CR2=") == NULL)
        return;
    monitor->has_registers = true;
    monitor->instruction_pointer =
        register_in(monitor->line, strstr(monitor->line, "RIP=") != NULL ? "RIP=" : "EIP=");
    monitor->fault_address = register_in(monitor->line, "CR2=");
}

static void end_line(struct monitor *monitor)
{
    enum shutdown shutdown = shutdown_in(monitor->line);

    if (strncmp(monitor->line, "{\"QMP\"", 6) == 0) {
        monitor->has_greeted = true;
    } else if (strncmp(monitor->line, "{\"return\"", 9) == 0) {
        monitor->is_answered = true;
        read_registers(monitor);
    } else if (strncmp(monitor->line, "{\"error\"", 8) == 0) {
        monitor->is_answered = true;
        monitor->is_refused = true;
    } else if (shutdown != SHUTDOWN_NONE) {
        monitor->shutdown = shutdown;
    }
}

bool monitor_read(struct monitor *monitor)
{
    char buffer[4096];
    ssize_t length = recv(monitor->socket, buffer, sizeof(buffer), MSG_DONTWAIT);

    if (length < 0)
        return errno == EAGAIN || errno == EINTR;
    for (ssize_t i = 0; i < length; i++) {
        if (buffer[i] == '\n') {
            monitor->line[monitor->length] = '\0';
            end_line(monitor);
            monitor->length = 0;
        } else if (monitor->length < MONITOR_LINE_MAX - 1) {
            monitor->line[monitor->length++] = buffer[i];
        }
    }
    return length > 0;
}

void monitor_continue(struct monitor *monitor)
{
    /* Events, SHUTDOWN among them, come only once the capabilities are negotiated. */
    ask(monitor, "{\"execute\":\"qmp_capabilities\"}\n{\"execute\":\"cont\"}\n");
}

void monitor_ask_registers(struct monitor *monitor)
{
    ask(monitor, "{\"execute\":\"human-monitor-command\","
                 "\"arguments\":{\"command-line\":\"info registers\"}}\n");
}

void monitor_ask_picture(struct monitor *monitor, const char *path, const char *format)
{
    char *escaped = need(malloc(6 * strlen(path) + 1));
    char *end = escaped, *request;

    for (const char *c = path; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\' || (unsigned char)*c < ' ')
            end += sprintf(end, "\\u%04x", (unsigned char)*c);
        else
            *end++ = *c;
    }
    *end = '\0';
    request = format_text("{\"execute\":\"screendump\",\"arguments\":{\"filename\":\"%s\","
                          "\"format\":\"%s\"}}\n",
                          escaped, format);
    ask(monitor, request);
    free(request);
    free(escaped);
}
