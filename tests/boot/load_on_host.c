/* SPDX-License-Identifier: MIT */
/*
 * load_on_host KERNEL: runs a kernel that nobody here wrote through the loader's core on the
 * simulated machine, and compares every segment, byte for byte, with what libelf reads.
 *
 * Exit status 0: all in place. 3: the loader refused it; the message is on standard output.
 */
#include <bowline.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/units.h"
#include "handover/resident.h"
#include "host/machine.h"
#include "memory/page_tables.h"

enum { EXIT_REFUSED = 3 };

static struct host_machine machine;
static const char config[] = "kernel /kernel.elf\n";

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "load_on_host: %s\n", what);
    exit(EXIT_FAILURE);
}

static const uint8_t *see(uint64_t root, uint64_t address)
{
    struct mapping mapping;

    if (!page_tables_walk(root, FOUR_LEVELS, address, &mapping))
        fail("a byte of a segment is not mapped");
    return machine.memory + mapping.phys;
}

/* True: [address, address + size) holds `bytes`, or zeros where that is NULL. */
static bool is_in_place(uint64_t root, uint64_t address, const uint8_t *bytes, uint64_t size)
{
    static const uint8_t zeros[PAGE_SIZE];

    while (size > 0) {
        uint64_t length = minimum(size, PAGE_SIZE - address % PAGE_SIZE);

        if (memcmp(see(root, address), bytes != NULL ? bytes : zeros, length) != 0)
            return false;
        address += length;
        bytes = bytes != NULL ? bytes + length : NULL;
        size -= length;
    }
    return true;
}

static void compare(const uint8_t *file, Elf *elf)
{
    struct mapping mapping;
    uint64_t total = 0;
    size_t count;

    if (!page_tables_walk(machine.root, FOUR_LEVELS, machine.resident, &mapping))
        fail("the loader area is not mapped");
    uint64_t root = ((const struct resident *)(machine.memory + mapping.phys))->root;
    if (elf_getphdrnum(elf, &count) != 0)
        fail("libelf finds no program headers");
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr segment;

        if (gelf_getphdr(elf, (int)i, &segment) == NULL)
            fail("libelf cannot read a program header");
        if (segment.p_type != PT_LOAD)
            continue;
        if (!is_in_place(root, segment.p_vaddr, file + segment.p_offset, segment.p_filesz) ||
            !is_in_place(root, segment.p_vaddr + segment.p_filesz, NULL,
                         segment.p_memsz - segment.p_filesz))
            fail("a segment differs from what libelf sees");
        total += segment.p_memsz;
    }
    printf("in place: %lu bytes of segments\n", (unsigned long)total);
}

int main(int count, char **arguments)
{
    struct stat status;
    int file = count == 2 ? open(arguments[1], O_RDONLY) : -1;

    if (file < 0 || fstat(file, &status) != 0)
        fail("name a kernel that can be read");
    uint64_t size = (uint64_t)status.st_size;
    uint8_t *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
    if (bytes == MAP_FAILED)
        fail("the file cannot be mapped");

    const struct host_machine_file files[] = {
        {"/bowline/boot.conf", config, sizeof(config) - 1, NULL},
        {"/kernel.elf", bytes, size, NULL}};
    host_machine_init(&machine, 2 * GIB);
    machine.files = files;
    machine.file_count = 2;
    enum host_end end = host_machine_boot(&machine);
    fwrite(machine.log, 1, machine.log_length, stdout);
    if (end == HOST_GAVE_UP)
        return EXIT_REFUSED;
    if (end != HOST_STARTED_KERNEL)
        fail("the boot ended in the middle");

    elf_version(EV_CURRENT);
    Elf *elf = elf_begin(file, ELF_C_READ, NULL);
    if (elf == NULL)
        fail(elf_errmsg(-1));
    compare(bytes, elf);
    elf_end(elf);
    return EXIT_SUCCESS;
}
