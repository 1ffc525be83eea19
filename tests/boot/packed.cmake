# Packed kernels and modules.

foreach(firmware bios uefi ia32)
  set(packed_test_${firmware} COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/packed-test.sh" $<TARGET_FILE:mkimage> ${firmware}
    "${contract_kernel}" $<TARGET_FILE:pattern>)
  add_boot_test(packed.${firmware} ${packed_test_${firmware}} few ${firmware_option_${firmware}})
  set_tests_properties(boot.packed.${firmware} PROPERTIES TIMEOUT 600)
endforeach()
add_boot_test(packed.all ${packed_test_bios} all ${firmware_option_bios})
set_tests_properties(boot.packed.bios PROPERTIES LABELS "boot;quick")
set_tests_properties(boot.packed.ia32 PROPERTIES LABELS "boot;full")
