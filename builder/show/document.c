/* SPDX-License-Identifier: MIT */
#include "show/document.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "base/utf8.h"
#include "system/need.h"
#include "text/plain_text.h"

static const struct document_column fact_columns[] = {{0}, {0}};

/* ---- Putting it together ---- */

void document_begin(struct document *document, const char *title, ...)
{
    va_list arguments;

    va_start(arguments, title);
    *document = (struct document){.title = format_text_list(title, arguments)};
    va_end(arguments);
}

void document_free(struct document *document)
{
    for (size_t i = 0; i < document->count; i++) {
        struct document_section *section = &document->sections[i];

        for (size_t j = 0; j < section->cell_count; j++)
            free(section->cells[j]);
        free(section->cells);
        free(section->heading);
        free(section->text);
    }
    free(document->sections);
    free(document->title);
    *document = (struct document){0};
}

static struct document_section *add_section(struct document *document, const char *heading)
{
    struct document_section *section;

    if (document->count == document->capacity) {
        document->capacity = maximum(2 * document->capacity, 16);
        document->sections = need(
            reallocarray(document->sections, document->capacity, sizeof(document->sections[0])));
    }
    section = &document->sections[document->count++];
    *section = (struct document_section){.heading = copy_text(heading)};
    return section;
}

void document_table(struct document *document, const char *heading,
                    const struct document_column *columns, size_t column_count)
{
    struct document_section *section = add_section(document, heading);

    section->columns = columns;
    section->column_count = column_count;
}

void document_facts(struct document *document, const char *heading)
{
    document_table(document, heading, fact_columns, COUNT_OF(fact_columns));
}

static void add_cell(struct document *document, char *text)
{
    struct document_section *section = &document->sections[document->count - 1];

    if (section->cell_count == section->cell_capacity) {
        section->cell_capacity = maximum(2 * section->cell_capacity, 32);
        section->cells =
            need(reallocarray(section->cells, section->cell_capacity, sizeof(section->cells[0])));
    }
    section->cells[section->cell_count++] = text;
}

void document_cell(struct document *document, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    add_cell(document, format_text_list(format, arguments));
    va_end(arguments);
}

void document_fact(struct document *document, const char *name, const char *format, ...)
{
    va_list arguments;

    document_cell(document, "%s", name);
    va_start(arguments, format);
    add_cell(document, format_text_list(format, arguments));
    va_end(arguments);
}

void document_text(struct document *document, const char *heading, const char *text, size_t length)
{
    add_section(document, heading)->text = need(strndup(text, length));
}

/* ---- As text ---- */

/* How many columns of a terminal a text takes. */
static size_t columns_of(const char *text)
{
    size_t columns = 0;

    while (*text != '\0') {
        uint32_t character = 0;
        size_t length = utf8_decode(text, &character);

        if (character < 0x300 || character >= 0x370) /* combining marks take none */
            columns += (character >= 0x1100 && character < 0x1200) ||
                               (character >= 0x2e80 && character < 0xfffd)
                           ? 2
                           : 1;
        text += length > 0 ? length : 1;
    }
    return columns;
}

static void write_spaces(FILE *to, size_t count)
{
    fprintf(to, "%*s", (int)count, "");
}

static void write_text_cell(FILE *to, const struct document_section *section, size_t column,
                            size_t width, const char *text)
{
    size_t padding = width - columns_of(text);

    write_spaces(to, column == 0 ? 2 : 2 + (section->columns[column].is_number ? padding : 0));
    if (column == 0 && section->columns[column].is_number)
        write_spaces(to, padding);
    while (*text != '\0')
        text += plain_text_put(to, text);
    if (!section->columns[column].is_number && column + 1 < section->column_count)
        write_spaces(to, padding);
}

static void write_text_table(FILE *to, const struct document_section *section)
{
    size_t *widths = need(calloc(section->column_count, sizeof(*widths)));
    bool has_names = section->columns[0].name != NULL;

    for (size_t i = 0; i < section->column_count && has_names; i++)
        widths[i] = columns_of(section->columns[i].name);
    for (size_t i = 0; i < section->cell_count; i++) {
        size_t *width = &widths[i % section->column_count];

        *width = maximum(*width, columns_of(section->cells[i]));
    }
    for (size_t i = 0; i < section->column_count && has_names; i++)
        write_text_cell(to, section, i, widths[i], section->columns[i].name);
    if (has_names)
        fputc('\n', to);
    for (size_t i = 0; i < section->cell_count; i++) {
        size_t column = i % section->column_count;

        write_text_cell(to, section, column, widths[column], section->cells[i]);
        if (column + 1 == section->column_count)
            fputc('\n', to);
    }
    free(widths);
}

static void write_lines(FILE *to, const char *text)
{
    while (*text != '\0') {
        fputs("  ", to);
        while (*text != '\0' && *text != '\n')
            text += text[0] == '\r' && (text[1] == '\n' || text[1] == '\0')
                        ? 1
                        : plain_text_put(to, text);
        fputc('\n', to);
        text += *text == '\n';
    }
}

void document_write_text(const struct document *document, FILE *to)
{
    for (const char *c = document->title; *c != '\0';)
        c += plain_text_put(to, c);
    fputc('\n', to);
    for (size_t i = 0; i < document->count; i++) {
        const struct document_section *section = &document->sections[i];

        if (section->text == NULL && section->cell_count == 0)
            continue;
        fprintf(to, "\n%s\n", section->heading);
        if (section->text != NULL)
            write_lines(to, section->text);
        else
            write_text_table(to, section);
    }
}
