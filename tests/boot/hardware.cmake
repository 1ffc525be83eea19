# Kinds of machines: memory, processors, screens, builds of UEFI firmware, Bochs; how the boot medium is found.
#
# Label: machines. docs/machines.md tells what was tried and how it went. What SeaBIOS and Bochs boot in a second
# or a few is in ./test.sh, and of what OVMF boots one of a kind; the rest is full.

# ---- Little memory and much ----

foreach(memory 2 4 8 16 24 32)
  boot_test(memory-${memory}M FIRMWARE bios KERNEL contract FACTS memory=${memory} OPTIONS --memory ${memory}M
    LABELS machines)
endforeach()
foreach(memory 8 32) # the other chipset
  boot_test(memory-${memory}M-pc FIRMWARE bios KERNEL contract FACTS memory=${memory}
    OPTIONS --disk ide --memory ${memory}M LABELS machines)
endforeach()
add_boot_test(little-memory LABELS machines COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/little-memory-test.sh"
  $<TARGET_FILE:mkimage> "${contract_kernel}" "${CMAKE_CURRENT_BINARY_DIR}/large-20000000" 2 4 8 16 20 21 22 24 32)
add_boot_test(little-memory-steps LABELS machines full COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/little-memory-test.sh"
  $<TARGET_FILE:mkimage> "${contract_kernel}" "${CMAKE_CURRENT_BINARY_DIR}/large-20000000"
  2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32)

# With 1 MiB SeaBIOS cannot read its disks, whatever is on them.
add_boot_test(control-memory-1M.bios LABELS machines COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/exempt-test.sh" bios
  "${CMAKE_CURRENT_BINARY_DIR}/cell-control-gpt.img" "${CMAKE_CURRENT_BINARY_DIR}/cell-gpt.img" -m 1
  -device ide-hd,drive=disk)
set_tests_properties(boot.control-memory-1M.bios PROPERTIES
  FIXTURES_REQUIRED "boot.cell-image-gpt;boot.cell-image-control-gpt")

# sparse_test(NAME SIZE FIRMWARE bios|uefi... [CPU model] [MACHINE type] [LABELS label...]): memory that is not there
# before it is touched.
function(sparse_test name size)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "CPU;MACHINE" "FIRMWARE;LABELS")
  if(NOT arg_MACHINE)
    set(arg_MACHINE q35)
  endif()
  boot_test(${name} FIRMWARE ${arg_FIRMWARE} KERNEL contract FACTS modules=2 ${two_modules}
    OPTIONS --memory ${size} --cpu ${arg_CPU},phys-bits=46 LABELS machines ${arg_LABELS}
    QEMU -machine ${arg_MACHINE},memory-backend=sparse
      -object memory-backend-ram,id=sparse,size=${size},reserve=off)
endfunction()
# All memory above 4 GiB lies above the hole that ends at 1 TiB; before QEMU 7.1 it reaches across.
foreach(cpu qemu64 max) # with 2 MiB pages, and with 1 GiB pages
  sparse_test(memory-1020G-${cpu} 1020G CPU ${cpu} FIRMWARE bios)
  sparse_test(memory-1030G-across-${cpu} 1030G CPU ${cpu} MACHINE pc-q35-7.0 FIRMWARE bios)
endforeach()
sparse_test(memory-2T 2T CPU max FIRMWARE bios)
sparse_test(memory-64G 64G CPU max FIRMWARE uefi LABELS full)
sparse_test(memory-1020G 1020G CPU max FIRMWARE uefi LABELS full)

# ---- Memory in nodes, and many processors ----

# nodes_test(NODES SIZE MIB_OF_EACH LABELS label...)
function(nodes_test nodes size each)
  cmake_parse_arguments(PARSE_ARGV 3 arg "" "" "FIRMWARE;LABELS")
  set(arguments)
  math(EXPR last "${nodes} - 1")
  foreach(node RANGE ${last})
    list(APPEND arguments -object memory-backend-ram,id=node${node},size=${each}
      -numa node,nodeid=${node},cpus=${node},memdev=node${node})
  endforeach()
  boot_test(nodes-${nodes}-${size} FIRMWARE ${arg_FIRMWARE} KERNEL contract FACTS modules=2 ${two_modules}
    OPTIONS --memory ${size} --smp ${nodes} LABELS machines ${arg_LABELS} QEMU ${arguments})
endfunction()
nodes_test(2 256M 128M FIRMWARE bios uefi)
nodes_test(4 6G 1536M FIRMWARE bios)
nodes_test(4 6G 1536M FIRMWARE uefi LABELS full)

boot_test(processors-8 FIRMWARE bios KERNEL contract FACTS memory=256 OPTIONS --smp 8 LABELS machines)
boot_test(processors-64 FIRMWARE bios KERNEL contract FACTS memory=256 OPTIONS --smp 64 LABELS machines)
boot_test(processors-8 FIRMWARE uefi KERNEL contract FACTS memory=256 OPTIONS --smp 8 LABELS machines full)
boot_test(processors-64 FIRMWARE uefi KERNEL contract FACTS memory=256 OPTIONS --smp 64 LABELS machines full)
boot_test(processors-255 FIRMWARE bios KERNEL contract FACTS memory=256 OPTIONS --smp 255 LABELS machines full)

# ---- Screens ----

# screen_test(NAME RESULT FIRMWARE bios|uefi... QEMU argument of QEMU... [LABELS label...]): RESULT is how the kernel
# finds the framebuffer, "1280 x 800, 32", or none.
function(screen_test name result)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "FIRMWARE;QEMU;LABELS")
  set(facts memory=256)
  set(checks --line "contract: framebuffer ${result} bits")
  if(result STREQUAL "none")
    list(APPEND facts framebuffer=0)
    set(checks)
  endif()
  boot_test(screen-${name} FIRMWARE ${arg_FIRMWARE} KERNEL contract FACTS ${facts} CHECKS ${checks}
    LABELS machines ${arg_LABELS} QEMU -vga none ${arg_QEMU})
endfunction()

# Every kind, as its firmware has set it up. SeaBIOS's VGA BIOSes begin in text mode, and know EDID or do not.
screen_test(cirrus "1024 x 768, 24" FIRMWARE bios QEMU -device cirrus-vga)
screen_test(qxl "1024 x 768, 32" FIRMWARE bios QEMU -device qxl-vga)
screen_test(virtio "1024 x 768, 32" FIRMWARE bios QEMU -device virtio-vga)
screen_test(vmware "1024 x 768, 32" FIRMWARE bios QEMU -device vmware-svga)
screen_test(bochs-display "1280 x 800, 32" FIRMWARE bios QEMU -device bochs-display)
screen_test(ramfb "1024 x 768, 32" FIRMWARE bios QEMU -device ramfb)
screen_test(ati "1280 x 800, 32" FIRMWARE bios QEMU -device ati-vga LABELS full)
screen_test(cirrus "800 x 600, 32" FIRMWARE uefi QEMU -device cirrus-vga LABELS full)
screen_test(qxl "1280 x 800, 32" FIRMWARE uefi QEMU -device qxl-vga LABELS full)
screen_test(virtio "1280 x 800, 32" FIRMWARE uefi QEMU -device virtio-vga)
screen_test(vmware "1280 x 800, 32" FIRMWARE uefi QEMU -device vmware-svga LABELS full)
screen_test(bochs-display "1280 x 800, 32" FIRMWARE uefi QEMU -device bochs-display LABELS full)
screen_test(ramfb "800 x 600, 32" FIRMWARE uefi QEMU -device ramfb)
screen_test(secondary "1280 x 800, 32" FIRMWARE uefi QEMU -device secondary-vga LABELS full)
# Cards that the firmware has no driver for.
screen_test(secondary none FIRMWARE bios QEMU -device secondary-vga)
screen_test(virtio-gpu none FIRMWARE bios QEMU -device virtio-gpu-pci)
screen_test(ati none FIRMWARE uefi QEMU -device ati-vga LABELS full)


# The same, as GRUB finds them: see grub-video-test.sh.
function(screen_control name result firmware device)
  add_boot_test(control-screen-${name}.${firmware} LABELS machines ${ARGN}
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/grub-video-test.sh" ${firmware} ${result} -device ${device})
endfunction()
screen_control(std modes bios VGA)
screen_control(secondary none bios secondary-vga)
screen_control(virtio-gpu none bios virtio-gpu-pci)
screen_control(std modes uefi VGA full)
screen_control(ati none uefi ati-vga full)
screen_control(memory-1M none uefi VGA,vgamem_mb=1 full)

# Several heads: the firmware's console is on one of them.
screen_test(two-cards "1280 x 800, 32" FIRMWARE bios uefi QEMU -device VGA -device bochs-display)
screen_test(two-heads "1024 x 768, 32" FIRMWARE bios QEMU -device virtio-vga,max_outputs=2)
screen_test(two-heads "1280 x 800, 32" FIRMWARE uefi QEMU -device virtio-vga,max_outputs=2 LABELS full)
screen_test(four-cards "1280 x 800, 32" FIRMWARE bios
  QEMU -device VGA -device qxl -device bochs-display -device virtio-gpu-pci)
screen_test(four-cards "1280 x 800, 32" FIRMWARE uefi LABELS full
  QEMU -device VGA -device qxl -device bochs-display -device virtio-gpu-pci)

# Monitors: a large one, odd ones, one of no use, none; and less memory than the monitor's size needs.
set(large xres=3840,yres=2160)
screen_test(edid-4K "3840 x 2160, 32" FIRMWARE bios QEMU -device VGA,${large},refresh_rate=30000,vgamem_mb=64)
screen_test(edid-4K "3840 x 2160, 32" FIRMWARE uefi
  QEMU -device bochs-display,${large},refresh_rate=30000,vgamem=64M)
screen_test(edid-4K-bochs-display "3840 x 2160, 32" FIRMWARE bios
  QEMU -device bochs-display,${large},refresh_rate=30000,vgamem=64M)
screen_test(edid-odd "1366 x 768, 32" FIRMWARE bios QEMU -device bochs-display,xres=1366,yres=768)
screen_test(edid-tiny "64 x 64, 32" FIRMWARE bios QEMU -device bochs-display,xres=64,yres=64)
screen_test(edid-tiny "64 x 64, 32" FIRMWARE uefi QEMU -device bochs-display,xres=64,yres=64 LABELS full)
screen_test(edid-none "1024 x 768, 32" FIRMWARE bios QEMU -device VGA,edid=off)
screen_test(edid-none "1280 x 800, 32" FIRMWARE uefi QEMU -device VGA,edid=off LABELS full)
screen_test(memory-1M "800 x 600, 16" FIRMWARE bios QEMU -device VGA,vgamem_mb=1)
screen_test(memory-1M none FIRMWARE uefi QEMU -device VGA,vgamem_mb=1 LABELS full)

# Absurd ones: a single pixel, a single column, more columns than a screen has ever had, in an extension of EDID.
screen_test(edid-pixel "1024 x 768, 32" FIRMWARE bios QEMU -device VGA,xres=1,yres=1)
screen_test(edid-column "320 x 200, 32" FIRMWARE bios QEMU -device VGA,xres=1,yres=4095)
screen_test(edid-row "1024 x 768, 32" FIRMWARE bios QEMU -device VGA,xres=65535,yres=1)
screen_test(edid-pixel-bochs-display "1 x 1, 32" FIRMWARE bios QEMU -device bochs-display,xres=1,yres=1)
screen_test(edid-column-bochs-display "1 x 4095, 32" FIRMWARE bios QEMU -device bochs-display,xres=1,yres=4095)
screen_test(edid-pixel "1280 x 800, 32" FIRMWARE uefi QEMU -device bochs-display,xres=1,yres=1 LABELS full)
screen_test(edid-row "1280 x 800, 32" FIRMWARE uefi QEMU -device VGA,xres=65535,yres=1 LABELS full)
screen_control(edid-row hang bios bochs-display,xres=65535,yres=1)
screen_control(edid-too-large hang bios bochs-display,xres=4095,yres=4095)

# A monitor that tells its size in an extension of EDID alone. The VGA BIOS of bochs-display divides by 0, for ever.
screen_test(edid-extension "1024 x 768, 32" FIRMWARE bios QEMU -device VGA,${large},vgamem_mb=64)
screen_test(edid-extension "1280 x 800, 32" FIRMWARE uefi QEMU -device bochs-display,${large},vgamem=64M LABELS full)
screen_control(edid-extension hang bios bochs-display,${large},vgamem=64M)

# Neither screen nor serial port: the debug console alone tells.
boot_test(no-screen-no-serial FIRMWARE bios KERNEL contract FACTS framebuffer=0 memory=256 OPTIONS --no-serial
  LABELS machines QEMU -vga none)
boot_test(no-screen-no-serial FIRMWARE uefi KERNEL contract FACTS framebuffer=0 memory=256 OPTIONS --no-serial
  LABELS machines full QEMU -vga none)

# ---- Builds of UEFI firmware ----

set(secure_machine -machine q35,smm=on -global driver=cfi.pflash01,property=secure,value=on
  -global ICH9-LPC.disable_s3=1)
# The same image on a disk, and as a disc.
foreach(medium "" -disc)
  set(fact)
  set(drive)
  if(medium)
    set(fact disc)
    set(drive OPTIONS --disk cd)
  endif()
  boot_test(ovmf-2M${medium} FIRMWARE uefi KERNEL contract FACTS ${fact} modules=2 ${two_modules} LABELS machines ${drive})
  set_property(TEST boot.ovmf-2M${medium}.uefi APPEND PROPERTY ENVIRONMENT
    "OVMF_CODE=/usr/share/OVMF/OVMF_CODE.fd" "OVMF_VARS=/usr/share/OVMF/OVMF_VARS.fd")
  boot_test(ovmf-no-keys${medium} FIRMWARE uefi KERNEL contract FACTS ${fact} modules=2 ${two_modules} LABELS machines full
    ${drive} QEMU ${secure_machine})
  set_property(TEST boot.ovmf-no-keys${medium}.uefi APPEND PROPERTY ENVIRONMENT
    "OVMF_CODE=/usr/share/OVMF/OVMF_CODE_4M.secboot.fd" "OVMF_VARS=/usr/share/OVMF/OVMF_VARS_4M.fd")
endforeach()
set_property(TEST boot.ovmf-2M-disc.uefi APPEND PROPERTY LABELS full)
add_boot_test(secure-boot.uefi LABELS machines PROMISES 5.24
  COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/secure-boot-test.sh" $<TARGET_FILE:mkimage> "${contract_kernel}"
    uefi /usr/share/OVMF/OVMF_CODE_4M.secboot.fd ${secure_machine})

# ---- Bochs ----

# bochs_test(NAME COMMAND_LINE TEXT [LINE of bochsrc]...): see bochs-test.sh.
function(bochs_test name command_line text)
  add_boot_test(bochs-${name} LABELS machines
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/bochs-test.sh" kernel $<TARGET_FILE:mkimage> "${contract_kernel}"
      "${command_line}" "${text}" ${ARGN})
  set_tests_properties(boot.bochs-${name} PROPERTIES SKIP_RETURN_CODE 77)
endfunction()
set(passed "bowline-test: pass contract")
set(clock count=1,ips=400000000,reset_on_triple_fault=0)
bochs_test(vbe "firmware=bios memory=256" "${passed}")
bochs_test(no-vbe "firmware=bios memory=256 framebuffer=0" "${passed}" "vga: extension=none")
bochs_test(32M "firmware=bios memory=32" "${passed}" "memory: guest=32, host=32")
bochs_test(no-64-bit "any" "this processor has no 64-bit mode" "cpu: model=p3_katmai, ${clock}")

# bochs_cell_test(MEDIUM SCHEME disk|cdrom)
function(bochs_cell_test medium scheme drive)
  add_boot_test(cell-${medium}-${scheme}.bochs LABELS cells COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/bochs-test.sh"
    ${drive} "${CMAKE_CURRENT_BINARY_DIR}/cell-${scheme}.img" "bowline-test: pass cell")
  set_tests_properties(boot.cell-${medium}-${scheme}.bochs PROPERTIES SKIP_RETURN_CODE 77
    FIXTURES_REQUIRED boot.cell-image-${scheme})
endfunction()
bochs_cell_test(ide gpt disk)
bochs_cell_test(ide mbr disk)
bochs_cell_test(cd-ide gpt cdrom)

# ---- How the boot medium is found: nothing else is touched, and nobody waits ----

# untouched_test(FIRMWARE DEVICE OTHER_DEVICE LABELS label...): see untouched-test.sh.
function(untouched_test firmware device other)
  string(REGEX REPLACE ",[^;]*" "" kinds "${device};${other}")
  list(JOIN kinds - kinds)
  add_boot_test(untouched-${kinds}.${firmware} LABELS machines ${ARGN}
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/untouched-test.sh" $<TARGET_FILE:mkimage> "${verdicts_kernel}" ${firmware}
      ${device} ${other})
endfunction()
untouched_test(bios ide-hd nvme,serial=other)
untouched_test(bios virtio-blk-pci ide-hd)
untouched_test(uefi ide-hd virtio-blk-pci)
untouched_test(uefi virtio-blk-pci ide-hd full)
# From a disc, a stick and the network, beside a disk.
untouched_test(bios ide-cd virtio-blk-pci)
untouched_test(bios usb-storage,bus=usb.0 ide-hd)
untouched_test(bios network ide-hd)
untouched_test(uefi ide-cd virtio-blk-pci full)
untouched_test(uefi network virtio-blk-pci full)

# By the clock of the machine, which counts instructions here and does not know how busy the host is: 45 and 754 ms.
boot_test(no-wait FIRMWARE bios KERNEL contract FACTS milliseconds=90 LABELS machines
  QEMU -icount shift=4,sleep=off)
boot_test(no-wait FIRMWARE uefi KERNEL contract FACTS milliseconds=1000 LABELS machines
  QEMU -icount shift=5,sleep=off)
