# The contract, asserted by kernels that ask for different things, on processors of all ages.

# ---- Kernels that ask for nothing in particular ----

boot_test(hello FIRMWARE bios uefi KERNEL hello LABELS quick)
boot_test(contract FIRMWARE bios uefi KERNEL contract FACTS modules=2 memory=256 ${two_modules} LABELS quick)
if(TARGET kernel.contract-llvm)
  boot_test(contract-llvm FIRMWARE bios uefi KERNEL contract-llvm FACTS memory=256)
endif()
boot_test(contract-6G-max FIRMWARE bios uefi KERNEL contract OPTIONS --memory 6G --cpu max)
# What was in memory before shows in nothing that a kernel gets.
boot_test(contract-dirty FIRMWARE bios uefi KERNEL contract FACTS modules=3
  MODULES first-1000 empty-0 second-3000000 ${dirty_memory})
# As it stands in boot.conf, byte for byte.
boot_test(command-line FIRMWARE bios uefi KERNEL contract FACTS "a=\"two  words\"" "Grüße" "# none"
  length=@length@)

# What a kernel gets is the same on both.
add_boot_test(same COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/same-test.sh" $<TARGET_FILE:mkimage> "${dump_kernel}"
  "${CMAKE_CURRENT_BINARY_DIR}/first-1000")

# Any number of modules.
foreach(firmware bios uefi)
  add_boot_test(many-modules.${firmware} COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/many-modules-test.sh" $<TARGET_FILE:mkimage>
    "${contract_kernel}" $<TARGET_FILE:pattern> 500 ${firmware_option_${firmware}})
endforeach()

# Large ones: 3.5 GiB lie above the 4 GiB that the firmware's devices are below.
foreach(firmware bios uefi)
  set(large_module_test COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/large-module-test.sh" $<TARGET_FILE:mkimage>
    "${contract_kernel}" $<TARGET_FILE:pattern>)
  add_boot_test(large-module.${firmware} ${large_module_test} 629145600 1G 512M -- ${firmware_option_${firmware}})
  add_boot_test(huge-module.${firmware} ${large_module_test} 3758096384 6G -- ${firmware_option_${firmware}} LABELS full)
  set_tests_properties(boot.large-module.${firmware} PROPERTIES TIMEOUT 1000 RESOURCE_LOCK memory)
  set_tests_properties(boot.huge-module.${firmware} PROPERTIES TIMEOUT 1000 RUN_SERIAL TRUE)
endforeach()

# A kernel that takes the memory map at its word.
boot_test(fill FIRMWARE bios uefi KERNEL fill FACTS modules=2 ${two_modules})
boot_test(fill-6G FIRMWARE bios uefi KERNEL fill FACTS modules=2 ${two_modules} OPTIONS --memory 6G LABELS full)

# ---- Kernels that ask for something ----

boot_test(contract-high FIRMWARE bios uefi KERNEL contract-high FACTS stack=200704 modules=3 memory=512
  MODULES first-1000 empty-0 large-20000000 OPTIONS --memory 512M)
boot_test(contract-no-framebuffer FIRMWARE bios uefi KERNEL contract-no-framebuffer
  FACTS framebuffer=0 modules=2 memory=256 ${two_modules})
boot_test(contract-extras FIRMWARE bios uefi KERNEL contract-extras FACTS modules=2 ${two_modules})
boot_test(contract-extras-max FIRMWARE bios uefi KERNEL contract-extras FACTS modules=2 ${two_modules}
  OPTIONS --cpu max)
boot_test(contract-la57 FIRMWARE bios uefi KERNEL contract-la57 FACTS modules=2 ${two_modules} OPTIONS --cpu max)
boot_test(la57-missing FIRMWARE bios uefi KERNEL contract-la57 FAILS PROMISES 2.6 2.13
  CHECKS --status 14 --text "the kernel requires five levels of page tables")
boot_test(placed-at FIRMWARE bios FULL uefi KERNEL placed-at ${two_modules})
boot_test(placed-range FIRMWARE bios uefi KERNEL placed-range ${two_modules})
boot_test(placed-nothing FIRMWARE bios FULL uefi KERNEL placed-nothing)

# Requests of another age: what they do not have is 0, whatever was in memory before.
foreach(version older newer by-hand)
  set(firmwares FIRMWARE bios FULL uefi)
  if(version STREQUAL "by-hand")
    set(firmwares FIRMWARE bios uefi)
  endif()
  boot_test(versions-${version} ${firmwares} KERNEL versions-${version} ${dirty_memory})
endforeach()

# ---- The example ----

boot_test(example FIRMWARE bios uefi KERNEL example FACTS greetings ${two_modules} FAILS
  OPTIONS --until "The kernel has done what it came for."
  CHECKS --text "greetings" --text "second-3000000, 3000000 bytes" --text " framebuffer"
    --screen "loader Bowline" --screen "greetings" --screen "second-3000000, 3000000 bytes"
    --screen "MiB are usable")
boot_test(example-no-vga FIRMWARE bios KERNEL example FAILS QEMU -vga none
  OPTIONS --until "The kernel has done what it came for.")
# Nothing but its screen shows when it is done: the limit is many times what that takes.
boot_test(example-no-serial FIRMWARE bios KERNEL example FAILS
  OPTIONS --no-serial --timeout 8
  CHECKS --status 13 --screen "MiB are usable")
