# The promises to kernels on every machine: processors with and without large pages, five levels, random
# numbers, and with little and much memory.

# conformance_test(KERNEL [NAME name] [FACTS word...] [MODULES name...] [EXCEPT memory...] [FIRMWARE bios|uefi...]
#                  [FAILS] [CHECKS check of boot-test.sh...] [PROMISES number...]
#                  [OPTIONS option of mkimage test...]): see boot_test().
function(conformance_test kernel)
  cmake_parse_arguments(PARSE_ARGV 1 arg "FAILS" "NAME" "FACTS;MODULES;EXCEPT;FIRMWARE;CHECKS;PROMISES;OPTIONS")
  if(NOT arg_NAME)
    set(arg_NAME ${kernel})
  endif()
  if(NOT arg_FIRMWARE)
    set(arg_FIRMWARE bios uefi)
  endif()
  set(fails)
  if(arg_FAILS)
    set(fails FAILS)
  endif()
  foreach(cpu qemu64 Nehalem EPYC max)
    foreach(memory 64M 256M 3584M 6G 64G)
      if(memory IN_LIST arg_EXCEPT)
        continue()
      endif()
      boot_test(conformance-${arg_NAME}-${cpu}-${memory} FIRMWARE ${arg_FIRMWARE} KERNEL ${kernel}
        FACTS ${arg_FACTS} MODULES ${arg_MODULES} ${fails} CHECKS ${arg_CHECKS} PROMISES ${arg_PROMISES} LABELS full
        OPTIONS --cpu ${cpu} --memory ${memory} ${arg_OPTIONS}
        QEMU -object memory-backend-ram,id=sparse,size=${memory},reserve=off -machine memory-backend=sparse)
    endforeach()
  endforeach()
endfunction()

conformance_test(contract FACTS modules=2 ${two_modules})
conformance_test(contract-extras FACTS modules=2 ${two_modules})
conformance_test(contract-high FACTS modules=2 stack=200704 ${two_modules})
conformance_test(placed-at ${two_modules})
conformance_test(placed-range ${two_modules})
conformance_test(placed-nothing)
conformance_test(pie-gnu)
conformance_test(pie-gnu-aligned)
if(TARGET kernel.pie-llvm-executable)
  conformance_test(pie-llvm-executable)
endif()
conformance_test(shape-both-halves-gnu-gnu FACTS both-halves)
conformance_test(shape-shared-pages-gnu-gnu FACTS shared-pages)
conformance_test(shape-neighbour-gnu-gnu FACTS neighbour)
conformance_test(versions-older)
conformance_test(versions-newer)
conformance_test(mode-1024 FACTS width=1024 height=768)
conformance_test(text-wished FACTS text FIRMWARE bios)
conformance_test(text-wished FIRMWARE uefi)
# 64 GiB would need as much of this machine; and a few take their time under emulation.
conformance_test(fill FACTS modules=2 EXCEPT 64G ${two_modules} OPTIONS --timeout 600)
conformance_test(mode-impossible FAILS PROMISES 2.6 CHECKS --status 14 --text "[no-framebuffer]")
conformance_test(verdicts NAME fault-deep FACTS deep FAILS PROMISES 6.1 6.2 6.5 6.6
  CHECKS --status 11 --text "vector 6, invalid opcode" --text ", innermost + 0x" --text ", kernel_main + 0x"
    --screen ", kernel_main + 0x" --screen "bowline: halted")
conformance_test(verdicts NAME fault-overflow FACTS stack-overflow FAILS PROMISES 6.1 6.4
  CHECKS --status 11 --text "cr2 @cr2" --text "guard page of the stack" --screen "guard page of the stack")
