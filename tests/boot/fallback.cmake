# Slots, and the boot state that counts their attempts.

foreach(firmware bios uefi)
  add_boot_test(fallback.${firmware} PROMISES 5.26 COMMAND python3 "${CMAKE_CURRENT_SOURCE_DIR}/fallback_test.py"
    $<TARGET_FILE:mkimage> "${slot_kernel}" ${firmware})
endforeach()
set_tests_properties(boot.fallback.uefi PROPERTIES TIMEOUT 1200)

# Each kind of cut a few times, and 200 cuts in all.
add_boot_test(fallback-few-cuts.bios COMMAND python3 "${CMAKE_CURRENT_SOURCE_DIR}/power_cut_test.py"
  $<TARGET_FILE:mkimage> "${slot_kernel}" bios 12)
add_boot_test(fallback-few-cuts.uefi COMMAND python3 "${CMAKE_CURRENT_SOURCE_DIR}/power_cut_test.py"
  $<TARGET_FILE:mkimage> "${slot_kernel}" uefi 8)
set_tests_properties(boot.fallback-few-cuts.uefi PROPERTIES TIMEOUT 900)
add_boot_test(fallback-power.bios LABELS full COMMAND python3 "${CMAKE_CURRENT_SOURCE_DIR}/power_cut_test.py"
  $<TARGET_FILE:mkimage> "${slot_kernel}" bios 160)
add_boot_test(fallback-power.uefi LABELS full COMMAND python3 "${CMAKE_CURRENT_SOURCE_DIR}/power_cut_test.py"
  $<TARGET_FILE:mkimage> "${slot_kernel}" uefi 28)
add_boot_test(fallback-power-4096.uefi LABELS full COMMAND python3 "${CMAKE_CURRENT_SOURCE_DIR}/power_cut_test.py"
  $<TARGET_FILE:mkimage> "${slot_kernel}" uefi 12 4096)
set_tests_properties(boot.fallback-power.bios PROPERTIES TIMEOUT 1200)
set_tests_properties(boot.fallback-power.uefi boot.fallback-power-4096.uefi PROPERTIES TIMEOUT 1800)
