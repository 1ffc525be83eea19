/* SPDX-License-Identifier: MIT */
#include "qemu/debugger.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "system/process.h"

enum {
    USUAL_PORT = 1234, /* what QEMU's -s takes, and debuggers suggest */
    /* For a loader to wait for us: from the start, and from its last words before it does. */
    LOADER_MILLISECONDS = 60 * 1000,
    LAST_STEPS_MILLISECONDS = 5 * 1000,
};

static uint64_t milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* ---- The connection ---- */

static struct sockaddr_in address_of(int port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
}

static bool bind_to(int socket, int port)
{
    struct sockaddr_in address = address_of(port);

    return bind(socket, (struct sockaddr *)&address, sizeof(address)) == 0;
}

/* The usual port, or else any. */
static bool listen_locally(struct debugger *debugger)
{
    struct sockaddr_in address;
    socklen_t length = sizeof(address);
    const int yes = 1;

    debugger->lines.gdb = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (debugger->lines.gdb < 0)
        return false;
    setsockopt(debugger->lines.gdb, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (!bind_to(debugger->lines.gdb, USUAL_PORT) && !bind_to(debugger->lines.gdb, 0))
        return false;
    if (listen(debugger->lines.gdb, 4) != 0 ||
        getsockname(debugger->lines.gdb, (struct sockaddr *)&address, &length) != 0)
        return false;
    debugger->port = ntohs(address.sin_port);
    return true;
}

static bool connect_client(struct debugger *debugger)
{
    struct sockaddr_in address = address_of(debugger->port);

    debugger->client = (struct gdb_client){
        .socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
    };
    debugger->is_connected =
        debugger->client.socket >= 0 &&
        connect(debugger->client.socket, (struct sockaddr *)&address, sizeof(address)) == 0;
    return debugger->is_connected;
}

/* The machine stays as it is, running or not, and the next debugger's turn comes. */
static void disconnect_client(struct debugger *debugger)
{
    if (debugger->client.socket >= 0)
        close(debugger->client.socket);
    debugger->client.socket = -1;
    debugger->is_connected = false;
}

bool debugger_prepare(struct debugger *debugger, const char *kernel, struct error *error)
{
    int pipe[2];

    *debugger = (struct debugger){
        .kernel = kernel,
        .lines = {-1, -1},
        .debugcon = -1,
        .client.socket = -1,
    };
    if (pipe2(pipe, O_CLOEXEC) == 0) {
        debugger->debugcon = pipe[0];
        debugger->lines.debugcon = pipe[1];
        /* Connected before QEMU is there to accept anybody: we are the first. */
        if (listen_locally(debugger) && connect_client(debugger))
            return true;
    }
    return FAIL_WITH(error, NO_DEBUGGER_PORT, strerror(errno), 0);
}

static void close_one(int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
}

void debugger_start(struct debugger *debugger)
{
    close_one(&debugger->lines.gdb);
    close_one(&debugger->lines.debugcon);
    gdb_continue(&debugger->client);
    debugger->deadline = milliseconds() + LOADER_MILLISECONDS;
}

/* ---- What the person is told ---- */

static bool is_plain(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (unsigned char)c >= 0x80 || (c != '\0' && strchr("+,-./:@_", c) != NULL);
}

/* As one word of a shell's command line. */
static void print_for_shell(const char *path)
{
    bool is_quoted = false;

    for (const char *c = path; *c != '\0'; c++)
        is_quoted |= !is_plain(*c);
    fputs(is_quoted ? "'" : "", stderr);
    for (const char *c = path; *c != '\0'; c++)
        fputs(*c == '\'' ? "'\\''" : (const char[]){*c, '\0'}, stderr);
    fputs(is_quoted ? "'" : "", stderr);
}

/* As one word of a command of gdb's, which is between quotes of the shell's. */
static void print_for_gdb(const char *path)
{
    for (const char *c = path; *c != '\0'; c++) {
        if (!is_plain(*c))
            fputc('\\', stderr);
        fputs(*c == '\'' ? "'\\''" : (const char[]){*c, '\0'}, stderr);
    }
}

/* The command as it can be copied from here, whatever the directory of the other terminal. */
static void print_command(const struct debugger *debugger, uint64_t moved)
{
    char *path = debugger->kernel != NULL ? realpath(debugger->kernel, NULL) : NULL;
    const char *kernel = path != NULL ? path : "KERNEL";

    fputs(moved == 0 ? "  gdb " : "  gdb -e ", stderr);
    print_for_shell(kernel);
    if (moved != 0) {
        fprintf(stderr, " -ex 'symbol-file -o 0x%llx ", (unsigned long long)moved);
        print_for_gdb(kernel);
        fputc('\'', stderr);
    }
    fprintf(stderr, " -ex 'target remote localhost:%d'\n", debugger->port);
    if (path == NULL)
        fprintf(stderr, "  where KERNEL is the file of the kernel, with its symbols\n");
    free(path);
}

/* ---- The way to the kernel ---- */

struct place {
    unsigned long long word; /* what the loader waits for */
    unsigned long long entry, moved;
};

static bool bring_to(const struct place *place, struct debugger *debugger)
{
    struct gdb_client *client = &debugger->client;

    return (debugger->is_connected || connect_client(debugger)) && gdb_stop(client) &&
           gdb_request(client, "M%llx,4:01000000", place->word) &&
           gdb_request(client, "Z1,%llx,1", place->entry) && gdb_continue(client) &&
           gdb_await_breakpoint(client) && gdb_request(client, "z1,%llx,1", place->entry);
}

static void go_to(const struct place *place, struct debugger *debugger)
{
    bool is_there = bring_to(place, debugger);

    disconnect_client(debugger);
    debugger->has_told = true;
    if (interruption_signal() != 0)
        return;
    if (!is_there) {
        fprintf(stderr,
                "mkimage run: QEMU's machine could not be stopped at the kernel's first "
                "instruction, 0x%llx\n",
                place->entry);
        return;
    }
    fprintf(stderr,
            "mkimage run: the machine stands at the kernel's first instruction, 0x%llx. To go on "
            "from there:\n",
            place->entry);
    print_command(debugger, place->moved);
}

static void end_line(struct debugger *debugger)
{
    struct place place;

    debugger->line[debugger->length] = '\0';
    if (sscanf(debugger->line,
               "bowline: waiting for a debugger to write 1 to %llx: entry %llx, moved by %llx",
               &place.word, &place.entry, &place.moved) == 3)
        go_to(&place, debugger);
    else if (strncmp(debugger->line, "bowline: starting the kernel at ", 32) == 0)
        debugger->deadline = milliseconds() + LAST_STEPS_MILLISECONDS;
}

/* Nobody waits for us: whoever wants to can stop the machine wherever it is. */
static void give_up(struct debugger *debugger)
{
    disconnect_client(debugger);
    debugger->has_told = true;
    fprintf(stderr, "mkimage run: no loader has come that waits for a debugger (one of another "
                    "version, or none of Bowline's). This stops the machine wherever it is:\n");
    print_command(debugger, 0);
}

int debugger_descriptor(const struct debugger *debugger)
{
    return debugger->debugcon;
}

int debugger_timeout(const struct debugger *debugger)
{
    uint64_t now = milliseconds();

    if (debugger->has_told)
        return -1;
    return now < debugger->deadline ? (int)(debugger->deadline - now) : 0;
}

static void read_debugcon(struct debugger *debugger)
{
    struct pollfd line = {.fd = debugger->debugcon, .events = POLLIN};
    char bytes[4096];

    if (poll(&line, 1, 0) <= 0)
        return;
    ssize_t length = read(debugger->debugcon, bytes, sizeof(bytes));
    if (length <= 0)
        close_one(&debugger->debugcon);
    for (ssize_t i = 0; i < length; i++) {
        if (bytes[i] == '\n') {
            end_line(debugger);
            debugger->length = 0;
        } else if (debugger->length < sizeof(debugger->line) - 1) {
            debugger->line[debugger->length++] = bytes[i];
        }
    }
}

void debugger_hear(struct debugger *debugger)
{
    if (debugger->debugcon >= 0)
        read_debugcon(debugger);
    if (!debugger->has_told && debugger->debugcon >= 0 && milliseconds() >= debugger->deadline)
        give_up(debugger);
}

void debugger_free(struct debugger *debugger)
{
    disconnect_client(debugger);
    close_one(&debugger->lines.gdb);
    close_one(&debugger->debugcon);
    close_one(&debugger->lines.debugcon);
}
