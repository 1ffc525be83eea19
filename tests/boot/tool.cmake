# mkimage test itself: what it says, when it ends, and that its verdicts are those of bare QEMU.

# ---- mkimage test itself: each verdict has its exit status ----

boot_test(verdict-failed FIRMWARE bios uefi KERNEL verdicts FACTS fail FAILS LABELS quick
  CHECKS --status 10 --text "FAIL ./tests/kernels/verdicts.c:")
boot_test(verdict-lie FIRMWARE bios KERNEL verdicts FACTS lie FAILS CHECKS --status 10)
boot_test(verdict-reset FIRMWARE bios KERNEL verdicts FACTS reset FAILS CHECKS --status 12)
boot_test(verdict-triple-fault FIRMWARE bios uefi KERNEL verdicts FACTS triple FAILS CHECKS --status 12)
boot_test(verdict-hang FIRMWARE bios KERNEL verdicts FACTS hang FAILS OPTIONS --timeout 6
  CHECKS --status 13 --line "verdicts: firmware=bios hang")
boot_test(verdict-power-off FIRMWARE bios uefi KERNEL verdicts FACTS power-off FAILS CHECKS --status 15)
boot_test(verdict-bad-arguments FIRMWARE bios KERNEL hello FAILS QEMU -device no-such-device
  CHECKS --status 16)
boot_test(verdict-until FIRMWARE bios KERNEL verdicts FACTS hang FAILS
  OPTIONS --until "verdicts: firmware=bios hang")
# Half a pass is none: boot-test.sh has to complain that the marker is missing.
boot_test(verdict-silent FIRMWARE bios KERNEL verdicts FACTS silent)
set_tests_properties(boot.verdict-silent.bios PROPERTIES PASS_REGULAR_EXPRESSION
  "boot-test: no line of the output is: bowline-test: pass verdicts")

add_boot_test(verdict-no-qemu COMMAND "${boot_test}" --status 16 --
  ${CMAKE_COMMAND} -E env PATH=/nonexistent $<TARGET_FILE:mkimage> test --bios "${hello_kernel}")
add_boot_test(run COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/run-test.sh"
  $<TARGET_FILE:mkimage> "${hello_kernel}" "${verdicts_kernel}")
get_target_property(random_kernel kernel.pie-gnu-aligned KERNEL)
foreach(firmware bios uefi ia32)
  set(labels)
  if(firmware STREQUAL "bios")
    set(labels quick)
  endif()
  add_boot_test(gdb.${firmware} LABELS ${labels} COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/gdb-test.sh"
    $<TARGET_FILE:mkimage> "${random_kernel}" ${firmware_option_${firmware}})
endforeach()
add_boot_test(gdb-manners COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/gdb-manners-test.sh"
  $<TARGET_FILE:mkimage> "${hello_kernel}" "${random_kernel}" "${verdicts_kernel}")
add_boot_test(gdb-deaf COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/gdb-deaf-test.sh" $<TARGET_FILE:mkimage>)
add_boot_test(convert COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/convert-test.sh"
  $<TARGET_FILE:mkimage> "${hello_kernel}" "${PROJECT_SOURCE_DIR}/docs/running.md")
add_boot_test(interrupted COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/interrupt-test.sh"
  $<TARGET_FILE:mkimage> "${verdicts_kernel}")
add_boot_test(cases COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/cases-test.sh"
  $<TARGET_FILE:mkimage> "${hello_kernel}" "${verdicts_kernel}")
add_boot_test(reader COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/reader-test.sh"
  $<TARGET_FILE:mkimage> "${verdicts_kernel}")
add_boot_test(terminal COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/terminal-test.sh"
  $<TARGET_FILE:mkimage> "${hello_kernel}")

# ---- A pass and each kind of failure as bare QEMU sees them ----

# bare_test(NAME FIRMWARE KERNEL FACTS STATUS TEXT [PROMISE]...): see bare-qemu.sh.
function(bare_test name firmware kernel facts status text)
  get_target_property(file kernel.${kernel} KERNEL)
  add_boot_test(bare-${name}.${firmware} PROMISES ${ARGN} COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/bare-qemu.sh"
    $<TARGET_FILE:mkimage> "${file}" "${facts}" ${firmware} ${status} "${text}")
endfunction()
bare_test(passed bios hello plain 33 "bowline-test: pass hello")
bare_test(passed uefi hello plain 33 "bowline-test: pass hello")
bare_test(failed bios verdicts fail 35 "bowline-test: FAIL")
bare_test(hang bios verdicts hang none "verdicts: hang")
bare_test(fault bios verdicts undefined none "bowline: fault: " 6.1) # on the serial port alone
bare_test(fault uefi verdicts undefined none "bowline: fault: " 6.1)
bare_test(triple-fault bios verdicts triple 0 "verdicts: triple") # -no-reboot: QEMU ends
bare_test(power-off bios verdicts power-off 0 "verdicts: power-off")
