# 32-bit UEFI firmware on a 64-bit processor: BOOTIA32.EFI.
#
# What OVMF boots in a few seconds is in ./test.sh with one test of each kind; the rest is full. The media are in
# cells.cmake and its like, beside those of 64-bit firmware.

# ---- The contract ----

boot_test(contract FIRMWARE ia32 KERNEL contract FACTS modules=2 memory=256 ${two_modules})
boot_test(contract-6G-max FIRMWARE ia32 KERNEL contract OPTIONS --memory 6G --cpu max)
boot_test(contract-la57 FIRMWARE ia32 KERNEL contract-la57 FACTS modules=2 ${two_modules} OPTIONS --cpu max)
boot_test(fill FIRMWARE ia32 KERNEL fill FACTS modules=2 ${two_modules})
boot_test(contract-high FIRMWARE ia32 KERNEL contract-high FACTS stack=200704 modules=3 memory=512
  MODULES first-1000 empty-0 large-20000000 OPTIONS --memory 512M LABELS full)
boot_test(contract-no-framebuffer FIRMWARE ia32 KERNEL contract-no-framebuffer
  FACTS framebuffer=0 modules=2 memory=256 ${two_modules} LABELS full)
foreach(cpu qemu64 max)
  boot_test(contract-extras-${cpu} FIRMWARE ia32 KERNEL contract-extras FACTS modules=2 ${two_modules}
    OPTIONS --cpu ${cpu} LABELS full)
endforeach()
boot_test(contract-dirty FIRMWARE ia32 KERNEL contract FACTS modules=3
  MODULES first-1000 empty-0 second-3000000 ${dirty_memory} LABELS full)
foreach(kernel placed-at placed-range)
  boot_test(${kernel} FIRMWARE ia32 KERNEL ${kernel} ${two_modules} LABELS full)
endforeach()
boot_test(placed-nothing FIRMWARE ia32 KERNEL placed-nothing LABELS full)
foreach(memory 64M 3584M 6G)
  boot_test(contract-${memory} FIRMWARE ia32 KERNEL contract OPTIONS --memory ${memory} LABELS full)
endforeach()
boot_test(fill-6G FIRMWARE ia32 KERNEL fill FACTS modules=2 ${two_modules} OPTIONS --memory 6G LABELS full)
boot_test(entropy-device FIRMWARE ia32 KERNEL contract FACTS entropy=strong QEMU -device virtio-rng-pci LABELS full)
boot_test(disc FIRMWARE ia32 KERNEL contract FACTS disc modules=2 memory=256 ${two_modules} OPTIONS --disk cd
  CHECKS --without "bowline: warning" LABELS full)

add_boot_test(secure-boot.ia32 LABELS full PROMISES 5.24
  COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/secure-boot-test.sh" $<TARGET_FILE:mkimage> "${contract_kernel}"
    ia32 /usr/share/OVMF/OVMF32_CODE_4M.secboot.fd ${secure_machine})

# ---- The network ----

add_boot_test(cell-pxe-tftp.ia32 LABELS cells full COMMAND "${boot_test}" --line "cell: firmware ia32"
  --line "bowline-test: pass cell" -- $<TARGET_FILE:mkimage> test --uefi32 --timeout 150
  "${CMAKE_CURRENT_BINARY_DIR}/network-cell")
set_tests_properties(boot.cell-pxe-tftp.ia32 PROPERTIES FIXTURES_REQUIRED boot.network-cell)

# ---- Kernels ----

foreach(kernel IN LISTS BOWLINE_PIE_KERNELS BOWLINE_SHAPE_KERNELS)
  if((kernel MATCHES "^shape-.*-gnu$" AND NOT kernel MATCHES "-llvm-gnu$") OR
     kernel MATCHES "^pie-(gnu(|-high|-aligned|-symbols)|llvm-executable)$")
    get_target_property(facts kernel.${kernel} FACTS)
    boot_test(${kernel} FIRMWARE ia32 KERNEL ${kernel} FACTS ${facts} ${dirty_memory} LABELS full)
  endif()
endforeach()

# ---- Firmware that is odd ----

odd_test(pending-interrupt KERNEL contract FIRMWARE ia32 ODDITIES pending-interrupt FACTS memory=256)
foreach(oddity no-paging strict-paging)
  odd_test(${oddity} KERNEL contract FIRMWARE ia32 ODDITIES ${oddity} FACTS memory=256)
endforeach()
odd_test(exit-once KERNEL contract FIRMWARE ia32 ODDITIES exit-once FACTS memory=256
  CHECKS --line "odd-firmware: ExitBootServices() fails" LABELS full)
odd_test(descriptor-56 KERNEL contract FIRMWARE ia32 ODDITIES descriptor-56 FACTS memory=256 descriptor=56 LABELS full)
odd_test(framebuffer-high KERNEL contract FIRMWARE ia32 ODDITIES framebuffer-high FACTS framebuffer-at=0x140000000
  LABELS full OPTIONS --memory 6G QEMU -vga none)

# ---- Messages ----

# There is memory enough, but not where 32-bit code reaches: a loader of 64 bits does.
set(high_memory OPTIONS --memory 128M LABELS full QEMU -machine max-ram-below-4g=64M)
boot_test(memory-above-4G FIRMWARE ia32 KERNEL contract MODULES large-20000000 FAILS ${high_memory}
  CHECKS --status 14 --text "19532 KiB of free memory in one piece are needed, and the largest piece has")
boot_test(memory-above-4G FIRMWARE uefi KERNEL contract FACTS modules=1 MODULES large-20000000 ${high_memory})

boot_test(cpu-qemu64,-lm FIRMWARE ia32 KERNEL hello FAILS OPTIONS --cpu qemu64,-lm
  CHECKS --status 14 --text "no 64-bit mode (long mode) [no-long-mode]" --screen "no 64-bit mode")
foreach(cpu qemu32 coreduo)
  boot_test(cpu-${cpu} FIRMWARE ia32 KERNEL hello FAILS OPTIONS --cpu ${cpu} LABELS full
    CHECKS --status 14 --text "no 64-bit mode (long mode) [no-long-mode]" --screen "no 64-bit mode")
endforeach()
boot_test(fault-overflow FIRMWARE ia32 KERNEL verdicts FACTS stack-overflow FAILS PROMISES 6.1 6.4
  CHECKS --status 11 --text "vector 14, page fault" --text "cr2 @cr2" --text "guard page of the stack"
    --screen "vector 14, page fault" --screen "bowline: halted")
boot_test(fault-no-framebuffer FIRMWARE ia32 KERNEL verdicts-no-framebuffer FACTS deep FAILS PROMISES 6.7 LABELS full
  CHECKS --status 11 --screen "vector 6, invalid opcode" --screen ", kernel_main + 0x"
    --screen "bowline: halted")
add_boot_test(refused-elf-entry.ia32 PROMISES 1.10 LABELS full COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/refused-test.sh"
  $<TARGET_FILE:mkimage> $<TARGET_FILE:make_kernel> elf-entry
  entry=0xffffffff80002000 -- --uefi32)
