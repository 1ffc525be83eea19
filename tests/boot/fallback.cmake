# Slots, and the boot state that counts their attempts.

# On UEFI firmware by default what has to do with how it reads and writes a disk; how the records are read and what
# follows from them is code that all firmwares share.
set(fallback_test COMMAND python3 "${CMAKE_CURRENT_SOURCE_DIR}/fallback_test.py" $<TARGET_FILE:mkimage> "${slot_kernel}")
add_boot_test(fallback.bios PROMISES 5.26 ${fallback_test} bios)
add_boot_test(fallback.uefi PROMISES 5.26 ${fallback_test} uefi a_disk_that_cannot_be_written
  a_disk_that_only_pretends_to_write an_unreadable_record scheme_mbr a_network sectors_of_4096_bytes)
add_boot_test(fallback-all.uefi LABELS full PROMISES 5.26 ${fallback_test} uefi)
set_tests_properties(boot.fallback.uefi boot.fallback-all.uefi PROPERTIES TIMEOUT 1200)

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
