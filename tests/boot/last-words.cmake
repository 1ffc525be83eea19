# What the loader leaves on its disk.

function(last_words_test name firmware extent)
  add_boot_test(${name}.${firmware} LABELS ${ARGN} COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/last_words.py"
    $<TARGET_FILE:mkimage> ${firmware} "${verdicts_kernel}" ${extent})
  set_tests_properties(boot.${name}.${firmware} PROPERTIES TIMEOUT 900)
endfunction()
last_words_test(last-words bios all)
last_words_test(last-words uefi few)
last_words_test(last-words ia32 all full)
last_words_test(last-words-all uefi all full)
