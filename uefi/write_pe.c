/* SPDX-License-Identifier: MIT */
/*
 * write_pe APPLICATION.elf APPLICATION.efi: the linked application as a PE file (Microsoft PE/COFF
 * specification), written at build time because objcopy can set neither the flags nor the checksum.
 *
 * Each PT_LOAD becomes a section, with .bss only as memory, and each R_X86_64_RELATIVE or
 * R_386_RELATIVE an entry of .reloc. The firmware moves the image and only then protects its
 * sections, so that constants with addresses in them may stay read-only. The same input gives the
 * same bytes everywhere.
 */
#include <elf.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/seal.h"

enum {
    FILE_ALIGNMENT = 0x200,
    SECTION_ALIGNMENT = 0x1000,
    SECTIONS_MAX = 5,

    MACHINE_X86_64 = 0x8664,
    MACHINE_I386 = 0x14c,
    IS_EXECUTABLE = 0x0002,
    IS_LARGE_ADDRESS_AWARE = 0x0020, /* may lie above 2 GiB */
    IS_32_BIT = 0x0100,
    MAGIC_PE32_PLUS = 0x20b,
    MAGIC_PE32 = 0x10b,
    SUBSYSTEM_EFI_APPLICATION = 10,
    DYNAMIC_BASE = 0x0040,
    NX_COMPATIBLE = 0x0100, /* needs no memory that is writable and executable */
    DIRECTORY_COUNT = 6,    /* as Linux has: with 16 the headers would be longer than 512 bytes */
    DIRECTORY_RELOCATIONS = 5,

    SECTION_CODE = 0x00000020,
    SECTION_DATA = 0x00000040,
    SECTION_DISCARDABLE = 0x02000000,
    SECTION_EXECUTE = 0x20000000,
    SECTION_READ = 0x40000000,
    RELOCATION_HIGHLOW = 3, /* 32 bits */
    RELOCATION_DIR64 = 10,
};
#define SECTION_WRITE 0x80000000u

struct data_directory {
    uint32_t address;
    uint32_t size;
};

struct section_header {
    char name[8];
    uint32_t virtual_size;
    uint32_t virtual_address;
    uint32_t raw_size;
    uint32_t raw_offset;
    uint32_t unused[3];
    uint32_t characteristics;
};

/* Everything before the first section, but for the size of stack and heap: PE32+ has 64 bits each.
 */
struct headers {
    char dos_magic[2];
    uint8_t dos[58];
    uint32_t pe_offset;
    char pe_magic[4];

    uint16_t machine;
    uint16_t section_count;
    uint32_t timestamp;
    uint32_t symbols[2];
    uint16_t optional_size;
    uint16_t characteristics;

    uint16_t magic;
    uint16_t linker_version;
    uint32_t code_size;
    uint32_t data_size;
    uint32_t bss_size;
    uint32_t entry;
    uint32_t code_base;
    uint64_t image_base; /* in PE32 half of it is the base of data, which nobody looks at */
    uint32_t section_alignment;
    uint32_t file_alignment;
    uint32_t versions[4];
    uint32_t image_size;
    uint32_t headers_size;
    uint32_t checksum;
    uint16_t subsystem;
    uint16_t dll_characteristics;
    /* unsigned long stack_and_heap[4]; */
    uint32_t loader_flags;
    uint32_t directory_count;
    struct data_directory directories[DIRECTORY_COUNT];

    struct section_header sections[SECTIONS_MAX];
};
enum { STACK_AND_HEAP_OFFSET = offsetof(struct headers, loader_flags) };

_Static_assert(sizeof(struct section_header) == 40, "PE/COFF 4");
_Static_assert(offsetof(struct headers, pe_offset) == 0x3c, "PE/COFF 2.1");
_Static_assert(offsetof(struct headers, machine) == 0x44, "PE/COFF 2.2");
_Static_assert(offsetof(struct headers, magic) == 0x58, "PE/COFF 2.3");
_Static_assert(offsetof(struct headers, checksum) == 0x58 + 64, "PE/COFF 2.4.2");
_Static_assert(offsetof(struct headers, directories) == 0x58 + 112 - 4 * 8, "PE/COFF 2.4.3");
_Static_assert(sizeof(struct headers) ==
                   0x58 + 112 + DIRECTORY_COUNT * 8 - 4 * 8 + SECTIONS_MAX * 40,
               "no padding");

struct buffer {
    uint8_t *bytes;
    size_t size;
};

__attribute__((format(printf, 1, 2))) static _Noreturn void fail(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fputs("write_pe: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

static uint32_t round_up(uint64_t value, uint64_t alignment)
{
    return (uint32_t)((value + alignment - 1) / alignment * alignment);
}

/* Makes the buffer `size` bytes long; what is new reads as zero. */
static void extend(struct buffer *buffer, size_t size)
{
    if (size <= buffer->size)
        return;
    buffer->bytes = realloc(buffer->bytes, size);
    if (buffer->bytes == NULL)
        fail("out of memory");
    memset(buffer->bytes + buffer->size, 0, size - buffer->size);
    buffer->size = size;
}

static struct buffer read_file(const char *name)
{
    struct buffer file = {0};
    FILE *stream = fopen(name, "rb");
    size_t got;

    if (stream == NULL)
        fail("cannot open %s", name);
    do {
        size_t start = file.size;

        extend(&file, start + 65536);
        got = fread(file.bytes + start, 1, 65536, stream);
        file.size = start + got;
    } while (got > 0);
    fclose(stream);
    return file;
}

static void write_file(const char *name, const struct buffer *file)
{
    FILE *stream = fopen(name, "wb");

    if (stream == NULL || fwrite(file->bytes, 1, file->size, stream) != file->size ||
        fclose(stream) != 0)
        fail("cannot write %s", name);
}

/* `count` items of `size` bytes at `offset` of the ELF file. */
static const void *items(const struct buffer *elf, uint64_t offset, uint64_t count, uint64_t size)
{
    if (offset > elf->size || count * size > elf->size - offset)
        fail("the ELF file is cut short");
    return elf->bytes + offset;
}

/* ---- The ELF file: what 32-bit ones have comes as the 64-bit structs, too ---- */

static bool is_32_bit(const struct buffer *elf)
{
    const uint8_t *identification = items(elf, 0, 1, EI_NIDENT);

    return identification[EI_CLASS] == ELFCLASS32;
}

static Elf64_Ehdr elf_header(const struct buffer *elf)
{
    const Elf32_Ehdr *narrow;

    if (!is_32_bit(elf))
        return *(const Elf64_Ehdr *)items(elf, 0, 1, sizeof(Elf64_Ehdr));
    narrow = items(elf, 0, 1, sizeof(*narrow));
    return (Elf64_Ehdr){
        .e_entry = narrow->e_entry,
        .e_phoff = narrow->e_phoff,
        .e_phnum = narrow->e_phnum,
        .e_shoff = narrow->e_shoff,
        .e_shnum = narrow->e_shnum,
    };
}

static Elf64_Phdr elf_segment(const struct buffer *elf, unsigned index)
{
    Elf64_Ehdr header = elf_header(elf);
    const Elf32_Phdr *narrow;

    if (!is_32_bit(elf))
        return (
            (const Elf64_Phdr *)items(elf, header.e_phoff, index + 1, sizeof(Elf64_Phdr)))[index];
    narrow = (const Elf32_Phdr *)items(elf, header.e_phoff, index + 1, sizeof(*narrow)) + index;
    return (Elf64_Phdr){
        .p_type = narrow->p_type,
        .p_flags = narrow->p_flags,
        .p_offset = narrow->p_offset,
        .p_vaddr = narrow->p_vaddr,
        .p_filesz = narrow->p_filesz,
        .p_memsz = narrow->p_memsz,
    };
}

static Elf64_Shdr elf_section(const struct buffer *elf, unsigned index)
{
    Elf64_Ehdr header = elf_header(elf);
    const Elf32_Shdr *narrow;

    if (!is_32_bit(elf))
        return (
            (const Elf64_Shdr *)items(elf, header.e_shoff, index + 1, sizeof(Elf64_Shdr)))[index];
    narrow = (const Elf32_Shdr *)items(elf, header.e_shoff, index + 1, sizeof(*narrow)) + index;
    return (Elf64_Shdr){
        .sh_type = narrow->sh_type,
        .sh_offset = narrow->sh_offset,
        .sh_size = narrow->sh_size,
    };
}

/* ---- The PE file ---- */

/* A section at the end of the file and behind the last one in memory. */
static void add_section(struct buffer *pe, struct headers *headers, const char *name,
                        uint32_t characteristics, uint32_t address, uint32_t virtual_size,
                        const void *bytes, uint32_t size)
{
    uint32_t offset = round_up(pe->size, FILE_ALIGNMENT);

    if (headers->section_count == SECTIONS_MAX)
        fail("more than %d sections", SECTIONS_MAX);
    if (address % SECTION_ALIGNMENT != 0 || address < headers->image_size)
        fail("%s at 0x%x: not in order, or not on a page", name, address);
    if ((characteristics & SECTION_WRITE) != 0 && (characteristics & SECTION_EXECUTE) != 0)
        fail("%s is writable and executable", name);

    struct section_header *section = &headers->sections[headers->section_count++];

    strncpy(section->name, name, sizeof(section->name));
    section->virtual_size = virtual_size;
    section->virtual_address = address;
    section->raw_size = round_up(size, FILE_ALIGNMENT);
    section->raw_offset = size != 0 ? offset : 0;
    section->characteristics = characteristics;
    headers->image_size = round_up((uint64_t)address + virtual_size, SECTION_ALIGNMENT);
    if (size != 0) {
        extend(pe, offset + section->raw_size);
        memcpy(pe->bytes + offset, bytes, size);
    }
}

static bool is_seal(const void *bytes, size_t size)
{
    const struct seal *seal = bytes;

    return size == sizeof(*seal) && seal->magic == SEAL_MAGIC;
}

static void add_segments(struct buffer *pe, struct headers *headers, const struct buffer *elf)
{
    Elf64_Ehdr header = elf_header(elf);

    for (unsigned i = 0; i < header.e_phnum; i++) {
        Elf64_Phdr segment = elf_segment(elf, i);
        const void *bytes = items(elf, segment.p_offset, 1, segment.p_filesz);
        uint32_t size = (uint32_t)segment.p_filesz;
        uint32_t address = (uint32_t)segment.p_vaddr;
        uint32_t memory_size = (uint32_t)segment.p_memsz;

        if (segment.p_type != PT_LOAD || segment.p_flags == 0 || segment.p_memsz == 0)
            continue;
        if (segment.p_flags & PF_X) {
            headers->code_base = address;
            headers->code_size += round_up(size, FILE_ALIGNMENT);
            add_section(pe, headers, ".text",
                        SECTION_CODE | SECTION_READ | SECTION_EXECUTE |
                            (segment.p_flags & PF_W ? SECTION_WRITE : 0),
                        address, memory_size, bytes, size);
        } else {
            bool is_writable = segment.p_flags & PF_W;
            const char *name = is_writable ? ".data" : is_seal(bytes, size) ? ".seal" : ".rodata";

            headers->data_size += round_up(size, FILE_ALIGNMENT);
            add_section(pe, headers, name,
                        SECTION_DATA | SECTION_READ | (is_writable ? SECTION_WRITE : 0), address,
                        memory_size, bytes, size);
        }
    }
    headers->entry = (uint32_t)header.e_entry;
}

/* Where the byte of an address of `width` bytes lies in the PE file. */
static uint8_t *place_of(struct buffer *pe, const struct headers *headers, uint64_t address,
                         size_t width)
{
    for (unsigned i = 0; i < headers->section_count; i++) {
        const struct section_header *section = &headers->sections[i];

        if (address >= section->virtual_address &&
            address + width <= section->virtual_address + section->virtual_size &&
            address + width <= section->virtual_address + section->raw_size)
            return pe->bytes + (address - section->virtual_address + section->raw_offset);
    }
    fail("a relocation at 0x%llx lies in no section", (unsigned long long)address);
}

static int by_address(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* The place that one relocation changes. 64-bit ones bring the address that is to stand there. */
static uint64_t apply_relocation(struct buffer *pe, const struct headers *headers,
                                 const Elf64_Rela *relocation)
{
    if (ELF64_R_TYPE(relocation->r_info) != R_X86_64_RELATIVE)
        fail("relocation type %u at 0x%llx", (unsigned)ELF64_R_TYPE(relocation->r_info),
             (unsigned long long)relocation->r_offset);
    memcpy(place_of(pe, headers, relocation->r_offset, sizeof(relocation->r_addend)),
           &relocation->r_addend, sizeof(relocation->r_addend));
    return relocation->r_offset;
}

static uint64_t check_relocation(struct buffer *pe, const struct headers *headers,
                                 const Elf32_Rel *relocation)
{
    if (ELF32_R_TYPE(relocation->r_info) != R_386_RELATIVE)
        fail("relocation type %u at 0x%x", ELF32_R_TYPE(relocation->r_info), relocation->r_offset);
    place_of(pe, headers, relocation->r_offset, sizeof(uint32_t));
    return relocation->r_offset;
}

/*
 * Writes the address that each relocation gives, and returns the places, sorted: the firmware adds
 * its distance from the base of the image, 0.
 */
static size_t apply_relocations(struct buffer *pe, const struct headers *headers,
                                const struct buffer *elf, uint64_t **out)
{
    Elf64_Ehdr header = elf_header(elf);
    bool is_narrow = is_32_bit(elf);
    size_t size = is_narrow ? sizeof(Elf32_Rel) : sizeof(Elf64_Rela);
    uint64_t *places = NULL;
    size_t count = 0;

    for (unsigned i = 0; i < header.e_shnum; i++) {
        Elf64_Shdr section = elf_section(elf, i);
        size_t in_section = section.sh_size / size;
        const uint8_t *relocation;

        if (section.sh_type != (is_narrow ? SHT_REL : SHT_RELA))
            continue;
        relocation = items(elf, section.sh_offset, in_section, size);
        places = realloc(places, (count + in_section + 1) * sizeof(*places));
        if (places == NULL)
            fail("out of memory");
        for (; in_section > 0; in_section--, relocation += size)
            places[count++] = is_narrow
                                  ? check_relocation(pe, headers, (const Elf32_Rel *)relocation)
                                  : apply_relocation(pe, headers, (const Elf64_Rela *)relocation);
    }
    if (count > 0)
        qsort(places, count, sizeof(*places), by_address);
    *out = places;
    return count;
}

/* A block for each page: its address, the size of the block, 16 bits for each place. */
static void add_relocations(struct buffer *pe, struct headers *headers, const struct buffer *elf)
{
    unsigned kind = is_32_bit(elf) ? RELOCATION_HIGHLOW : RELOCATION_DIR64;
    struct buffer table = {0};
    uint64_t *places;
    size_t count = apply_relocations(pe, headers, elf, &places);

    for (size_t i = 0; i < count;) {
        uint32_t page = (uint32_t)(places[i] & ~(uint64_t)(SECTION_ALIGNMENT - 1));
        size_t start = table.size;

        extend(&table, start + 8);
        for (; i < count && places[i] - page < SECTION_ALIGNMENT; i++) {
            uint16_t entry = (uint16_t)(kind << 12 | (places[i] - page));

            extend(&table, table.size + sizeof(entry));
            memcpy(table.bytes + table.size - sizeof(entry), &entry, sizeof(entry));
        }
        extend(&table, round_up(table.size, 4));

        uint32_t block[2] = {page, (uint32_t)(table.size - start)};

        memcpy(table.bytes + start, block, sizeof(block));
    }
    /* Without a table the firmware would take the image for one that cannot be moved. */
    if (count == 0) {
        uint32_t empty[2] = {0, sizeof(empty)};

        extend(&table, sizeof(empty));
        memcpy(table.bytes, empty, sizeof(empty));
    }
    headers->directories[DIRECTORY_RELOCATIONS] =
        (struct data_directory){headers->image_size, (uint32_t)table.size};
    headers->data_size += round_up(table.size, FILE_ALIGNMENT);
    add_section(pe, headers, ".reloc", SECTION_DATA | SECTION_READ | SECTION_DISCARDABLE,
                headers->image_size, (uint32_t)table.size, table.bytes, (uint32_t)table.size);
    free(places);
    free(table.bytes);
}

/* The sum of all 16-bit words with the carries added in, plus the size of the file. */
static uint32_t checksum(const struct buffer *pe)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < pe->size; i += 2) {
        sum += (uint32_t)(pe->bytes[i] | pe->bytes[i + 1] << 8);
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return sum + (uint32_t)pe->size;
}

/* The headers, with stack and heap of size 0 where they belong. */
static void put_headers(struct buffer *pe, const struct headers *headers, size_t stack_and_heap)
{
    const uint8_t *bytes = (const uint8_t *)headers;

    memcpy(pe->bytes, bytes, STACK_AND_HEAP_OFFSET);
    memcpy(pe->bytes + STACK_AND_HEAP_OFFSET + stack_and_heap, bytes + STACK_AND_HEAP_OFFSET,
           sizeof(*headers) - STACK_AND_HEAP_OFFSET);
}

int main(int count, char **arguments)
{
    if (count != 3)
        fail("usage: write_pe APPLICATION.elf APPLICATION.efi");

    struct buffer elf = read_file(arguments[1]);
    struct buffer pe = {0};
    bool is_narrow = is_32_bit(&elf);
    size_t stack_and_heap = 4 * (is_narrow ? sizeof(uint32_t) : sizeof(uint64_t));
    struct headers headers = {
        .dos_magic = "MZ",
        .pe_offset = offsetof(struct headers, pe_magic),
        .pe_magic = "PE",
        .machine = is_narrow ? MACHINE_I386 : MACHINE_X86_64,
        .optional_size = (uint16_t)(offsetof(struct headers, sections) -
                                    offsetof(struct headers, magic) + stack_and_heap),
        .characteristics = IS_EXECUTABLE | (is_narrow ? IS_32_BIT : IS_LARGE_ADDRESS_AWARE),
        .magic = is_narrow ? MAGIC_PE32 : MAGIC_PE32_PLUS,
        .section_alignment = SECTION_ALIGNMENT,
        .file_alignment = FILE_ALIGNMENT,
        .headers_size = round_up(sizeof(struct headers) + stack_and_heap, FILE_ALIGNMENT),
        .image_size = SECTION_ALIGNMENT, /* so far: the headers */
        .subsystem = SUBSYSTEM_EFI_APPLICATION,
        .dll_characteristics = DYNAMIC_BASE | NX_COMPATIBLE,
        .directory_count = DIRECTORY_COUNT,
    };

    extend(&pe, headers.headers_size);
    add_segments(&pe, &headers, &elf);
    add_relocations(&pe, &headers, &elf);
    put_headers(&pe, &headers, stack_and_heap);
    headers.checksum = checksum(&pe);
    put_headers(&pe, &headers, stack_and_heap);
    write_file(arguments[2], &pe);
    free(pe.bytes);
    free(elf.bytes);
    return 0;
}
