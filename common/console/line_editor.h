/* SPDX-License-Identifier: MIT */
/* One line of text that a person changes. */
#pragma once

#include <stddef.h>

#include "console/canvas.h"
#include "console/key.h"

enum { LINE_EDITOR_MAX = 2048 }; /* bytes, with the NUL */

struct line_editor {
    size_t length, cursor; /* bytes; the cursor stands before a character or at the end */
    char text[LINE_EDITOR_MAX];
};

/* With the first `length` bytes, less than LINE_EDITOR_MAX, of `text` as they are. */
void line_editor_start(struct line_editor *editor, size_t length);

/* Enter, Esc and what else means nothing to a line does nothing. */
void line_editor_key(struct line_editor *editor, const struct key *key);

/* The part around the cursor, in columns [column, end). */
void line_editor_draw(const struct line_editor *editor, struct canvas *canvas, uint32_t row,
                      uint32_t column, uint32_t end);
