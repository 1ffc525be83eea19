# What the loader says when something goes wrong, and that it says so on the screen too.

# ---- The fault screen ----

boot_test(fault-overflow FIRMWARE bios uefi KERNEL verdicts FACTS stack-overflow FAILS PROMISES 6.1 6.4
  CHECKS --status 11 --text "vector 14, page fault" --text "cr2 @cr2" --text "guard page of the stack"
    --screen "vector 14, page fault" --screen "bowline: halted" LABELS quick)
boot_test(fault-read FIRMWARE bios KERNEL verdicts FACTS read-nothing FAILS PROMISES 6.4
  CHECKS --status 11 --text "reading address" --text "cr2 @cr2" --screen "nothing is mapped there")
boot_test(fault-write FIRMWARE bios KERNEL verdicts FACTS write-code FAILS PROMISES 6.4
  CHECKS --status 11 --text "writing to address" --text "cr2 @cr2" --screen "its page does not allow it")
boot_test(fault-null FIRMWARE bios KERNEL verdicts FACTS null FAILS PROMISES 6.4
  CHECKS --status 11 --text "reading address 18: nothing is mapped there"
    --screen "the address lies 24 bytes above a null pointer")
boot_test(fault-physical FIRMWARE bios FULL uefi KERNEL verdicts FACTS physical FAILS PROMISES 6.4
  CHECKS --status 11 --text "there is no identity map: physical 4000000 is mapped at @mapped"
    --screen "there is no identity map: physical 4000000 is mapped at ffff")
boot_test(fault-constant FIRMWARE bios KERNEL verdicts FACTS write-constant FAILS PROMISES 6.4 6.5
  CHECKS --status 11 --text "its page does not allow it" --text "the address lies in the kernel's constants"
    --text ", limits + 0x10" --screen ", limits + 0x10")
boot_test(fault-above-modules FIRMWARE bios FULL uefi KERNEL verdicts FACTS above-modules ${two_modules} FAILS PROMISES 6.4
  CHECKS --status 11 --text "the address lies 24 bytes above the end of the modules"
    --screen "the address lies 24 bytes above the end of the modules")
boot_test(fault-double FIRMWARE bios FULL uefi KERNEL verdicts FACTS double FAILS PROMISES 6.4
  CHECKS --status 11 --text "vector 8, double fault"
    --text "the stack has overflowed: rsp lies 16 bytes below it, in its guard page"
    --screen "the stack has overflowed: rsp lies 16 bytes below it, in its guard page")
boot_test(fault-beyond FIRMWARE bios KERNEL verdicts FACTS beyond FAILS PROMISES 6.4
  CHECKS --status 11 --text "the address lies 24 bytes below the guard page of the stack"
    --text "rsp lies 4112 bytes below it, beyond its guard page")
# The screen of a kernel that wanted none: what the firmware has on it.
boot_test(fault-no-framebuffer FIRMWARE bios uefi KERNEL verdicts-no-framebuffer FACTS deep FAILS PROMISES 6.7
  CHECKS --status 11 --screen "vector 6, invalid opcode" --screen ", kernel_main + 0x"
    --screen "bowline: halted")
boot_test(fault-text FIRMWARE bios uefi KERNEL verdicts-text FACTS physical FAILS PROMISES 6.7
  CHECKS --status 11 --screen "vector 14, page fault" --screen "there is no identity map"
    --screen "bowline: halted")
# A kernel that has unmapped its framebuffer: the fault screen has a mapping of its own.
boot_test(fault-framebuffer-gone FIRMWARE bios KERNEL verdicts FACTS framebuffer-gone FAILS PROMISES 6.7
  CHECKS --status 11 --screen "vector 6, invalid opcode" --screen "bowline: halted")
boot_test(fault-execute FIRMWARE bios KERNEL verdicts FACTS execute-stack FAILS PROMISES 6.4
  CHECKS --status 11 --text "executing address" --text "cr2 @cr2" --screen "its page does not allow it")
boot_test(fault-deep FIRMWARE bios FULL uefi KERNEL verdicts FACTS deep FAILS PROMISES 6.5 6.6
  CHECKS --status 11 --text ", innermost + 0x" --text ", middle + 0x" --text ", outermost + 0x" --text ", kernel_main + 0x"
    --screen ", innermost + 0x" --screen ", kernel_main + 0x")
boot_test(fault-long-name FIRMWARE bios KERNEL verdicts FACTS long-name FAILS
  CHECKS --status 11 --line "bowline: halted: the kernel had no interrupt table of its own yet")
# A kernel that has unmapped what the report needs: the first fault is told, and it ends.
foreach(gone names screen)
  boot_test(fault-${gone}-gone FIRMWARE bios KERNEL verdicts FACTS ${gone}-gone FAILS
    CHECKS --status 11 --text "vector 6, invalid opcode" --text "vector 14, page fault"
      --line "bowline: halted: the kernel had no interrupt table of its own yet")
endforeach()
# Each register has a number of its own.
boot_test(fault-registers FIRMWARE bios uefi KERNEL verdicts FACTS registers FAILS PROMISES 6.3
  CHECKS --status 11 --text "rax a0a0a0a0a0a0a0a0  rbx b1b1b1b1b1b1b1b1  rcx c2c2c2c2c2c2c2c2"
    --text "rdx d3d3d3d3d3d3d3d3  rsi e4e4e4e4e4e4e4e4  rdi f5f5f5f5f5f5f5f5"
    --text "rbp 0606060606060606  r8  0808080808080808  r9  0909090909090909"
    --text "r10 1010101010101010  r11 1111111111111111  r12 1212121212121212"
    --text "r13 1313131313131313  r14 1414141414141414  r15 1515151515151515"
    --text "rip @rip  rsp @rsp  rflags 46" --text "cr0 0000000080010033" --text "cr3 @cr3"
    --text "cr4 0000000000000620  cs 8  ss 10")
boot_test(fault-undefined FIRMWARE bios FULL uefi KERNEL verdicts FACTS undefined FAILS PROMISES 6.1 6.2
  CHECKS --status 11 --text "vector 6, invalid opcode" --screen "vector 6, invalid opcode")
boot_test(fault-no-serial FIRMWARE bios KERNEL verdicts FACTS undefined FAILS OPTIONS --no-serial
  CHECKS --status 11 --text "vector 6, invalid opcode")
boot_test(fault-no-vga FIRMWARE bios KERNEL verdicts FACTS undefined FAILS
  CHECKS --status 11 --text "vector 6, invalid opcode" QEMU -vga none)

# ---- Processors that no kernel of ours can run on ----

foreach(cpu IN ITEMS pentium3 486 "qemu64,-lm")
  boot_test(cpu-${cpu} FIRMWARE bios KERNEL hello FAILS OPTIONS --cpu ${cpu}
    CHECKS --status 14 --text "no 64-bit mode" --screen "no 64-bit mode")
endforeach()
boot_test(cpu-qemu64,-nx FIRMWARE bios KERNEL hello FAILS OPTIONS --cpu qemu64,-nx
  CHECKS --status 14 --text "no NX bit" --screen "no NX bit")

# ---- What the BIOS stages say when something is wrong ----

add_boot_test(bios-failures COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/bios-failures-test.sh"
  $<TARGET_FILE:mkimage> "${hello_kernel}" "${PROJECT_BINARY_DIR}/bios" $<TARGET_FILE:pack_stage>)
