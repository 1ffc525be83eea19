/* SPDX-License-Identifier: MIT */
#include "qemu.h"

#include <stdlib.h>
#include <string.h>

#include "base/units.h"

static const char *const disk_names[DISK_KINDS] = {
    [DISK_AHCI] = "ahci", [DISK_IDE] = "ide",   [DISK_VIRTIO] = "virtio",
    [DISK_SCSI] = "scsi", [DISK_NVME] = "nvme", [DISK_USB] = "usb",
};

const char *disk_kind_name(unsigned int kind)
{
    return kind < DISK_KINDS ? disk_names[kind] : NULL;
}

static void add_pair(struct command *command, const char *option, const char *value)
{
    command_add(command, "%s", option);
    command_add(command, "%s", value);
}

/* A -drive of a file. In the value of a QEMU option a comma is written twice. */
static void add_drive(struct command *command, const char *properties, const char *path)
{
    char *escaped = malloc(2 * strlen(path) + 1);
    size_t length = 0;

    if (escaped == NULL)
        abort();
    for (const char *c = path; *c != '\0'; c++) {
        if (*c == ',')
            escaped[length++] = ',';
        escaped[length++] = *c;
    }
    escaped[length] = '\0';
    command_add(command, "-drive");
    command_add(command, "%s,file=%s", properties, escaped);
    free(escaped);
}

static void add_disk(struct command *command, const struct machine *machine)
{
    add_drive(command,
              machine->lines != NULL ? "if=none,id=disk,format=raw,snapshot=on"
                                     : "if=none,id=disk,format=raw",
              machine->image);
    switch (machine->disk) {
    case DISK_AHCI: /* q35 has an AHCI controller on board, pc an IDE one: the same device */
    case DISK_IDE:
        add_pair(command, "-device", "ide-hd,id=medium,drive=disk,bootindex=0");
        break;
    case DISK_VIRTIO:
        add_pair(command, "-device", "virtio-blk-pci,id=medium,drive=disk,bootindex=0");
        break;
    case DISK_SCSI:
        add_pair(command, "-device", "virtio-scsi-pci,id=controller");
        add_pair(command, "-device", "scsi-hd,id=medium,bus=controller.0,drive=disk,bootindex=0");
        break;
    case DISK_NVME:
        add_pair(command, "-device", "nvme,id=medium,drive=disk,serial=bowline,bootindex=0");
        break;
    case DISK_USB:
        add_pair(command, "-device", "qemu-xhci,id=controller");
        add_pair(command, "-device",
                 "usb-storage,id=medium,bus=controller.0,drive=disk,bootindex=0");
        break;
    case DISK_KINDS:
        abort();
    }
}

static void add_test_lines(struct command *command, const struct machine *machine)
{
    const struct machine_lines *lines = machine->lines;

    /* Names that no option of the user's makes. append: QEMU truncates its output otherwise, which
     * a pipe refuses. */
    if (machine->has_serial) {
        command_add(command, "-chardev");
        command_add(command, "file,id=test-serial,append=on,path=/dev/fd/%d", lines->serial);
        add_pair(command, "-serial", "chardev:test-serial");
    }
    command_add(command, "-chardev");
    command_add(command, "file,id=test-debugcon,append=on,path=/dev/fd/%d", lines->debugcon);
    add_pair(command, "-device", "isa-debugcon,id=debug,iobase=0xe9,chardev=test-debugcon");
    add_pair(command, "-device", "isa-debug-exit,id=verdict,iobase=0xf4,iosize=4");
    command_add(command, "-chardev");
    command_add(command, "socket,id=test-monitor,fd=%d", lines->monitor);
    add_pair(command, "-mon", "chardev=test-monitor,mode=control");
    command_add(command, "-S");
    command_add(command, "-no-reboot");
    command_add(command, "-no-shutdown");
}

void qemu_command(struct command *command, const struct machine *machine)
{
    command_add(command, "%s", machine->qemu);
    command_add(command, "-nodefaults");
    command_add(command, "-no-user-config");
    add_pair(command, "-machine", machine->disk == DISK_IDE ? "pc" : "q35");
    add_pair(command, "-accel", machine->is_accelerated ? "kvm" : "tcg");
    add_pair(command, "-cpu", machine->cpu);
    add_pair(command, "-m", machine->memory);
    add_pair(command, "-smp", machine->processors);
    add_pair(command, "-vga", "std");
    if (!machine->has_display)
        add_pair(command, "-display", "none");
    if (machine->firmware_code != NULL) {
        add_drive(command, "if=pflash,unit=0,format=raw,readonly=on", machine->firmware_code);
        add_drive(command, "if=pflash,unit=1,format=raw", machine->firmware_variables);
    }
    add_disk(command, machine);
    if (machine->lines != NULL)
        add_test_lines(command, machine);
    else if (machine->has_serial)
        add_pair(command, "-serial", "mon:stdio");
    for (int i = 0; i < machine->extra_count; i++)
        command_add(command, "%s", machine->extra[i]);
}
