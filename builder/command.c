/* SPDX-License-Identifier: MIT */
#include "command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void command_add(struct command *command, const char *format, ...)
{
    char **items = realloc(command->items, (command->count + 2) * sizeof(*items));
    va_list arguments;

    if (items == NULL)
        abort();
    command->items = items;
    va_start(arguments, format);
    if (vasprintf(&items[command->count], format, arguments) < 0)
        abort();
    va_end(arguments);
    items[++command->count] = NULL;
}

void command_free(struct command *command)
{
    for (size_t i = 0; i < command->count; i++)
        free(command->items[i]);
    free(command->items);
    *command = (struct command){0};
}
