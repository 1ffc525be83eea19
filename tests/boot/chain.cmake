# Started by another boot manager: GRUB, and one that leaves everything as it should not.

set(chain "${CMAKE_CURRENT_BINARY_DIR}/chain")
add_custom_command(OUTPUT "${chain}.bin"
  COMMAND ${BOWLINE_CLEAN_ENVIRONMENT} ${BOWLINE_LOADER_CC} -m16 -c "${CMAKE_CURRENT_SOURCE_DIR}/chain.S" -o "${chain}.o"
  COMMAND ${CMAKE_OBJCOPY} -O binary -j .text "${chain}.o" "${chain}.bin"
  DEPENDS chain.S VERBATIM)
add_custom_target(boot_chain ALL DEPENDS "${chain}.bin")
add_boot_test(chain.bios COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/chain-test.sh" $<TARGET_FILE:mkimage>
  "${contract_kernel}" "${chain}.bin")

# grub_test(FIRMWARE same|second SCHEME [LABEL...]): what GRUB starts is on its own disk, or on a second one.
function(grub_test firmware where scheme)
  add_boot_test(grub-${where}-${scheme}.${firmware} LABELS ${ARGN} COMMAND
    "${CMAKE_CURRENT_SOURCE_DIR}/grub-test.sh" $<TARGET_FILE:mkimage> "${contract_kernel}" ${firmware} ${where} ${scheme})
endfunction()
foreach(where same second)
  grub_test(bios ${where} gpt)
  grub_test(bios ${where} mbr)
  grub_test(uefi ${where} gpt)
  grub_test(uefi ${where} mbr full)
endforeach()
