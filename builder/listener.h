/* SPDX-License-Identifier: MIT */
/* What the caller of the library is told while it waits: notes, and how far a build has come. */
#pragma once

#include "mkimage.h"

/* Who is told from now on; NULL: nobody. What it points to must stay until the next call. */
void listener_set(const struct mkimage_listener *listener);

__attribute__((format(printf, 1, 2))) void listener_note(const char *format, ...);
__attribute__((format(printf, 1, 2))) void listener_detail(const char *format, ...);

/* Bytes that are going to be read and written, all steps together; nothing has been done yet. */
void listener_expect(uint64_t bytes);
void listener_progress(uint64_t bytes);
