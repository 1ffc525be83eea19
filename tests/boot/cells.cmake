# The table of docs/media.md: firmware x medium x scheme. Each cell boots the kernel `cell`, 8 MiB that
# it checks word for word, with two modules that it checks as well.
#
# A test of the table is called boot.cell-MEDIUM-SCHEME.FIRMWARE or, where no loader can boot,
# boot.exempt-MEDIUM-SCHEME.FIRMWARE or, where the loader says why it cannot, boot.refusal-MEDIUM-SCHEME.FIRMWARE.
# cells-table.sh makes the table of their results.

get_target_property(cell_kernel kernel.cell KERNEL)

# cell_image(NAME option of mkimage build...): an image of the cells' kernel, with their modules. Cells name
# it by IMAGE; the test boot.cell-image-NAME makes it.
function(cell_image name)
  add_boot_test(cell-image-${name} LABELS cells COMMAND $<TARGET_FILE:mkimage> build ${ARGN}
    -o "${CMAKE_CURRENT_BINARY_DIR}/cell-${name}.img" --command-line "modules=2"
    --module "${CMAKE_CURRENT_BINARY_DIR}/first-1000::arguments of first-1000"
    --module "${CMAKE_CURRENT_BINARY_DIR}/second-3000000::arguments of second-3000000" "${cell_kernel}")
  set_tests_properties(boot.cell-image-${name} PROPERTIES FIXTURES_SETUP boot.cell-image-${name})
endfunction()

# cell_test(MEDIUM SCHEME FIRMWARE bios|uefi|ia32... [IMAGE name] [OPTIONS option of mkimage test...]
#           [QEMU argument of QEMU...] [COMMAND program argument...] [LABELS label...])
#
# IMAGE is what cell_image() has made; without it, the one of the scheme. The command is mkimage test, unless COMMAND
# names another, which is as silent on stderr, shows the serial port and is told the image's file last, after
# --bios or --uefi32 for those firmwares. LABELS full: not in the covering subset that ./test.sh runs. What uefi boots,
# ia32 has to boot as well, and does so in the full set where it is not named and has no cell yet.
function(cell_test medium scheme)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "IMAGE" "FIRMWARE;OPTIONS;QEMU;COMMAND;LABELS")
  if(NOT arg_IMAGE)
    set(arg_IMAGE ${scheme})
  endif()
  if(NOT arg_COMMAND)
    set(arg_COMMAND $<TARGET_FILE:mkimage> test --timeout 150)
  endif()
  set(firmwares ${arg_FIRMWARE})
  if("uefi" IN_LIST firmwares AND NOT "ia32" IN_LIST firmwares AND NOT TEST boot.cell-${medium}-${scheme}.ia32)
    list(APPEND firmwares ia32)
  endif()
  foreach(firmware IN LISTS firmwares)
    set(options ${arg_OPTIONS})
    list(APPEND options ${firmware_option_${firmware}})
    if(NOT firmware IN_LIST arg_FIRMWARE)
      list(APPEND arg_LABELS full) # the last one
    endif()
    set(extra)
    if(arg_QEMU)
      set(extra -- ${arg_QEMU})
    endif()
    add_boot_test(cell-${medium}-${scheme}.${firmware} LABELS cells ${arg_LABELS}
      COMMAND "${boot_test}" --line "cell: firmware ${firmware}" --line "bowline-test: pass cell" --
        ${arg_COMMAND} ${options} "${CMAKE_CURRENT_BINARY_DIR}/cell-${arg_IMAGE}.img" ${extra})
    set_tests_properties(boot.cell-${medium}-${scheme}.${firmware} PROPERTIES
      FIXTURES_REQUIRED boot.cell-image-${arg_IMAGE})
  endforeach()
endfunction()

# cell_copy(NAME OF COMMAND...): another image, made from that of cell_image(OF) by a command, which is told the name
# of the one and of the other last.
function(cell_copy name of)
  add_boot_test(cell-image-${name} LABELS cells COMMAND ${ARGN} "${CMAKE_CURRENT_BINARY_DIR}/cell-${of}.img"
    "${CMAKE_CURRENT_BINARY_DIR}/cell-${name}.img")
  set_tests_properties(boot.cell-image-${name} PROPERTIES FIXTURES_SETUP boot.cell-image-${name}
    FIXTURES_REQUIRED boot.cell-image-${of})
endfunction()

# exempt_test(MEDIUM SCHEME FIRMWARE bios|uefi|ia32 [IMAGE name] QEMU argument of QEMU... [LABELS label...])
#
# The firmware does not start anything from this medium, which the QEMU arguments plug in: neither the cells' image
# nor, from the image control-IMAGE, GRUB. With uefi ia32 as well, in the full set, unless that has a cell.
function(exempt_test medium scheme)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "FIRMWARE;IMAGE" "QEMU;LABELS")
  if(NOT arg_IMAGE)
    set(arg_IMAGE ${scheme})
  endif()
  if(arg_FIRMWARE STREQUAL "uefi" AND NOT TEST boot.cell-${medium}-${scheme}.ia32)
    exempt_test(${medium} ${scheme} FIRMWARE ia32 IMAGE ${arg_IMAGE} QEMU ${arg_QEMU} LABELS full)
  endif()
  set(control control-${arg_IMAGE})
  add_boot_test(exempt-${medium}-${scheme}.${arg_FIRMWARE} LABELS cells ${arg_LABELS}
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/exempt-test.sh" ${arg_FIRMWARE}
      "${CMAKE_CURRENT_BINARY_DIR}/cell-${control}.img" "${CMAKE_CURRENT_BINARY_DIR}/cell-${arg_IMAGE}.img" ${arg_QEMU})
  set_tests_properties(boot.exempt-${medium}-${scheme}.${arg_FIRMWARE} PROPERTIES
    FIXTURES_REQUIRED "boot.cell-image-${arg_IMAGE};boot.cell-image-${control}")
endfunction()

# control_test(IMAGE DISK FIRMWARE QEMU argument of QEMU... [LABELS label...]): the control of the exempt cells with
# IMAGE is one: from this disk, which the QEMU arguments plug in, the firmware starts it.
function(control_test image disk firmware)
  cmake_parse_arguments(PARSE_ARGV 3 arg "" "" "QEMU;LABELS")
  add_boot_test(exempt-control-${image}-${disk}.${firmware} LABELS cells ${arg_LABELS}
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/exempt-test.sh" ${firmware}
      "${CMAKE_CURRENT_BINARY_DIR}/cell-control-${image}.img" none ${arg_QEMU})
  set_tests_properties(boot.exempt-control-${image}-${disk}.${firmware} PROPERTIES
    FIXTURES_REQUIRED boot.cell-image-control-${image})
endfunction()

# refusal_test(MEDIUM SCHEME FIRMWARE [IMAGE name] STATUS status SAYS text OPTIONS option of mkimage test...
#              [QEMU argument of QEMU...]): the loader starts and says why the firmware cannot read this for it.
function(refusal_test medium scheme firmware)
  cmake_parse_arguments(PARSE_ARGV 3 arg "" "IMAGE;STATUS;SAYS" "OPTIONS;QEMU")
  if(NOT arg_IMAGE)
    set(arg_IMAGE ${scheme})
  endif()
  set(extra)
  if(arg_QEMU)
    set(extra -- ${arg_QEMU})
  endif()
  add_boot_test(refusal-${medium}-${scheme}.${firmware} LABELS cells
    COMMAND "${boot_test}" --status ${arg_STATUS} --text "${arg_SAYS}" --screen "${arg_SAYS}" --
      $<TARGET_FILE:mkimage> test ${firmware_option_${firmware}} ${arg_OPTIONS}
      "${CMAKE_CURRENT_BINARY_DIR}/cell-${arg_IMAGE}.img" ${extra})
  set_tests_properties(boot.refusal-${medium}-${scheme}.${firmware} PROPERTIES
    FIXTURES_REQUIRED boot.cell-image-${arg_IMAGE})
endfunction()

cell_image(gpt)
cell_image(gpt-4096 --sector-size 4096)
cell_image(mbr --scheme mbr)
cell_image(mbr-4096 --scheme mbr --sector-size 4096)
# Larger than the image, and as large as a power of two, which a card has to be.
set(larger "${CMAKE_CURRENT_SOURCE_DIR}/larger-image.sh" 64M)
foreach(scheme gpt mbr)
  cell_copy(control-${scheme} ${scheme} "${CMAKE_CURRENT_SOURCE_DIR}/grub-image.sh" 512)
  cell_copy(control-${scheme}-4096 ${scheme}-4096 "${CMAKE_CURRENT_SOURCE_DIR}/grub-image.sh" 4096)
  cell_copy(${scheme}-larger ${scheme} ${larger})
  cell_copy(control-${scheme}-larger control-${scheme} ${larger})
endforeach()

# The controls are such: GRUB starts where everything does.
set(ahci QEMU -device ide-hd,drive=disk)
set(nvme QEMU -device nvme,serial=control,drive=disk,logical_block_size=4096,physical_block_size=4096)
foreach(scheme gpt mbr)
  control_test(${scheme} ahci bios ${ahci})
  control_test(${scheme}-larger ahci bios ${ahci})
  control_test(${scheme}-4096 nvme bios ${nvme})
  foreach(firmware uefi ia32)
    control_test(${scheme}-larger ahci ${firmware} ${ahci} LABELS full)
    control_test(${scheme}-4096 nvme ${firmware} ${nvme} LABELS full)
  endforeach()
endforeach()
foreach(firmware uefi ia32)
  control_test(gpt ahci ${firmware} ${ahci})
  control_test(mbr ahci ${firmware} ${ahci} LABELS full)
endforeach()

# ---- Disks ----

cell_test(ahci gpt FIRMWARE bios uefi ia32 OPTIONS --disk ahci)
# Debian's 32-bit OVMF needs SMM, which a pc with its IDE controller has not: there the controller is a card.
set(ide_card -device piix3-ide,id=ide -device)
foreach(scheme gpt mbr)
  cell_test(ide ${scheme} FIRMWARE ia32 OPTIONS --disk none QEMU ${ide_card} ide-hd,bus=ide.0,drive=disk LABELS full)
endforeach()
foreach(disk ide virtio scsi nvme)
  cell_test(${disk} gpt FIRMWARE bios OPTIONS --disk ${disk})
  cell_test(${disk} gpt FIRMWARE uefi OPTIONS --disk ${disk} LABELS full)
endforeach()
cell_test(usb-xhci gpt FIRMWARE bios uefi OPTIONS --disk usb)
cell_test(usb-ehci gpt FIRMWARE bios OPTIONS --disk usb-ehci)
cell_test(usb-ehci gpt FIRMWARE uefi OPTIONS --disk usb-ehci LABELS full)

# SD cards.
set(card -device sdhci-pci -device sd-card,drive=disk)
foreach(scheme gpt mbr)
  cell_test(sd ${scheme} FIRMWARE bios IMAGE ${scheme}-larger OPTIONS --disk none QEMU ${card})
  exempt_test(sd ${scheme} FIRMWARE uefi IMAGE ${scheme}-larger QEMU ${card} LABELS full)
endforeach()

# SCSI adapters that OVMF has no driver for.
foreach(adapter lsi53c895a am53c974 mptsas1068 pvscsi megasas)
  set(disk -device ${adapter},id=adapter -device scsi-hd,bus=adapter.0,drive=disk)
  foreach(scheme gpt mbr)
    cell_test(${adapter} ${scheme} FIRMWARE bios OPTIONS --disk none QEMU ${disk})
    exempt_test(${adapter} ${scheme} FIRMWARE uefi QEMU ${disk} LABELS full)
  endforeach()
endforeach()

# USB attached SCSI: neither has a driver.
set(disk -device qemu-xhci,id=usb -device usb-uas,id=adapter,bus=usb.0 -device scsi-hd,bus=adapter.0,drive=disk)
foreach(scheme gpt mbr)
  exempt_test(usb-uas ${scheme} FIRMWARE bios QEMU ${disk})
  exempt_test(usb-uas ${scheme} FIRMWARE uefi QEMU ${disk} LABELS full)
endforeach()

# Disks with sectors of 4096 bytes. SeaBIOS refuses those of virtio, SCSI and USB. (QEMU's usb-storage takes the option,
# too, and has sectors of 512 bytes all the same.)
set(blocks logical_block_size=4096,physical_block_size=4096)
set(usb -device qemu-xhci,id=usb -device usb-bot,id=stick,bus=usb.0 -device scsi-hd,bus=stick.0,drive=disk,${blocks})
cell_test(nvme-4k gpt FIRMWARE bios uefi IMAGE gpt-4096 OPTIONS --disk nvme-4k)
cell_test(nvme-4k mbr FIRMWARE bios uefi IMAGE mbr-4096 OPTIONS --disk nvme-4k LABELS full)
foreach(scheme gpt mbr)
  foreach(disk virtio-4k scsi-4k)
    cell_test(${disk} ${scheme} FIRMWARE uefi IMAGE ${scheme}-4096 OPTIONS --disk ${disk} LABELS full)
  endforeach()
  cell_test(usb-4k ${scheme} FIRMWARE uefi IMAGE ${scheme}-4096 OPTIONS --disk none QEMU ${usb} LABELS full)
  exempt_test(virtio-4k ${scheme} FIRMWARE bios IMAGE ${scheme}-4096 QEMU -device virtio-blk-pci,drive=disk,${blocks})
  exempt_test(scsi-4k ${scheme} FIRMWARE bios IMAGE ${scheme}-4096
    QEMU -device virtio-scsi-pci,id=adapter -device scsi-hd,bus=adapter.0,drive=disk,${blocks})
  exempt_test(usb-4k ${scheme} FIRMWARE bios IMAGE ${scheme}-4096 QEMU ${usb})
  # The image for such disks on another: UEFI finds the disc in it, when it is one.
  cell_test(ahci-other ${scheme} FIRMWARE bios IMAGE ${scheme}-4096 OPTIONS --disk ahci)
endforeach()
cell_test(ahci-other gpt FIRMWARE uefi IMAGE gpt-4096 OPTIONS --disk ahci LABELS full)
exempt_test(ahci-other mbr FIRMWARE uefi IMAGE mbr-4096 ${ahci} LABELS full)

# Floppy disks, which no BIOS reads by numbers of sectors.
foreach(scheme gpt mbr)
  refusal_test(floppy ${scheme} bios STATUS 14 SAYS "Bowline: stage 2: no LBA: floppy?" OPTIONS --disk none
    QEMU -device isa-fdc,id=controller -device floppy,bus=controller.0,drive=disk)
  exempt_test(floppy ${scheme} FIRMWARE uefi LABELS full
    QEMU -device isa-fdc,id=controller -device floppy,bus=controller.0,drive=disk)
endforeach()

add_test(NAME boot.cells-table COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/cells-table-test.sh"
  "${CMAKE_CURRENT_SOURCE_DIR}/cells-table.sh" ${CMAKE_CTEST_COMMAND} "${PROJECT_BINARY_DIR}"
  "${PROJECT_SOURCE_DIR}/docs/media.md")
set_tests_properties(boot.cells-table PROPERTIES LABELS "unit;quick" TIMEOUT 60)
