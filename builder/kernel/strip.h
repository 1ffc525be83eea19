/* SPDX-License-Identifier: MIT */
/*
 * Leaves the debug sections of a kernel out of its image. Everything that a loader looks at keeps
 * its place: the headers, and every byte that a program header covers. Behind that the sections
 * that stay (.symtab and .strtab among them) move together; section numbers do not change,
 * because symbols refer to them: a section that is left out becomes SHT_NULL.
 */
#pragma once

#include "system/content.h"

struct stripped {
    struct content content; /* what goes into the image: pieces of the file and the tables below */
    void *header;           /* ELF header */
    void *sections;         /* section header table */
    uint64_t saved;         /* bytes; 0: the file goes in as it is */
};

/* Is a section of this name left out? */
bool strip_is_debug(const char *name);

/*
 * `fd` is a kernel that elf_read() has accepted, `size` its size in bytes. A file whose sections
 * cannot be moved safely, or that has none, is taken as it is. stripped_free() afterwards.
 */
bool strip_debug(int fd, uint64_t size, struct stripped *out, struct error *error);
void stripped_free(struct stripped *stripped);

/*
 * Is what the loader reads the same in both? One field may differ even where a segment covers the
 * ELF header: e_shoff, which tells where in the file the section headers are.
 */
bool strip_verify(struct reader *whole, struct reader *stripped, struct error *error);
