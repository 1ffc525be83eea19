/* SPDX-License-Identifier: MIT */
/*
 * make_kernel FILE [FIELD=NUMBER]...: writes a small kernel, good unless fields are given.
 *
 * Fields are those of the ELF header (class, data, ..., shnum), of a program header (0.type,
 * 2.vaddr, ...), of the boot request (request.flags, ...), and `size`, to which the file is cut.
 * Program headers 0 to 3 are code, constants, data and the note. With phnum=8 there are also
 *   4  another note, at the end of the file (late.flags, ...)
 *   5  the dynamic section (dynamic.0.tag, dynamic.0.value, ...), which lies in the data with its
 * one relocation (rela.type, ...) and the one symbol that it has (symbol.section, ...) 6  a TLS
 * template, and 7 RELRO: the first bytes of the data.
 */
#include <bowline.h>
#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEBUG_SIZE = 100000, HEADERS = 4, HEADERS_MAX = 8, DYNAMIC_TAGS = 6 };

/* The file, as the linker would lay it out. */
static struct kernel {
    Elf64_Ehdr header;
    Elf64_Phdr segments[HEADERS_MAX];
    _Alignas(0x1000) uint8_t code[0x1000];
    uint8_t constants[0x800];
    struct bowline_request_note note;
    _Alignas(0x1000) uint8_t data[0x1234];
    uint8_t debug_info[DEBUG_SIZE]; /* at no alignment, as debug sections are */
    char comment[14];
    _Alignas(8) Elf64_Sym symbols[2];
    char names[25];
    char section_names[64];
    _Alignas(8) Elf64_Shdr sections[8];
    struct bowline_request_note late_note;
} kernel;

/* What the data has at this place. */
enum { DYNAMIC_START = 0x800 };
static struct {
    Elf64_Dyn tags[DYNAMIC_TAGS];
    Elf64_Rela rela;
    Elf64_Sym symbols[2];
} dynamic;

static const uint64_t BASE = 0xffffffff80000000;

static uint32_t name(const char *text)
{
    static uint32_t end = 1; /* names begin with an empty one */
    uint32_t start = end;

    strcpy(kernel.section_names + start, text);
    end += (uint32_t)strlen(text) + 1;
    return start;
}

static Elf64_Shdr section(const char *text, uint32_t type, const void *start, size_t size)
{
    return (Elf64_Shdr){
        .sh_name = name(text),
        .sh_type = type,
        .sh_offset = (uint64_t)((const char *)start - (const char *)&kernel),
        .sh_size = size,
        .sh_addralign = 1,
    };
}

static void make_segments(void)
{
    kernel.segments[0] = (Elf64_Phdr){
        .p_type = PT_LOAD,
        .p_flags = PF_R | PF_X,
        .p_offset = offsetof(struct kernel, code),
        .p_vaddr = BASE,
        .p_filesz = sizeof(kernel.code),
        .p_memsz = sizeof(kernel.code),
        .p_align = 0x1000,
    };
    kernel.segments[1] = (Elf64_Phdr){
        .p_type = PT_LOAD,
        .p_flags = PF_R,
        .p_offset = offsetof(struct kernel, constants),
        .p_vaddr = BASE + 0x1000,
        .p_filesz = sizeof(kernel.constants) + sizeof(kernel.note),
        .p_memsz = sizeof(kernel.constants) + sizeof(kernel.note),
        .p_align = 0x1000,
    };
    kernel.segments[2] = (Elf64_Phdr){
        .p_type = PT_LOAD,
        .p_flags = PF_R | PF_W,
        .p_offset = offsetof(struct kernel, data),
        .p_vaddr = BASE + 0x2000,
        .p_filesz = sizeof(kernel.data),
        .p_memsz = 0x3000,
        .p_align = 0x1000,
    };
    kernel.segments[3] = (Elf64_Phdr){
        .p_type = PT_NOTE,
        .p_flags = PF_R,
        .p_offset = offsetof(struct kernel, note),
        .p_vaddr = BASE + 0x1800,
        .p_filesz = sizeof(kernel.note),
        .p_memsz = sizeof(kernel.note),
        .p_align = 8,
    };
}

#define DATA_ADDRESS    (BASE + 0x2000)
#define DYNAMIC_ADDRESS (DATA_ADDRESS + DYNAMIC_START)

static void make_more_segments(void)
{
    kernel.segments[4] = kernel.segments[3];
    kernel.segments[4].p_offset = offsetof(struct kernel, late_note);
    kernel.segments[5] = kernel.segments[2];
    kernel.segments[5].p_type = PT_DYNAMIC;
    kernel.segments[5].p_offset += DYNAMIC_START;
    kernel.segments[5].p_vaddr = DYNAMIC_ADDRESS;
    kernel.segments[5].p_filesz = sizeof(dynamic.tags);
    kernel.segments[5].p_memsz = sizeof(dynamic.tags);
    kernel.segments[6] = kernel.segments[2];
    kernel.segments[6].p_type = PT_TLS;
    kernel.segments[6].p_filesz = 16;
    kernel.segments[6].p_memsz = 32;
    kernel.segments[6].p_align = 16;
    kernel.segments[7] = kernel.segments[6];
    kernel.segments[7].p_type = PT_GNU_RELRO;
    kernel.segments[7].p_memsz = 16;
}

static void make_dynamic(void)
{
    const uint64_t relocations = DYNAMIC_ADDRESS + offsetof(__typeof__(dynamic), rela);
    const uint64_t symbols = DYNAMIC_ADDRESS + offsetof(__typeof__(dynamic), symbols);

    dynamic.tags[0] = (Elf64_Dyn){DT_RELA, {relocations}};
    dynamic.tags[1] = (Elf64_Dyn){DT_RELASZ, {sizeof(Elf64_Rela)}};
    dynamic.tags[2] = (Elf64_Dyn){DT_RELAENT, {sizeof(Elf64_Rela)}};
    dynamic.tags[3] = (Elf64_Dyn){DT_SYMTAB, {symbols}};
    dynamic.tags[4] = (Elf64_Dyn){DT_SYMENT, {sizeof(Elf64_Sym)}};
    dynamic.tags[5] = (Elf64_Dyn){DT_NULL, {0}};
    dynamic.rela = (Elf64_Rela){DATA_ADDRESS, ELF64_R_INFO(1, R_X86_64_64), 0};
    dynamic.symbols[1] = (Elf64_Sym){
        .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), .st_shndx = 1, .st_value = BASE};
}

static void make_sections(void)
{
    strcpy(kernel.names + 1, "kernel_main");
    kernel.symbols[1] = (Elf64_Sym){.st_name = 1,
                                    .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
                                    .st_shndx = 1,
                                    .st_value = BASE};
    kernel.sections[1] = section(".text", SHT_PROGBITS, kernel.code, sizeof(kernel.code));
    kernel.sections[1].sh_flags = SHF_ALLOC | SHF_EXECINSTR;
    kernel.sections[1].sh_addr = BASE;
    kernel.sections[2] = section(".data", SHT_PROGBITS, kernel.data, sizeof(kernel.data));
    kernel.sections[2].sh_flags = SHF_ALLOC | SHF_WRITE;
    kernel.sections[2].sh_addr = BASE + 0x2000;
    kernel.sections[3] =
        section(".debug_info", SHT_PROGBITS, kernel.debug_info, sizeof(kernel.debug_info));
    kernel.sections[4] = section(".comment", SHT_PROGBITS, kernel.comment, sizeof(kernel.comment));
    kernel.sections[5] = section(".symtab", SHT_SYMTAB, kernel.symbols, sizeof(kernel.symbols));
    kernel.sections[5].sh_addralign = 8;
    kernel.sections[5].sh_entsize = sizeof(Elf64_Sym);
    kernel.sections[5].sh_link = 6;
    kernel.sections[5].sh_info = 1;
    kernel.sections[6] = section(".strtab", SHT_STRTAB, kernel.names, sizeof(kernel.names));
    kernel.sections[7] =
        section(".shstrtab", SHT_STRTAB, kernel.section_names, sizeof(kernel.section_names));
}

static void make(void)
{
    static const uint8_t code[] = {0xf4, 0xeb, 0xfd}; /* hlt, for ever */

    memcpy(kernel.header.e_ident, ELFMAG, SELFMAG);
    kernel.header.e_ident[EI_CLASS] = ELFCLASS64;
    kernel.header.e_ident[EI_DATA] = ELFDATA2LSB;
    kernel.header.e_ident[EI_VERSION] = EV_CURRENT;
    kernel.header.e_type = ET_EXEC;
    kernel.header.e_machine = EM_X86_64;
    kernel.header.e_version = EV_CURRENT;
    kernel.header.e_entry = BASE;
    kernel.header.e_phoff = offsetof(struct kernel, segments);
    kernel.header.e_shoff = offsetof(struct kernel, sections);
    kernel.header.e_ehsize = sizeof(Elf64_Ehdr);
    kernel.header.e_phentsize = sizeof(Elf64_Phdr);
    kernel.header.e_phnum = HEADERS;
    kernel.header.e_shentsize = sizeof(Elf64_Shdr);
    kernel.header.e_shnum = 8;
    kernel.header.e_shstrndx = 7;

    memcpy(kernel.code, code, sizeof(code));
    memset(kernel.constants, 'C', sizeof(kernel.constants));
    memset(kernel.data, 'D', sizeof(kernel.data));
    for (size_t i = 0; i < DEBUG_SIZE; i++)
        kernel.debug_info[i] = (uint8_t)(i * 31 + i / 97);
    strcpy(kernel.comment, "GCC: (made up");
    kernel.note = (struct bowline_request_note){
        sizeof(BOWLINE_NOTE_OWNER),
        sizeof(struct bowline_request),
        BOWLINE_NOTE_TYPE,
        BOWLINE_NOTE_OWNER,
        {.magic = BOWLINE_REQUEST_MAGIC, .size = sizeof(struct bowline_request)},
    };
    kernel.late_note = kernel.note;
    make_segments();
    make_more_segments();
    make_dynamic();
    make_sections();
}

struct field {
    const char *name;
    size_t offset;
    size_t size;
};

#define HEADER(name, field)                                                                        \
    {                                                                                              \
        name, offsetof(Elf64_Ehdr, field), sizeof(kernel.header.field)                             \
    }
static const struct field header_fields[] = {
    {"magic", 0, 4},
    {"class", EI_CLASS, 1},
    {"data", EI_DATA, 1},
    {"ident_version", EI_VERSION, 1},
    HEADER("type", e_type),
    HEADER("machine", e_machine),
    HEADER("version", e_version),
    HEADER("entry", e_entry),
    HEADER("phoff", e_phoff),
    HEADER("shoff", e_shoff),
    HEADER("phentsize", e_phentsize),
    HEADER("phnum", e_phnum),
    HEADER("shentsize", e_shentsize),
    HEADER("shnum", e_shnum),
    {NULL, 0, 0},
};

#define SEGMENT(name)                                                                              \
    {                                                                                              \
#name, offsetof(Elf64_Phdr, p_##name), sizeof(kernel.segments[0].p_##name)                 \
    }
static const struct field segment_fields[] = {
    SEGMENT(type),   SEGMENT(flags), SEGMENT(offset), SEGMENT(vaddr),
    SEGMENT(filesz), SEGMENT(memsz), SEGMENT(align),  {NULL, 0, 0},
};

#define REQUEST(name, field)                                                                       \
    {                                                                                              \
        name, offsetof(struct bowline_request, field), 8                                           \
    }
static const struct field request_fields[] = {
    REQUEST("magic", magic),
    REQUEST("size", size),
    REQUEST("version", version),
    REQUEST("flags", flags),
    REQUEST("stack_size", stack_size),
    REQUEST("direct_map", direct_map.kind),
    REQUEST("direct_map_at", direct_map.address),
    REQUEST("kernel_base", kernel_base.kind),
    REQUEST("kernel_base_at", kernel_base.address),
    REQUEST("stack", stack.kind),
    REQUEST("stack_at", stack.address),
    REQUEST("boot_info", boot_info.kind),
    REQUEST("boot_info_at", boot_info.address),
    REQUEST("framebuffer", framebuffer.kind),
    REQUEST("framebuffer_at", framebuffer.address),
    REQUEST("modules", modules.kind),
    REQUEST("modules_at", modules.address),
    REQUEST("range_start", dynamic_range_start),
    REQUEST("range_end", dynamic_range_end),
    REQUEST("recursive_index", recursive_index),
    {NULL, 0, 0},
};

static const struct field tag_fields[] = {
    {"tag", offsetof(Elf64_Dyn, d_tag), 8},
    {"value", offsetof(Elf64_Dyn, d_un), 8},
    {NULL, 0, 0},
};

/* Little-endian: the type of a relocation is the lower half of r_info. */
static const struct field rela_fields[] = {
    {"offset", offsetof(Elf64_Rela, r_offset), 8},
    {"type", offsetof(Elf64_Rela, r_info), 4},
    {"symbol", offsetof(Elf64_Rela, r_info) + 4, 4},
    {NULL, 0, 0},
};

static const struct field symbol_fields[] = {
    {"info", offsetof(Elf64_Sym, st_info), 1},
    {"section", offsetof(Elf64_Sym, st_shndx), 2},
    {NULL, 0, 0},
};

static bool set(const struct field *fields, void *base, const char *name_, uint64_t value)
{
    for (; fields->name != NULL; fields++) {
        if (strcmp(fields->name, name_) == 0) {
            memcpy((char *)base + fields->offset, &value, fields->size);
            return true;
        }
    }
    return false;
}

static bool apply(char *text, size_t *size)
{
    char *value = strchr(text, '=');
    uint64_t number;

    if (value == NULL)
        return false;
    *value++ = '\0';
    number = strtoull(value, NULL, 0);
    if (strcmp(text, "size") == 0) {
        *size = number;
        return true;
    }
    if (text[0] >= '0' && text[0] < '0' + HEADERS_MAX && text[1] == '.')
        return set(segment_fields, &kernel.segments[text[0] - '0'], text + 2, number);
    if (strncmp(text, "request.", 8) == 0)
        return set(request_fields, &kernel.note.request, text + 8, number);
    if (strncmp(text, "late.", 5) == 0)
        return set(request_fields, &kernel.late_note.request, text + 5, number);
    if (strncmp(text, "dynamic.", 8) == 0 && text[8] >= '0' && text[8] < '0' + DYNAMIC_TAGS &&
        text[9] == '.')
        return set(tag_fields, &dynamic.tags[text[8] - '0'], text + 10, number);
    if (strncmp(text, "rela.", 5) == 0)
        return set(rela_fields, &dynamic.rela, text + 5, number);
    if (strncmp(text, "symbol.", 7) == 0)
        return set(symbol_fields, &dynamic.symbols[1], text + 7, number);
    return set(header_fields, &kernel.header, text, number);
}

int main(int count, char **arguments)
{
    size_t size = sizeof(kernel);
    FILE *file;

    if (count < 2)
        return 2;
    make();
    for (int i = 2; i < count; i++) {
        if (!apply(arguments[i], &size)) {
            fprintf(stderr, "make_kernel: what is %s?\n", arguments[i]);
            return 2;
        }
    }
    memcpy(kernel.data + DYNAMIC_START, &dynamic, sizeof(dynamic));
    size = size < sizeof(kernel) ? size : sizeof(kernel);
    file = fopen(arguments[1], "wb");
    if (file == NULL || fwrite(&kernel, 1, size, file) != size || fclose(file) != 0) {
        perror(arguments[1]);
        return 1;
    }
    return 0;
}
