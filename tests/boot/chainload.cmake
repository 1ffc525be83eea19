# Entries that start something else than a kernel, and what others tell the loader and are told by it.

set(boot_sector "${CMAKE_CURRENT_BINARY_DIR}/boot_sector")
add_custom_command(OUTPUT "${boot_sector}.bin"
  COMMAND ${BOWLINE_CLEAN_ENVIRONMENT} ${BOWLINE_LOADER_CC} -m16 -c "${CMAKE_CURRENT_SOURCE_DIR}/boot_sector.S"
    -o "${boot_sector}.o"
  COMMAND ${CMAKE_OBJCOPY} -O binary -j .text "${boot_sector}.o" "${boot_sector}.bin"
  DEPENDS boot_sector.S VERBATIM)
add_custom_target(boot_sector ALL DEPENDS "${boot_sector}.bin")
add_boot_test(chainload.bios COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/chainload-bios-test.sh" $<TARGET_FILE:mkimage>
  "${verdicts_kernel}" "${boot_sector}.bin" "${BOWLINE_ODD_FIRMWARE}" $<TARGET_FILE:make_kernel>)
add_boot_test(chainload.uefi COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/chainload-uefi-test.sh" $<TARGET_FILE:mkimage>
  "${contract_kernel}" "${BOWLINE_TOLD}")
add_boot_test(loader-interface.uefi COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/loader-interface-test.sh" $<TARGET_FILE:mkimage>
  "${contract_kernel}" "${BOWLINE_TOLD}" uefi)
add_boot_test(loader-interface.ia32 LABELS full COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/loader-interface-test.sh"
  $<TARGET_FILE:mkimage> "${contract_kernel}" "${BOWLINE_TOLD_32}" ia32 ${firmware_option_ia32})
foreach(by pxe http)
  add_boot_test(chainload-${by}.uefi LABELS full COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/chainload-network-test.sh"
    $<TARGET_FILE:mkimage> "${contract_kernel}" ${by})
  set_tests_properties(boot.chainload-${by}.uefi PROPERTIES SKIP_RETURN_CODE 77)
endforeach()
