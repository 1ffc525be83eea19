# One and the same image on every machine, and machines with little, much or none of something.

# ---- One and the same image ----

set(image "${CMAKE_CURRENT_BINARY_DIR}/contract.img")
set(scribbled_image "${CMAKE_CURRENT_BINARY_DIR}/scribbled.img")
set(larger_image "${CMAKE_CURRENT_BINARY_DIR}/larger.img")
add_boot_test(images LABELS quick COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/make-images.sh"
  $<TARGET_FILE:mkimage> "${contract_kernel}" "${image}" "${scribbled_image}" "${larger_image}"
  "${CMAKE_CURRENT_BINARY_DIR}/first-1000" "${CMAKE_CURRENT_BINARY_DIR}/second-3000000")
set_tests_properties(boot.images PROPERTIES FIXTURES_SETUP boot.images)

set(bios_disks ahci ide virtio scsi nvme usb)
set(uefi_disks ahci virtio nvme usb)
foreach(firmware bios uefi)
  foreach(disk IN LISTS ${firmware}_disks)
    boot_test(image-${disk} FIRMWARE ${firmware} IMAGE "${image}" OPTIONS --disk ${disk}
      CHECKS --text "contract: firmware ${firmware}")
  endforeach()
endforeach()
boot_test(image-64M-max FIRMWARE bios uefi IMAGE "${image}" OPTIONS --memory 64M --cpu max --smp 4)
boot_test(image-6G-EPYC FIRMWARE bios uefi IMAGE "${image}" OPTIONS --memory 6G --cpu EPYC --smp 4)
boot_test(image-6G-qemu64 FIRMWARE bios uefi IMAGE "${image}" OPTIONS --memory 6G --disk nvme)
boot_test(image-3G-max FIRMWARE bios uefi IMAGE "${image}" OPTIONS --memory 3G --cpu max --disk virtio)
boot_test(image-scribbled FIRMWARE bios uefi IMAGE "${scribbled_image}")
boot_test(image-larger FIRMWARE bios uefi IMAGE "${larger_image}" OPTIONS --disk usb
  CHECKS --without "bowline: warning")

# Which of two disks: the loader's, whichever of them the firmware finds first.
# device_test(FIRMWARE DISK OTHER [SCHEME])
function(device_test firmware disk other)
  string(JOIN "-" name ${disk} ${other} ${ARGN})
  add_boot_test(device-${name}.${firmware} PROMISES 5.16 COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/boot-device-test.sh"
    $<TARGET_FILE:mkimage> "${contract_kernel}" ${firmware} ${disk} ${other} ${ARGN})
endfunction()
device_test(bios ahci virtio)
device_test(bios virtio ahci)
device_test(bios usb nvme)
device_test(uefi ahci virtio)
device_test(uefi usb nvme)
device_test(uefi nvme usb)

# All of it, every combination.
foreach(firmware bios uefi)
  foreach(disk IN LISTS ${firmware}_disks)
    foreach(memory 64M 1G 6G)
      foreach(processors 1 4)
        foreach(cpu qemu64 max EPYC)
          boot_test(matrix-${disk}-${memory}-${processors}-${cpu} FIRMWARE ${firmware} IMAGE "${image}"
            OPTIONS --disk ${disk} --memory ${memory} --smp ${processors} --cpu ${cpu} LABELS full)
        endforeach()
      endforeach()
    endforeach()
  endforeach()
endforeach()

# ---- Machines that lack something ----

boot_test(no-serial FIRMWARE bios uefi KERNEL contract FACTS memory=256 OPTIONS --no-serial)
boot_test(no-vga FIRMWARE bios uefi KERNEL contract FACTS memory=256 framebuffer=0 QEMU -vga none)
# A graphics output whose pixels only the firmware can reach.
boot_test(no-framebuffer FIRMWARE uefi KERNEL contract FACTS memory=256 framebuffer=0
  QEMU -vga none -device virtio-gpu-pci)

# ---- Memory above 4 GiB, because there is too little below ----

# 96 MiB on either side, of which one module leaves too little for the other.
module(huge-60000000)
module(another-60000000)
foreach(cpu qemu64 max) # with 2 MiB pages, and with 1 GiB pages
  boot_test(above-4G-${cpu} FIRMWARE bios KERNEL contract FACTS modules=2
    MODULES huge-60000000 another-60000000 OPTIONS --memory 192M --cpu ${cpu}
    QEMU -machine max-ram-below-4g=96M)
endforeach()
