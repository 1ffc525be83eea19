/* SPDX-License-Identifier: MIT */
#include "cli/report.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system/need.h"
#include "text/colour.h"
#include "text/plain_text.h"

void report_begin(bool is_error)
{
    fputs("mkimage: ", stderr);
    colour_put(stderr, is_error ? COLOUR_ERROR : COLOUR_NOTE, is_error ? "error:" : "note:");
    fputc(' ', stderr);
}

void report_text(const char *text)
{
    plain_text_write(stderr, text, strlen(text));
}

static void report_list(const char *format, va_list arguments)
{
    char *text = format_text_list(format, arguments);

    report_text(text);
    free(text);
}

enum exit_status report_error(const struct error *error)
{
    struct mkimage_message message;

    error_print(error, message.text, sizeof(message.text));
    return report_message(&message);
}

enum exit_status report_message(const struct mkimage_message *message)
{
    report_begin(true);
    report_text(message->text);
    return EXIT_FAILED;
}

void report_note(const char *format, ...)
{
    va_list arguments;

    report_begin(false);
    va_start(arguments, format);
    report_list(format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

enum exit_status usage_error(const char *verb, const char *format, ...)
{
    va_list arguments;

    report_begin(true);
    va_start(arguments, format);
    report_list(format, arguments);
    va_end(arguments);
    fprintf(stderr, "\n  what to do: see mkimage %s%s--help\n", verb ? verb : "", verb ? " " : "");
    return EXIT_USAGE;
}

enum exit_status report_option(const char *verb, int result, char *const arguments[])
{
    const char *text = arguments[optind - 1];

    if (result == ':')
        return usage_error(verb, "option %s needs a value", text);
    if (optopt > 0 && optopt < 0x100) /* a letter, perhaps in the middle of others */
        return usage_error(verb, "unknown option -%c", optopt);
    if (optopt != 0)
        return usage_error(verb, "option %s takes no value", text);
    return usage_error(verb, "unknown or ambiguous option %s", text);
}
