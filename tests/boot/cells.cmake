# The table of docs/media.md: firmware x medium x scheme. Each cell boots the kernel `cell`, 8 MiB that
# it checks word for word, with two modules that it checks as well.
#
# A test of the table is called boot.cell-MEDIUM-SCHEME.FIRMWARE or, where no loader can boot,
# boot.exempt-MEDIUM-SCHEME.FIRMWARE. cells-table.sh makes the table of their results.

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

# cell_test(MEDIUM SCHEME FIRMWARE bios|uefi... [IMAGE name] [OPTIONS option of mkimage test...]
#           [QEMU argument of QEMU...] [COMMAND program argument...] [LABELS label...])
#
# IMAGE is what cell_image() has made; without it, the one of the scheme. The command is mkimage test, unless COMMAND
# names another, which is as silent on stderr, shows the serial port and is told the image's file last, after
# --bios for that firmware. LABELS full: not in the covering subset that ./test.sh runs.
function(cell_test medium scheme)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "IMAGE" "FIRMWARE;OPTIONS;QEMU;COMMAND;LABELS")
  if(NOT arg_IMAGE)
    set(arg_IMAGE ${scheme})
  endif()
  if(NOT arg_COMMAND)
    set(arg_COMMAND $<TARGET_FILE:mkimage> test --timeout 150)
  endif()
  foreach(firmware IN LISTS arg_FIRMWARE)
    set(options ${arg_OPTIONS})
    if(firmware STREQUAL "bios")
      list(APPEND options --bios)
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

cell_image(gpt)
cell_image(gpt-4096 --sector-size 4096)

# ---- Disks ----

cell_test(ahci gpt FIRMWARE bios uefi OPTIONS --disk ahci)
foreach(disk ide virtio scsi nvme)
  cell_test(${disk} gpt FIRMWARE bios OPTIONS --disk ${disk})
  cell_test(${disk} gpt FIRMWARE uefi OPTIONS --disk ${disk} LABELS full)
endforeach()
cell_test(usb-xhci gpt FIRMWARE bios uefi OPTIONS --disk usb)
cell_test(usb-ehci gpt FIRMWARE bios OPTIONS --disk usb-ehci)
cell_test(usb-ehci gpt FIRMWARE uefi OPTIONS --disk usb-ehci LABELS full)

# Disks with sectors of 4096 bytes.
cell_test(nvme-4k gpt FIRMWARE bios uefi IMAGE gpt-4096 OPTIONS --disk nvme-4k)
foreach(disk virtio-4k scsi-4k)
  cell_test(${disk} gpt FIRMWARE uefi IMAGE gpt-4096 OPTIONS --disk ${disk} LABELS full)
endforeach()
