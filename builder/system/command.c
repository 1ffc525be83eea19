/* SPDX-License-Identifier: MIT */
#include "system/command.h"

#include <stdarg.h>
#include <stdlib.h>

#include "system/need.h"

void command_add(struct command *command, const char *format, ...)
{
    va_list arguments;

    command->items =
        need(realloc(command->items, (command->count + 2) * sizeof(command->items[0])));
    va_start(arguments, format);
    command->items[command->count++] = format_text_list(format, arguments);
    va_end(arguments);
    command->items[command->count] = NULL;
}

void command_free(struct command *command)
{
    for (size_t i = 0; i < command->count; i++)
        free(command->items[i]);
    free(command->items);
    *command = (struct command){0};
}
