/* SPDX-License-Identifier: MIT */
/* A command line for another program, put together argument by argument. */
#pragma once

#include <stddef.h>

/* Zero it to begin. items[count] is NULL once something was added, as execv() wants it. */
struct command {
    char **items;
    size_t count;
};

__attribute__((format(printf, 2, 3))) void command_add(struct command *command, const char *format,
                                                       ...);
void command_free(struct command *command);
