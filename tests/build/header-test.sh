#!/bin/bash
# header-test.sh INCLUDE: bowline.h stands alone in every language that kernels are written in, without a
# warning, and leaves no symbol behind but the note.
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
cp header.c header.cc
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
  done
done
for compiler in g++ clang++; do
  compile "$compiler" c++17 header.cc
  compile "$compiler" c++20 request.cc
  readelf -nW out.o | grep -q BowlineBoot
done
