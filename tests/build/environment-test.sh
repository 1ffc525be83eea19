#!/bin/bash
# environment-test.sh SOURCE BUILD COMPILER LOADER_COMPILER: what the environment says about compiling must not reach
# firmware code. Builds the stages and the UEFI application once more, with CFLAGS, LDFLAGS and CPATH set
# to nonsense and in another folder, and compares them with those in BUILD, byte for byte.
set -euo pipefail

source=$1 build=$2 compiler=$3 loader=$4
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT

# Headers that only code for the bare machine trips over.
mkdir "$directory/include"
for header in stdint.h stddef.h stdbool.h stdarg.h; do
  printf '#if !__STDC_HOSTED__\n#error "CPATH has reached firmware code"\n#endif\n#include_next <%s>\n' \
    "$header" > "$directory/include/$header"
done
echo '#error "CPATH has reached the UEFI application"' > "$directory/include/efi.h"

export CPATH=$directory/include
export C_INCLUDE_PATH=$directory/include
export CFLAGS="-O3 -g3 -fstack-protector-all -DPAGE_SIZE=1 -funroll-loops"
export ASFLAGS="--defsym NONSENSE=1"
export LDFLAGS="-Wl,--build-id=sha1 -Wl,-z,now"
cmake -S "$source" -B "$directory/build" -G Ninja "-DCMAKE_C_COMPILER=$compiler" \
  "-DBOWLINE_LOADER_COMPILER=$loader" -DBOWLINE_BUILD_TESTS=OFF > "$directory/log" 2>&1 || { cat "$directory/log"; exit 1; }
cmake --build "$directory/build" --target bios_stages uefi_application > "$directory/log" 2>&1 ||
  { cat "$directory/log"; exit 1; }

for file in bios/stage1.bin bios/stage1_disc.bin bios/stage1_network.bin bios/stage2.bin bios/stage3.bin bios/stage3.lz4 bios/stage3_network.lz4 uefi/BOOTX64.EFI uefi/BOOTIA32.EFI; do
  cmp "$build/$file" "$directory/build/$file"
  echo "identical: $file"
done
