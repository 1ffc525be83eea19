# Boots over the network, with both network stacks: the firmware's own, which mkimage test gives a
# directory by itself, and that of iPXE, which is the card's option ROM.

# network_directory(NAME KERNEL name FACTS word... [MODULES name...]): what mkimage netboot writes; the test
# boot.network-directory-NAME makes it.
function(network_directory name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "KERNEL" "FACTS;MODULES")
  get_target_property(file kernel.${arg_KERNEL} KERNEL)
  string(JOIN " " facts ${arg_FACTS})
  set(modules)
  foreach(module IN LISTS arg_MODULES)
    list(APPEND modules --module "${CMAKE_CURRENT_BINARY_DIR}/${module}::arguments of ${module}")
  endforeach()
  add_boot_test(network-directory-${name} COMMAND $<TARGET_FILE:mkimage> netboot ${modules}
    --command-line "${facts}" "${CMAKE_CURRENT_BINARY_DIR}/network-${name}" "${file}")
  set_tests_properties(boot.network-directory-${name} PROPERTIES FIXTURES_SETUP boot.network-${name})
endfunction()

# network_test(NAME DIRECTORY name [OPTIONS option of mkimage test...] [QEMU argument of QEMU...]
#              [CHECKS check of boot-test.sh...] [LABELS label...] [PROMISES number...])
function(network_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "DIRECTORY" "OPTIONS;QEMU;CHECKS;LABELS;PROMISES")
  set(extra)
  if(arg_QEMU)
    set(extra -- ${arg_QEMU})
  endif()
  add_boot_test(${name}.uefi LABELS ${arg_LABELS} PROMISES ${arg_PROMISES}
    COMMAND "${boot_test}" ${arg_CHECKS} -- $<TARGET_FILE:mkimage> test --timeout 150 ${arg_OPTIONS}
      "${CMAKE_CURRENT_BINARY_DIR}/network-${arg_DIRECTORY}" ${extra})
  set_tests_properties(boot.${name}.uefi PROPERTIES FIXTURES_REQUIRED boot.network-${arg_DIRECTORY})
endfunction()

# user_network(VARIABLE NAME ID [PROPERTY]...): QEMU's servers on a network ID, with a directory, as arguments
function(user_network variable name id)
  string(JOIN "," properties user id=${id} "tftp=${CMAKE_CURRENT_BINARY_DIR}/network-${name}"
    bootfile=EFI/BOOT/BOOTX64.EFI ${ARGN})
  set(${variable} -netdev "${properties}" PARENT_SCOPE)
endfunction()

set(passes_contract CHECKS --line "bowline-test: pass contract")
set(passes_cell CHECKS --line "cell: firmware uefi" --line "bowline-test: pass cell")

network_directory(cell KERNEL cell FACTS modules=2 ${two_modules})
network_directory(contract KERNEL contract FACTS firmware=uefi modules=2 memory=256 server=0x0202000a ${two_modules})
user_network(cell_network cell network)
user_network(contract_network contract network)

network_test(cell-pxe-tftp DIRECTORY cell ${passes_cell} LABELS cells)
network_test(cell-pxe-ipxe-tftp DIRECTORY cell ${passes_cell} LABELS cells full
  OPTIONS --disk none QEMU ${cell_network} -device virtio-net-pci,netdev=network,bootindex=0)
network_test(network-contract DIRECTORY contract ${passes_contract} LABELS full PROMISES 5.16)
network_test(network-contract-ipxe DIRECTORY contract ${passes_contract} PROMISES 5.16
  OPTIONS --disk none QEMU ${contract_network} -device virtio-net-pci,netdev=network,bootindex=0)

# Another network, which is the first that the firmware finds, has another loader's directory.
network_directory(wrong KERNEL contract FACTS firmware=bios)
user_network(wrong_network wrong wrong net=10.7.0.0/24)
foreach(rom own ipxe)
  set(card virtio-net-pci,netdev=network,addr=9,bootindex=0)
  set(wrong_card virtio-net-pci,netdev=wrong,addr=8,bootindex=1)
  if(rom STREQUAL "own")
    string(APPEND card ",romfile=")
    string(APPEND wrong_card ",romfile=")
  endif()
  network_test(network-two-cards-${rom} DIRECTORY contract ${passes_contract} LABELS full
    OPTIONS --disk none
    QEMU ${wrong_network} -device ${wrong_card} ${contract_network} -device ${card})
  set_property(TEST boot.network-two-cards-${rom}.uefi APPEND PROPERTY FIXTURES_REQUIRED boot.network-wrong)
endforeach()

# A module that is not there.
add_boot_test(network-missing.uefi COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/network-missing-test.sh"
  $<TARGET_FILE:mkimage> "${contract_kernel}" "${CMAKE_CURRENT_BINARY_DIR}/first-1000")

# Servers that nobody here wrote.
# served_test(NAME CASE DIRECTORY name [FIRMWARE ia32] [IPXE] CHECKS check of boot-test.sh... [LABELS label...]
#             [PROMISES number...])
function(served_test name case)
  cmake_parse_arguments(PARSE_ARGV 2 arg "IPXE" "DIRECTORY;FIRMWARE" "CHECKS;LABELS;PROMISES")
  if(NOT arg_FIRMWARE)
    set(arg_FIRMWARE uefi)
  endif()
  set(options ${firmware_option_${arg_FIRMWARE}})
  if(arg_IPXE)
    list(APPEND options --ipxe)
  endif()
  add_boot_test(${name}.${arg_FIRMWARE} LABELS ${arg_LABELS} PROMISES ${arg_PROMISES}
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/network-test.sh" $<TARGET_FILE:mkimage>
      "${CMAKE_CURRENT_BINARY_DIR}/network-${arg_DIRECTORY}" ${options} ${case} ${arg_CHECKS})
  set_tests_properties(boot.${name}.${arg_FIRMWARE} PROPERTIES
    FIXTURES_REQUIRED boot.network-${arg_DIRECTORY} SKIP_RETURN_CODE 77)
endfunction()

set(served modules=2 memory=256 server=0x024da8c0)
network_directory(served KERNEL contract FACTS firmware=uefi ${served} ${two_modules})
network_directory(served-ia32 KERNEL contract FACTS firmware=ia32 ${served} ${two_modules})
served_test(network-proxy proxy DIRECTORY served ${passes_contract})
foreach(case another options plain)
  served_test(network-${case} ${case} DIRECTORY served ${passes_contract} LABELS full)
endforeach()
foreach(case another options proxy)
  served_test(network-${case}-ipxe ${case} IPXE DIRECTORY served ${passes_contract} LABELS full)
endforeach()
foreach(case another proxy)
  served_test(network-${case} ${case} FIRMWARE ia32 DIRECTORY served-ia32 ${passes_contract} LABELS full)
endforeach()

# ---- HTTP ----

served_test(cell-http-http http DIRECTORY cell ${passes_cell} LABELS cells)
served_test(cell-http-http http FIRMWARE ia32 DIRECTORY cell LABELS cells full
  CHECKS --line "cell: firmware ia32" --line "bowline-test: pass cell")
served_test(network-http http DIRECTORY served ${passes_contract} PROMISES 5.16)
served_test(network-http-named http-named DIRECTORY cell ${passes_cell})
foreach(case far chunked option ip6 tls)
  served_test(network-http-${case} http-${case} DIRECTORY cell ${passes_cell} LABELS full)
endforeach()

# http_refused_test(CASE FILE TEXT NAME [LABELS label...]): the loader says what is the matter with a file.
function(http_refused_test case file text name)
  served_test(network-http-${case} http-${case} DIRECTORY cell ${ARGN} CHECKS --status 14
    --text "bowline: error: http://192.168.77.2/${file}: ${text}" --text "[${name}]")
endfunction()

http_refused_test(missing modules/first-1000 "there is no such file" file-not-found)
http_refused_test(silent kernel.elf "the HTTP server has stopped answering, after" http-no-answer LABELS full)
http_refused_test(mute kernel.elf "the HTTP server has stopped answering, after 0 bytes of the file" http-no-answer LABELS full)
http_refused_test(cut kernel.elf "the firmware's HTTP Response() failed" http-connection LABELS full)
http_refused_test(broken kernel.elf "the HTTP server refuses it with status 500" http-status LABELS full)
http_refused_test(no-length kernel.elf "the HTTP server does not say how long the file is" http-no-length LABELS full)
