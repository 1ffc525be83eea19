# Boots over the network on a BIOS: bowline.0, which the ROM of a card loads (iPXE, in QEMU's).

# bios_network_test(NAME DIRECTORY name [OPTIONS option of mkimage test...] [QEMU argument of QEMU...]
#                   [CHECKS check of boot-test.sh...] [LABELS label...] [PROMISES number...])
function(bios_network_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "DIRECTORY" "OPTIONS;QEMU;CHECKS;LABELS;PROMISES")
  set(extra)
  if(arg_QEMU)
    set(extra -- ${arg_QEMU})
  endif()
  add_boot_test(${name}.bios LABELS ${arg_LABELS} PROMISES ${arg_PROMISES}
    COMMAND "${boot_test}" ${arg_CHECKS} -- $<TARGET_FILE:mkimage> test --bios --timeout 150 ${arg_OPTIONS}
      "${CMAKE_CURRENT_BINARY_DIR}/network-${arg_DIRECTORY}" ${extra})
  set_tests_properties(boot.${name}.bios PROPERTIES FIXTURES_REQUIRED boot.network-${arg_DIRECTORY})
endfunction()

# bios_network(VARIABLE NAME ID [PROPERTY]...): QEMU's servers on a network ID, with a directory, as arguments
function(bios_network variable name id)
  string(JOIN "," properties user id=${id} "tftp=${CMAKE_CURRENT_BINARY_DIR}/network-${name}" bootfile=bowline.0 ${ARGN})
  set(${variable} -netdev "${properties}" PARENT_SCOPE)
endfunction()

set(passes_cell CHECKS --line "cell: firmware bios" --line "bowline-test: pass cell")
set(passes_contract CHECKS --line "bowline-test: pass contract")
network_directory(bios KERNEL contract FACTS firmware=bios modules=2 memory=64 server=0x0202000a ${two_modules})
network_directory(bios-other KERNEL contract FACTS firmware=uefi)
network_directory(bios-fill KERNEL fill FACTS firmware=bios modules=2 ${two_modules})
network_directory(bios-served KERNEL contract FACTS firmware=bios modules=2 memory=256 server=0x024da8c0 ${two_modules})

bios_network_test(cell-pxe-tftp DIRECTORY cell ${passes_cell} LABELS cells OPTIONS --memory 32M)
bios_network_test(network-contract DIRECTORY bios ${passes_contract} PROMISES 5.16 OPTIONS --memory 64M)
bios_network(cell_network cell network)
foreach(card e1000 e1000e rtl8139 i82550 pcnet ne2k_pci vmxnet3)
  set(labels full)
  if(card STREQUAL "e1000")
    set(labels)
  endif()
  bios_network_test(network-${card} DIRECTORY cell ${passes_cell} LABELS ${labels}
    OPTIONS --disk none --memory 64M QEMU ${cell_network} -device ${card},netdev=network,bootindex=0)
endforeach()

# Another network, whose card is the first that the BIOS finds, has another loader's directory.
bios_network(wrong_network bios-other wrong net=10.7.0.0/24)
bios_network(right_network bios network)
bios_network_test(network-two-cards DIRECTORY bios ${passes_contract} OPTIONS --disk none --memory 64M
  QEMU ${wrong_network} -device e1000,netdev=wrong,addr=8,bootindex=1 ${right_network}
    -device e1000,netdev=network,addr=9,bootindex=0)
set_property(TEST boot.network-two-cards.bios APPEND PROPERTY FIXTURES_REQUIRED boot.network-bios-other)

add_boot_test(network-missing.bios COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/network-missing-test.sh"
  $<TARGET_FILE:mkimage> "${contract_kernel}" "${CMAKE_CURRENT_BINARY_DIR}/first-1000" --bios)
add_boot_test(network-next.bios COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/network-next-test.sh"
  $<TARGET_FILE:mkimage> "${contract_kernel}")
add_boot_test(network-quiet.bios COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/network-quiet-test.sh" $<TARGET_FILE:mkimage>
  "${CMAKE_CURRENT_BINARY_DIR}/network-bios-fill")
set_tests_properties(boot.network-quiet.bios PROPERTIES FIXTURES_REQUIRED boot.network-bios-fill)

# Servers that nobody here wrote.
foreach(case another options proxy both plain noisy)
  set(labels)
  if(case MATCHES "another|options|plain")
    set(labels full)
  endif()
  set(kernel contract)
  set(directory bios-served)
  if(case STREQUAL "noisy")
    set(kernel fill)
    set(directory bios-fill)
  endif()
  add_boot_test(network-${case}.bios LABELS ${labels} COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/network-test.sh"
    $<TARGET_FILE:mkimage> "${CMAKE_CURRENT_BINARY_DIR}/network-${directory}" --bios ${case}
    --line "bowline-test: pass ${kernel}")
  set_tests_properties(boot.network-${case}.bios PROPERTIES
    FIXTURES_REQUIRED boot.network-${directory} SKIP_RETURN_CODE 77)
endforeach()
add_boot_test(network-both.uefi LABELS full COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/network-test.sh"
  $<TARGET_FILE:mkimage> "${CMAKE_CURRENT_BINARY_DIR}/network-served" both --line "bowline-test: pass contract")
set_tests_properties(boot.network-both.uefi PROPERTIES FIXTURES_REQUIRED boot.network-served SKIP_RETURN_CODE 77)

# Network ROMs with other ways to call them, and with failures.
set(rom "${CMAKE_CURRENT_BINARY_DIR}/network-rom")
add_custom_command(OUTPUT "${rom}.bin"
  COMMAND ${BOWLINE_CLEAN_ENVIRONMENT} ${BOWLINE_LOADER_CC} -m16 -c "${CMAKE_CURRENT_SOURCE_DIR}/network-rom.S" -o "${rom}.o"
  COMMAND ${CMAKE_OBJCOPY} -O binary -j .text "${rom}.o" "${rom}.bin"
  DEPENDS network-rom.S VERBATIM)
add_custom_target(boot_network_rom ALL DEPENDS "${rom}.bin")
foreach(case new old old-to-new by-interrupt none low no-packet no-udp no-sending no-receiving no-shutdown
    damaged-stage2 damaged-stage3)
  set(labels full)
  if(case MATCHES "^(old|none|low|no-udp|no-shutdown)$")
    set(labels)
  endif()
  add_boot_test(network-rom-${case}.bios LABELS ${labels} COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/network-rom-test.sh"
    $<TARGET_FILE:mkimage> "${contract_kernel}" "${CMAKE_CURRENT_BINARY_DIR}/first-1000" "${rom}.bin" ${case})
endforeach()
