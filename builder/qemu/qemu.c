/* SPDX-License-Identifier: MIT */
#include "qemu/qemu.h"

#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "console/serial.h"
#include "image/netboot.h"

/* How an image is plugged in. q35 has an AHCI controller on board, pc an IDE one: the same disk. */
#define BLOCKS_OF_4K "logical_block_size=4096,physical_block_size=4096"
static const struct {
    const char *name;
    const char *machine;
    const char *controller; /* NULL: on board */
    const char *disk;       /* NULL: the user's own arguments plug it in */
} disks[DISK_KINDS] = {
    [DISK_AHCI] = {"ahci", "q35", NULL, "ide-hd"},
    [DISK_IDE] = {"ide", "pc", NULL, "ide-hd"},
    [DISK_VIRTIO] = {"virtio", "q35", NULL, "virtio-blk-pci"},
    [DISK_VIRTIO_4K] = {"virtio-4k", "q35", NULL, "virtio-blk-pci," BLOCKS_OF_4K},
    [DISK_SCSI] = {"scsi", "q35", "virtio-scsi-pci,id=controller", "scsi-hd,bus=controller.0"},
    [DISK_SCSI_4K] = {"scsi-4k", "q35", "virtio-scsi-pci,id=controller",
                      "scsi-hd,bus=controller.0," BLOCKS_OF_4K},
    [DISK_NVME] = {"nvme", "q35", NULL, "nvme,serial=bowline"},
    [DISK_NVME_4K] = {"nvme-4k", "q35", NULL, "nvme,serial=bowline," BLOCKS_OF_4K},
    [DISK_USB] = {"usb", "q35", "qemu-xhci,id=controller", "usb-storage,bus=controller.0"},
    [DISK_USB_EHCI] = {"usb-ehci", "q35", "usb-ehci,id=controller", "usb-storage,bus=controller.0"},
    [DISK_CD] = {"cd", "q35", NULL, "ide-cd"},
    [DISK_CD_IDE] = {"cd-ide", "pc", NULL, "ide-cd"},
    [DISK_NONE] = {"none", "q35", NULL, NULL},
};

const char *disk_kind_name(unsigned int kind)
{
    return kind < DISK_KINDS ? disks[kind].name : NULL;
}

uint32_t disk_sector_size(enum disk_kind kind)
{
    const char *disk = disks[kind].disk;

    return disk != NULL && strstr(disk, BLOCKS_OF_4K) != NULL ? 4096 : 512;
}

static void add_pair(struct command *command, const char *option, const char *value)
{
    command_add(command, "%s", option);
    command_add(command, "%s", value);
}

/* An option whose properties end with a path, in which a comma is written twice. */
static void add_path(struct command *command, const char *option, const char *properties,
                     const char *path)
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
    command_add(command, "%s", option);
    command_add(command, "%s=%s", properties, escaped);
    free(escaped);
}

/*
 * A network of its own, whose server shows the directory. On UEFI the card comes without its option
 * ROM: the firmware can do what it does, and sooner.
 */
static void add_network(struct command *command, const struct machine *machine)
{
    add_path(command, "-netdev",
             machine->firmware_code == NULL ? "user,id=network,bootfile=" NETBOOT_BIOS_FILE ",tftp"
             : machine->is_uefi_32          ? "user,id=network,bootfile=" NETBOOT_FILE_32 ",tftp"
                                            : "user,id=network,bootfile=" NETBOOT_FILE ",tftp",
             machine->directory);
    add_pair(command, "-device",
             machine->firmware_code != NULL
                 ? "virtio-net-pci,id=medium,netdev=network,romfile=,bootindex=0"
                 : "virtio-net-pci,id=medium,netdev=network,bootindex=0");
}

static void add_disk(struct command *command, const struct machine *machine)
{
    add_path(command, "-drive",
             machine->lines != NULL ? "if=none,id=disk,format=raw,snapshot=on,file"
                                    : "if=none,id=disk,format=raw,file",
             machine->image);
    if (disks[machine->disk].controller != NULL)
        add_pair(command, "-device", disks[machine->disk].controller);
    if (disks[machine->disk].disk != NULL) {
        command_add(command, "-device");
        command_add(command, "%s,id=medium,drive=disk,bootindex=0", disks[machine->disk].disk);
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

/* Names that no option of the user's makes, as above. */
static void add_debugger(struct command *command, const struct machine_debugger *debugger)
{
    command_add(command, "-chardev");
    command_add(command, "socket,id=run-gdb,fd=%d,server=on,wait=off", debugger->gdb);
    add_pair(command, "-gdb", "chardev:run-gdb");
    command_add(command, "-chardev");
    command_add(command, "file,id=run-debugcon,append=on,path=/dev/fd/%d", debugger->debugcon);
    command_add(command, "-device");
    command_add(command, "isa-debugcon,id=debug,iobase=0x%x,readback=0x%x,chardev=run-debugcon",
                DEBUGCON_PORT, DEBUGCON_AND_DEBUGGER);
    command_add(command, "-S");
    command_add(command, "-no-reboot");
    command_add(command, "-no-shutdown");
}

void qemu_command(struct command *command, const struct machine *machine)
{
    command_add(command, "%s", machine->qemu);
    command_add(command, "-nodefaults");
    command_add(command, "-no-user-config");
    add_pair(command, "-machine", disks[machine->disk].machine);
    add_pair(command, "-accel", machine->is_accelerated ? "kvm" : "tcg");
    add_pair(command, "-cpu", machine->cpu);
    add_pair(command, "-m", machine->memory);
    add_pair(command, "-smp", machine->processors);
    add_pair(command, "-vga", "std");
    if (!machine->has_display)
        add_pair(command, "-display", "none");
    if (machine->firmware_code != NULL) {
        add_path(command, "-drive", "if=pflash,unit=0,format=raw,readonly=on,file",
                 machine->firmware_code);
        add_path(command, "-drive", "if=pflash,unit=1,format=raw,file",
                 machine->firmware_variables);
    }
    if (machine->image != NULL)
        add_disk(command, machine);
    if (machine->directory != NULL && machine->disk != DISK_NONE)
        add_network(command, machine);
    if (machine->lines != NULL)
        add_test_lines(command, machine);
    else if (machine->has_serial)
        add_pair(command, "-serial", "mon:stdio");
    if (machine->debugger != NULL)
        add_debugger(command, machine->debugger);
    for (int i = 0; i < machine->extra_count; i++)
        command_add(command, "%s", machine->extra[i]);
}
