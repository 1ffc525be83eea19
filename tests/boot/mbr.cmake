# Images with --scheme mbr and --mbr-active, and what is left of a GPT behind an MBR.

foreach(disk ahci virtio nvme)
  cell_test(${disk} mbr FIRMWARE bios uefi OPTIONS --disk ${disk})
endforeach()
cell_test(usb-xhci mbr FIRMWARE bios uefi OPTIONS --disk usb)
foreach(disk ide scsi usb-ehci)
  cell_test(${disk} mbr FIRMWARE bios OPTIONS --disk ${disk})
  cell_test(${disk} mbr FIRMWARE uefi OPTIONS --disk ${disk} LABELS full)
endforeach()

# The contract, on the images of make-mbr-images.sh.
set(mbr_images "${CMAKE_CURRENT_BINARY_DIR}/mbr-images")
add_boot_test(mbr-images COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/make-mbr-images.sh"
  $<TARGET_FILE:mkimage> "${contract_kernel}" "${mbr_images}")
set_tests_properties(boot.mbr-images PROPERTIES FIXTURES_SETUP boot.mbr-images)
foreach(name mbr fat-type stale-gpt gpt-active scribbled)
  boot_test(mbr-${name} FIRMWARE bios uefi IMAGE "${mbr_images}/${name}.img")
  set_tests_properties(boot.mbr-${name}.bios boot.mbr-${name}.uefi PROPERTIES FIXTURES_REQUIRED boot.mbr-images)
endforeach()

device_test(bios usb ahci mbr)
device_test(uefi ahci usb mbr)
