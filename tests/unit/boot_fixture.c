/* SPDX-License-Identifier: MIT */
#include "boot_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "memory/page_tables.h"

static const char config[] = "kernel /kernel.elf\noptions quiet root=/dev/x\n"
                             "module /modules/one first argument\nmodule \"/modules/two words\"\n";
uint8_t module_one[MODULE_ONE_SIZE];
const uint8_t module_two[1] = {0x5a};

/* Code, read-only data and data; the data segment has a .bss that begins in the middle of a page.
 */
static void make_kernel(struct fixture *fixture)
{
    elf_builder_init(&fixture->elf, KERNEL_BASE + 0x10);
    elf_builder_add(&fixture->elf, KERNEL_BASE, 0x1800, 0x1800, PF_R | PF_X);
    elf_builder_add(&fixture->elf, KERNEL_BASE + 0x2000, 0x100, 0x100, PF_R);
    elf_builder_add(&fixture->elf, KERNEL_BASE + 0x3080, 0x1234, 0x5678, PF_R | PF_W);
    elf_builder_add_note(&fixture->elf, &fixture->note, sizeof(fixture->note));
}

int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    fixture->note = (struct bowline_request_note){
        sizeof(BOWLINE_NOTE_OWNER),
        sizeof(struct bowline_request),
        BOWLINE_NOTE_TYPE,
        BOWLINE_NOTE_OWNER,
        {.magic = BOWLINE_REQUEST_MAGIC, .size = sizeof(struct bowline_request)},
    };
    for (size_t i = 0; i < sizeof(module_one); i++)
        module_one[i] = (uint8_t)(i * 3);
    host_machine_init(&fixture->machine, 64 * MIB);
    *state = fixture;
    return 0;
}

int teardown(void **state)
{
    struct fixture *fixture = *state;

    if (fixture->machine.memory != NULL)
        host_machine_release(&fixture->machine);
    free(fixture->elf.bytes);
    free(fixture);
    return 0;
}

enum host_end start(struct fixture *fixture)
{
    if (fixture->elf.bytes == NULL) {
        make_kernel(fixture);
        elf_builder_finish(&fixture->elf);
    }
    fixture->files[0] =
        (struct host_machine_file){"/bowline/boot.conf", config, sizeof(config) - 1, NULL};
    if (fixture->config != NULL)
        fixture->files[0] = (struct host_machine_file){"/bowline/boot.conf", fixture->config,
                                                       strlen(fixture->config), NULL};
    fixture->files[1] =
        (struct host_machine_file){"/kernel.elf", fixture->elf.bytes, fixture->elf.size, NULL};
    fixture->files[2] =
        (struct host_machine_file){"/modules/one", module_one, sizeof(module_one), NULL};
    fixture->files[3] =
        (struct host_machine_file){"/modules/two words", module_two, sizeof(module_two), NULL};
    fixture->files[4] = (struct host_machine_file){"/other.efi", "an application", 14, NULL};
    fixture->machine.files = fixture->files;
    fixture->machine.file_count = 5;
    return host_machine_boot(&fixture->machine);
}

void boot_or_fail(struct fixture *fixture)
{
    if (start(fixture) == HOST_STARTED_KERNEL)
        return;
    fail_msg("the boot ended early:\n%.*s", (int)fixture->machine.log_length, fixture->machine.log);
}

/* What the kernel was told, reached as the kernel reaches it. */
const struct resident *resident_of(const struct fixture *fixture)
{
    struct mapping mapping;

    assert_true(
        page_tables_walk(fixture->machine.root, FOUR_LEVELS, fixture->machine.resident, &mapping));
    return (const void *)(fixture->machine.memory + mapping.phys);
}

const void *see(const struct fixture *fixture, uint64_t address)
{
    struct mapping mapping;

    if (!page_tables_walk(resident_of(fixture)->root, FOUR_LEVELS, address, &mapping))
        fail_msg("%lx is not mapped", address);
    assert_true(mapping.phys < fixture->machine.memory_size);
    return fixture->machine.memory + mapping.phys;
}

const struct bowline_info *info_of(const struct fixture *fixture)
{
    return see(fixture, resident_of(fixture)->info);
}

unsigned flags_at(const struct fixture *fixture, uint64_t address)
{
    struct mapping mapping;

    if (!page_tables_walk(resident_of(fixture)->root, FOUR_LEVELS, address, &mapping))
        return UNMAPPED;
    return mapping.flags;
}
