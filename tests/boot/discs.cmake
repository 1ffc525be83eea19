# Images in CD drives.

cell_test(cd-ahci gpt FIRMWARE bios uefi ia32 OPTIONS --disk cd)
cell_test(cd-ide gpt FIRMWARE bios OPTIONS --disk cd-ide)
cell_test(cd-ide gpt FIRMWARE ia32 OPTIONS --disk none QEMU ${ide_card} ide-cd,bus=ide.0,drive=disk LABELS full)
cell_test(cd-ide gpt FIRMWARE uefi OPTIONS --disk cd-ide LABELS full)
# Drives of other controllers.
set(drive_scsi -device virtio-scsi-pci,id=controller -device scsi-cd,bus=controller.0,drive=disk)
set(drive_usb -device qemu-xhci,id=controller -device usb-bot,id=bot,bus=controller.0 -device scsi-cd,bus=bot.0,drive=disk)
foreach(controller scsi usb)
  cell_test(cd-${controller} gpt FIRMWARE bios OPTIONS --disk none QEMU ${drive_${controller}})
  cell_test(cd-${controller} gpt FIRMWARE uefi OPTIONS --disk none QEMU ${drive_${controller}} LABELS full)
endforeach()
# The image for disks with sectors of 4096 bytes is the same disc.
cell_test(cd-other gpt FIRMWARE bios IMAGE gpt-4096 OPTIONS --disk cd)
cell_test(cd-other gpt FIRMWARE uefi IMAGE gpt-4096 OPTIONS --disk cd LABELS full)

# The loader has nothing to remark about a disc, and what a kernel is told of it is right.
boot_test(disc FIRMWARE bios uefi KERNEL contract FACTS disc modules=2 memory=256 ${two_modules} OPTIONS --disk cd
  CHECKS --without "bowline: warning")
# A BIOS that says nothing of a disc but what is on it.
boot_test(disc-sparing FIRMWARE bios KERNEL contract FACTS disc modules=2 memory=256 ${two_modules} OPTIONS --disk cd
  CHECKS --line odd-bios QEMU -option-rom "${BOWLINE_ODD_ROM_DIR}/odd-disc.rom")
# In a drive beside a disk that is as bootable.
device_test(bios cd virtio)
