# boot.conf: entries, modules, hashes.

function(config_test name firmware extent)
  add_boot_test(${name}.${firmware} LABELS ${ARGN} COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/config-test.sh"
    $<TARGET_FILE:mkimage> ${firmware} "${contract_kernel}" "${verdicts_kernel}" "${CMAKE_CURRENT_BINARY_DIR}/first-1000"
    "${CMAKE_CURRENT_BINARY_DIR}/second-3000000" ${extent} ${firmware_option_${firmware}})
  set_tests_properties(boot.${name}.${firmware} PROPERTIES TIMEOUT 600)
endfunction()
config_test(config bios all quick)
config_test(config uefi few)
config_test(config ia32 all full)
config_test(config-all uefi all full)

foreach(firmware bios uefi)
  add_boot_test(serial-port.${firmware} COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/serial_port_test.py" $<TARGET_FILE:mkimage>
    ${firmware} "${verdicts_kernel}")
endforeach()

# Sealed images. The loader decides by code that all firmwares share: by default all of it is tried on one of them, and
# on the others what has to do with reading boot.conf, kernel and modules.
foreach(firmware bios uefi ia32)
  set(seal_test_${firmware} COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/seal-test.sh" $<TARGET_FILE:mkimage> ${firmware}
    "${contract_kernel}" "${CMAKE_CURRENT_BINARY_DIR}/first-1000" "${CMAKE_CURRENT_BINARY_DIR}/second-3000000")
  add_boot_test(seal.${firmware} ${seal_test_${firmware}} few ${firmware_option_${firmware}})
  add_boot_test(seal-update.${firmware} COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/seal-update-test.sh" $<TARGET_FILE:mkimage>
    "${hello_kernel}" ${firmware_option_${firmware}})
  set_tests_properties(boot.seal.${firmware} boot.seal-update.${firmware} PROPERTIES TIMEOUT 600)
endforeach()
set_tests_properties(boot.seal-update.uefi boot.seal-update.ia32 PROPERTIES LABELS "boot;full")
add_boot_test(seal-all.bios ${seal_test_bios} all ${firmware_option_bios})
add_boot_test(seal-all.uefi LABELS full ${seal_test_uefi} all ${firmware_option_uefi})
set_tests_properties(boot.seal-all.uefi PROPERTIES TIMEOUT 1200)
set_tests_properties(boot.seal.bios PROPERTIES LABELS "boot;quick")
set_tests_properties(boot.seal.ia32 PROPERTIES LABELS "boot;full")
