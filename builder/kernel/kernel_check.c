/* SPDX-License-Identifier: MIT */
#include "kernel/kernel_check.h"

#include <gelf.h>

#include "base/units.h"
#include "format/relocation.h"
#include "memory/page_tables.h"

static bool compare(const char *what, uint64_t ours, uint64_t theirs, struct error *error)
{
    return ours == theirs || FAIL_WITH(error, HOST_DISAGREEMENT, what, ours, theirs);
}

static bool compare_segment(const struct elf_segment *ours, Elf *elf, struct error *error)
{
    GElf_Phdr theirs;

    if (gelf_getphdr(elf, (int)ours->index, &theirs) == NULL)
        return FAIL_WITH(error, HOST_LIBELF, elf_errmsg(-1));
    return compare("the kind of a program header", PT_LOAD, theirs.p_type, error) &&
           compare("a segment's permissions", ours->flags, theirs.p_flags & (PF_R | PF_W | PF_X),
                   error) &&
           compare("a segment's place in the file", ours->file_offset, theirs.p_offset, error) &&
           compare("a segment's size in the file", ours->file_size, theirs.p_filesz, error) &&
           compare("a segment's address", ours->address, theirs.p_vaddr, error) &&
           compare("a segment's size", ours->memory_size, theirs.p_memsz, error);
}

static bool compare_all(const struct elf_kernel *ours, Elf *elf, struct error *error)
{
    GElf_Ehdr header;
    size_t count, loaded = 0;

    if (gelf_getehdr(elf, &header) == NULL || elf_getphdrnum(elf, &count) != 0)
        return FAIL_WITH(error, HOST_LIBELF, elf_errmsg(-1));
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr segment;

        if (gelf_getphdr(elf, (int)i, &segment) == NULL)
            return FAIL_WITH(error, HOST_LIBELF, elf_errmsg(-1));
        loaded += segment.p_type == PT_LOAD && segment.p_memsz > 0;
    }
    if (!compare("the entry point", ours->entry, header.e_entry, error) ||
        !compare("the number of segments", ours->segment_count, loaded, error))
        return false;
    for (uint32_t i = 0; i < ours->segment_count; i++)
        if (!compare_segment(&ours->segments[i], elf, error))
            return false;
    return true;
}

/* What the loader has understood must be what libelf sees. */
static bool ask_libelf(const struct elf_kernel *ours, int fd, struct error *error)
{
    Elf *elf = NULL;
    bool is_same;

    if (fd < 0)
        return true;
    if (elf_version(EV_CURRENT) != EV_NONE)
        elf = elf_begin(fd, ELF_C_READ, NULL);
    if (elf == NULL)
        return FAIL_WITH(error, HOST_LIBELF, elf_errmsg(-1));
    is_same = compare_all(ours, elf, error);
    elf_end(elf);
    return is_same;
}

bool kernel_check_layout(const struct kernel_facts *kernel, uint64_t modules, struct error *error)
{
    struct layout_sizes sizes = {
        .area = {[AREA_MODULES] = modules, [AREA_BOOT_INFO] = PAGE_SIZE, [AREA_LOADER] = PAGE_SIZE},
        .levels = FOUR_LEVELS,
    };
    struct layout layout;

    if (kernel->request.flags & BOWLINE_REQUIRE(BOWLINE_WANT_LA57))
        sizes.levels = FIVE_LEVELS;
    if (kernel->request.direct_map.kind != BOWLINE_PLACE_NONE)
        sizes.area[AREA_DIRECT_MAP] = 4 * GIB; /* docs/boot-protocol.md */
    return layout_stack_size(&kernel->request, &sizes.area[AREA_STACK], error) &&
           layout_plan(&kernel->request, &kernel->elf, &sizes, &layout, error);
}

/* Goes through the relocations as the loader will, and changes nothing. */
static bool try_relocations(const struct elf_kernel *kernel, struct reader *file,
                            struct error *error)
{
    struct relocation_file access;

    relocation_file_init(&access, kernel, file);
    return relocations_apply(kernel, &access.memory, 0, error);
}

bool kernel_check(struct reader *file, int fd, struct kernel_facts *out, struct error *error)
{
    return elf_read(file, &out->elf, error) && ask_libelf(&out->elf, fd, error) &&
           request_read(file, &out->elf, &out->request, &out->has_request, error) &&
           kernel_check_layout(out, 0, error) && try_relocations(&out->elf, file, error);
}
