# What the loader leaves on its disk.

foreach(firmware bios uefi ia32)
  add_boot_test(last-words.${firmware}
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/last_words.py" $<TARGET_FILE:mkimage> ${firmware} "${verdicts_kernel}")
  set_tests_properties(boot.last-words.${firmware} PROPERTIES TIMEOUT 900)
endforeach()
set_property(TEST boot.last-words.ia32 APPEND PROPERTY LABELS full)
