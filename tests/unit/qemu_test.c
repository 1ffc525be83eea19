/* SPDX-License-Identifier: MIT */
#include "qemu/qemu.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

static const struct machine plain = {
    .qemu = "/usr/bin/qemu-system-x86_64",
    .image = "kernel.img",
    .memory = "256M",
    .cpu = "qemu64",
    .processors = "1",
    .has_serial = true,
};

static const struct machine_lines lines = {.serial = 5, .debugcon = 6, .monitor = 7};

/* The command line as one text, with a space in front of and behind each argument. */
static const char *text_of(const struct machine *machine)
{
    static char text[4096];
    struct command command = {0};
    size_t length = 1;

    strcpy(text, " ");
    qemu_command(&command, machine);
    assert_null(command.items[command.count]);
    for (size_t i = 0; i < command.count; i++)
        length += (size_t)snprintf(text + length, sizeof(text) - length, "%s ", command.items[i]);
    assert_true(length < sizeof(text));
    command_free(&command);
    return text;
}

#define assert_has(text, part)     assert_non_null(strstr((text), " " part " "))
#define assert_has_not(text, part) assert_null(strstr((text), (part)))

static void describes_a_machine_by_hand(void **state)
{
    (void)state;
    const char *text = text_of(&plain);

    assert_has(text, "-nodefaults");
    assert_has(text, "-machine q35");
    assert_has(text, "-accel tcg");
    assert_has(text, "-cpu qemu64 -m 256M -smp 1");
    assert_has(text, "-display none");
    assert_has(text, "-serial mon:stdio");
    assert_has(text, "-drive if=none,id=disk,format=raw,file=kernel.img");
    assert_has_not(text, "pflash");
    assert_has_not(text, "no-reboot"); /* somebody may want to see it */
    assert_has_not(text, "isa-debug-exit");
}

static void describes_a_test(void **state)
{
    struct machine machine = plain;

    (void)state;
    machine.lines = &lines;
    const char *text = text_of(&machine);
    assert_has(text, "-no-reboot");
    assert_has(text, "-no-shutdown");
    assert_has(text, "-S");
    assert_has(text, "-device isa-debug-exit,id=verdict,iobase=0xf4,iosize=4");
    assert_has(text, "-drive if=none,id=disk,format=raw,snapshot=on,file=kernel.img");
    assert_has(text, "-chardev file,id=test-serial,append=on,path=/dev/fd/5");
    assert_has(text, "-chardev file,id=test-debugcon,append=on,path=/dev/fd/6");
    assert_has(text, "-chardev socket,id=test-monitor,fd=7");
    assert_has_not(text, "stdio");

    machine.has_serial = false;
    text = text_of(&machine);
    assert_has_not(text, "-serial");
    assert_has(text, "-chardev file,id=test-debugcon,append=on,path=/dev/fd/6");
}

static void adds_a_debugger(void **state)
{
    static const struct machine_debugger debugger = {.gdb = 5, .debugcon = 6};
    struct machine machine = plain;

    (void)state;
    assert_has_not(text_of(&machine), "isa-debugcon"); /* the user's own may come */
    machine.debugger = &debugger;
    const char *text = text_of(&machine);
    assert_has(text, "-serial mon:stdio");
    assert_has(text, "-chardev socket,id=run-gdb,fd=5,server=on,wait=off");
    assert_has(text, "-gdb chardev:run-gdb");
    assert_has(text, "-chardev file,id=run-debugcon,append=on,path=/dev/fd/6");
    assert_has(text, "-device "
                     "isa-debugcon,id=debug,iobase=0xe9,readback=0xdb,chardev=run-debugcon");
    assert_has(text, "-S");
    assert_has(text, "-no-reboot");
    assert_has(text, "-no-shutdown");
}

static void adds_a_network(void **state)
{
    struct machine machine = plain;

    (void)state;
    machine.image = NULL;
    machine.directory = "a,b";
    const char *text = text_of(&machine);
    assert_has_not(text, "id=disk");
    assert_has(text, "-netdev user,id=network,bootfile=bowline.0,tftp=a,,b");
    assert_has(text, "-device virtio-net-pci,id=medium,netdev=network,bootindex=0");
    machine.firmware_code = machine.firmware_variables = "firmware";
    text = text_of(&machine);
    assert_has(text, "-netdev user,id=network,bootfile=EFI/BOOT/BOOTX64.EFI,tftp=a,,b");
    assert_has(text, "-device virtio-net-pci,id=medium,netdev=network,romfile=,bootindex=0");
    machine.is_uefi_32 = true;
    assert_has(text_of(&machine),
               "-netdev user,id=network,bootfile=EFI/BOOT/BOOTIA32.EFI,tftp=a,,b");
}

static void adds_the_firmware(void **state)
{
    struct machine machine = plain;

    (void)state;
    machine.firmware_code = "/share/OVMF_CODE.fd";
    machine.firmware_variables = "/tmp/variables.fd";
    const char *text = text_of(&machine);
    assert_has(text, "-drive if=pflash,unit=0,format=raw,readonly=on,file=/share/OVMF_CODE.fd");
    assert_has(text, "-drive if=pflash,unit=1,format=raw,file=/tmp/variables.fd");
}

static void doubles_commas_in_paths(void **state)
{
    struct machine machine = plain;

    (void)state;
    machine.image = "a,b,,c.img";
    assert_has(text_of(&machine), "-drive if=none,id=disk,format=raw,file=a,,b,,,,c.img");
}

static void plugs_the_disk_in(void **state)
{
    struct machine machine = plain;
    unsigned int kind = 0;

    (void)state;
    for (; disk_kind_name(kind) != NULL; kind++) {
        machine.disk = (enum disk_kind)kind;
        const char *text = text_of(&machine);

        assert_has(text, "-drive if=none,id=disk,format=raw,file=kernel.img");
        if (kind == DISK_NONE)
            assert_has_not(text, "-device");
        else
            assert_non_null(strstr(text, "id=medium,drive=disk,bootindex=0 "));
        bool is_pc = kind == DISK_IDE || kind == DISK_CD_IDE;
        assert_non_null(strstr(text, is_pc ? " -machine pc " : " -machine q35 "));
        bool is_cd = kind == DISK_CD || kind == DISK_CD_IDE;
        assert_int_equal(strstr(text, "ide-cd") != NULL, is_cd);
    }
    assert_int_equal(kind, DISK_KINDS);
}

static void puts_the_users_arguments_last(void **state)
{
    char option[] = "-m", value[] = "1G";
    char *const extra[] = {option, value};
    struct machine machine = plain;

    (void)state;
    machine.extra = extra;
    machine.extra_count = 2;
    const char *text = text_of(&machine);
    assert_string_equal(text + strlen(text) - strlen(" -m 1G "), " -m 1G ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(describes_a_machine_by_hand),
        cmocka_unit_test(describes_a_test),
        cmocka_unit_test(adds_a_debugger),
        cmocka_unit_test(adds_a_network),
        cmocka_unit_test(adds_the_firmware),
        cmocka_unit_test(doubles_commas_in_paths),
        cmocka_unit_test(plugs_the_disk_in),
        cmocka_unit_test(puts_the_users_arguments_last),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
