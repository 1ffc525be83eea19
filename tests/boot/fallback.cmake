# Slots, and the boot state that counts their attempts.

# fallback_test(NAME FIRMWARE LABELS label... CASES case...): cases of fallback_test.py, or all
function(fallback_test name firmware)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "LABELS;CASES")
  add_boot_test(${name}.${firmware} LABELS ${arg_LABELS} PROMISES 5.26
    COMMAND python3 "${CMAKE_CURRENT_SOURCE_DIR}/fallback_test.py" $<TARGET_FILE:mkimage> "${slot_kernel}" ${firmware}
      ${arg_CASES})
  set_tests_properties(boot.${name}.${firmware} PROPERTIES TIMEOUT 1200)
endfunction()
# On UEFI firmware by default what has to do with how it reads and writes a disk; how the records are read and what
# follows from them is code that all firmwares share.
fallback_test(fallback bios)
fallback_test(fallback uefi CASES a_disk_that_cannot_be_written a_disk_that_only_pretends_to_write an_unreadable_record
  scheme_mbr a_network sectors_of_4096_bytes)
fallback_test(fallback ia32 CASES attempts_are_counted_until_a_slot_comes_up)
foreach(firmware uefi ia32)
  fallback_test(fallback-all ${firmware} LABELS full)
endforeach()

# Each kind of cut a few times, and 200 cuts in all.
add_boot_test(fallback-few-cuts.bios COMMAND python3 "${CMAKE_CURRENT_SOURCE_DIR}/power_cut_test.py"
  $<TARGET_FILE:mkimage> "${slot_kernel}" bios 12)
add_boot_test(fallback-few-cuts.uefi COMMAND python3 "${CMAKE_CURRENT_SOURCE_DIR}/power_cut_test.py"
  $<TARGET_FILE:mkimage> "${slot_kernel}" uefi 4)
set_tests_properties(boot.fallback-few-cuts.uefi PROPERTIES TIMEOUT 900)
add_boot_test(fallback-power.bios LABELS full COMMAND python3 "${CMAKE_CURRENT_SOURCE_DIR}/power_cut_test.py"
  $<TARGET_FILE:mkimage> "${slot_kernel}" bios 160)
add_boot_test(fallback-power.uefi LABELS full COMMAND python3 "${CMAKE_CURRENT_SOURCE_DIR}/power_cut_test.py"
  $<TARGET_FILE:mkimage> "${slot_kernel}" uefi 28)
add_boot_test(fallback-power-4096.uefi LABELS full COMMAND python3 "${CMAKE_CURRENT_SOURCE_DIR}/power_cut_test.py"
  $<TARGET_FILE:mkimage> "${slot_kernel}" uefi 12 4096)
set_tests_properties(boot.fallback-power.bios PROPERTIES TIMEOUT 1200)
set_tests_properties(boot.fallback-power.uefi boot.fallback-power-4096.uefi PROPERTIES TIMEOUT 1800)
