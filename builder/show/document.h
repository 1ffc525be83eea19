/* SPDX-License-Identifier: MIT */
/*
 * What there is to read about a file: headings, facts, tables and texts. It is put together once
 * and written as text for a terminal or as a web page.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "show/picture.h"

struct document_column {
    const char *name; /* NULL: the columns of this table have no names */
    bool is_number;   /* aligned to the right */
    bool is_code;     /* letters of the same width: addresses, hashes */
};

/* A table, or a text. */
struct document_section {
    char *heading;
    const struct document_column *columns; /* NULL: a text */
    size_t column_count;
    size_t cell_count, cell_capacity;
    char **cells; /* row by row */
    char *text;
};

struct document {
    char *title;
    size_t count, capacity;
    struct document_section *sections;
};

/* Everything is copied, but the columns. Memory that is missing ends the program. */
__attribute__((format(printf, 2, 3))) void document_begin(struct document *document,
                                                          const char *title, ...);
void document_free(struct document *document);

/* Begins a list of names and what stands behind them. A list without facts is not shown. */
void document_facts(struct document *document, const char *heading);
__attribute__((format(printf, 3, 4))) void document_fact(struct document *document,
                                                         const char *name, const char *format, ...);

/* Begins a table, which is filled cell by cell. One without cells is not shown. */
void document_table(struct document *document, const char *heading,
                    const struct document_column *columns, size_t column_count);
__attribute__((format(printf, 2, 3))) void document_cell(struct document *document,
                                                         const char *format, ...);

/* Lines that are shown as they are. */
void document_text(struct document *document, const char *heading, const char *text, size_t length);

/* Control characters and what is not UTF-8 become U+FFFD: a terminal obeys none of them. */
void document_write_text(const struct document *document, FILE *to);

/* One page, complete in itself. It shows the picture, unless that is NULL. */
void document_write_html(const struct document *document, struct picture *picture, FILE *to);
