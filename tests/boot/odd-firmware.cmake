# Firmware that does what QEMU's does not: tests/firmware has made it so.

# ---- UEFI firmware that is odd ----

# odd_test(NAME KERNEL name ODDITIES word... [FIRMWARE uefi|ia32] [FACTS word...] [OPTIONS option of mkimage test...]
#          [QEMU argument of QEMU...] [CHECKS check of boot-test.sh...] [LABELS label...])
#
# As boot_test(), on firmware that tests/firmware/uefi has changed.
function(odd_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "KERNEL;FIRMWARE" "ODDITIES;FACTS;OPTIONS;QEMU;CHECKS;LABELS")
  set(firmware uefi)
  set(odd_application "${BOWLINE_ODD_FIRMWARE}")
  if(arg_FIRMWARE STREQUAL "ia32")
    set(firmware ia32)
    set(odd_application "${BOWLINE_ODD_FIRMWARE_32}")
  endif()
  judgement_of(${arg_KERNEL})
  set(extra)
  if(arg_QEMU)
    set(extra -- ${arg_QEMU})
  endif()
  get_target_property(file kernel.${arg_KERNEL} KERNEL)
  string(JOIN " " facts firmware=${firmware} ${arg_FACTS})
  string(JOIN " " oddities ${arg_ODDITIES})
  add_boot_test(odd-${name}.${firmware} LABELS ${arg_LABELS} PROMISES ${asserted} COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/odd-test.sh"
    $<TARGET_FILE:mkimage> "${odd_application}" "${file}" "${facts}" "${oddities}" ${arg_CHECKS} ${passed}
    -- --timeout 150 ${firmware_option_${firmware}} ${arg_OPTIONS} ${extra})
endfunction()

odd_test(pending-interrupt KERNEL contract ODDITIES pending-interrupt FACTS memory=256)
odd_test(exit-once KERNEL contract ODDITIES exit-once FACTS memory=256
  CHECKS --line "odd-firmware: ExitBootServices() fails")
odd_test(descriptor-56 KERNEL contract ODDITIES descriptor-56 FACTS memory=256 descriptor=56)
odd_test(descriptor-56-fill KERNEL fill ODDITIES descriptor-56)
# Where there are random numbers, and where the firmware hides them.
boot_test(entropy-device FIRMWARE uefi KERNEL contract FACTS entropy=strong QEMU -device virtio-rng-pci)
odd_test(no-entropy KERNEL contract ODDITIES no-entropy FACTS entropy=weak QEMU -device virtio-rng-pci
  CHECKS --line "odd-firmware: no random numbers")
foreach(kernel contract contract-la57) # one with four levels, one with five
  odd_test(five-levels-${kernel} KERNEL ${kernel} ODDITIES five-levels OPTIONS --cpu max)
endforeach()
foreach(oddity pending-interrupt exit-once no-entropy five-levels)
  odd_test(${oddity}-fill KERNEL fill ODDITIES ${oddity} OPTIONS --cpu max LABELS full)
endforeach()
odd_test(framebuffer-1T KERNEL contract ODDITIES framebuffer-high FACTS framebuffer-at=0x10000000000 LABELS full
  OPTIONS --cpu max,phys-bits=46
  QEMU -vga none -object memory-backend-ram,id=memory,size=1020G,reserve=off -machine memory-backend=memory
    -m 1020G)

# ---- A BIOS whose memory map is odd: tests/firmware/bios ----

foreach(rom IN LISTS BOWLINE_ODD_ROMS)
  set(facts odd-${rom})
  if(rom STREQUAL "all")
    set(facts odd-types odd-overlaps odd-many)
  endif()
  set(file "${BOWLINE_ODD_ROM_DIR}/odd-${rom}.rom")
  boot_test(odd-${rom} FIRMWARE bios KERNEL contract FACTS memory=256 ${facts} CHECKS --line odd-bios
    QEMU -option-rom "${file}")
  boot_test(odd-${rom}-fill FIRMWARE bios KERNEL fill CHECKS --line odd-bios QEMU -option-rom "${file}")
endforeach()
