#!/bin/bash
# header-test.sh INCLUDE: bowline.h and bowline_state.h each stand alone in every language that kernels are
# written in, without a warning, and leave no symbol behind but the note, and need none but memcpy.
set -euo pipefail

include=$1
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"

echo '#include <bowline.h>' > header.c
cat > request.c << 'END'
#include <bowline.h>
BOWLINE_REQUEST(.stack_size = 4096, .direct_map = BOWLINE_AT(0xffff800000000000));
uint64_t usable(const struct bowline_info *boot);
uint64_t usable(const struct bowline_info *boot)
{
    uint64_t bytes = 0;
    BOWLINE_FOR_EACH (region, boot->memory_map)
        bytes += region->kind == BOWLINE_MEMORY_USABLE ? region->length : 0;
    return BOWLINE_HAS(boot, bsp_apic_id) ? bytes : 0;
}
END
echo '#include <bowline_state.h>' > state-header.c
cat > state.c << 'END'
#include <bowline_state.h>
int come_up(struct bowline_state records[2], uint64_t slot);
int come_up(struct bowline_state records[2], uint64_t slot)
{
    return bowline_state_confirm(records, slot);
}
END
cp header.c header.cc
cp state-header.c state-header.cc
cp state.c state.cc
cp request.c request.cc

compile() { # COMPILER STANDARD FILE
  "$1" "-std=$2" -Wall -Wextra -Wpedantic -Werror -ffreestanding -I"$include" -c "$3" -o out.o
  echo "$1 $2 $3"
}

for standard in c11 c17 c2x; do
  for compiler in gcc clang; do
    compile "$compiler" "$standard" header.c
    compile "$compiler" "$standard" request.c
    test -z "$(nm -u out.o)"
    readelf -nW out.o | grep -q BowlineBoot
    compile "$compiler" "$standard" state-header.c
    test -z "$(nm out.o)"
    compile "$compiler" "$standard" state.c
    test -z "$(nm -u out.o | grep -v ' memcpy$')"
  done
done
for compiler in g++ clang++; do
  compile "$compiler" c++17 header.cc
  compile "$compiler" c++20 request.cc
  readelf -nW out.o | grep -q BowlineBoot
  compile "$compiler" c++17 state-header.cc
  compile "$compiler" c++17 state.cc
done
