# SPDX-License-Identifier: MIT
# cmake --install: mkimage, bowline.h, pkg-config file and CMake package, which work wherever they lie.
. "$SOURCE/lib.sh"

cmake --install "$BUILD" --prefix "$PWD/first" >log 2>&1 || die "$(cat log)"
mv first moved # nothing in it knows where it was
for file in bin/mkimage include/bowline.h; do
    [ -f moved/$file ] || die "$file is not installed"
done
[ -x moved/bin/mkimage ] || die "mkimage cannot be run"
! grep -rqF "$PWD" moved/include moved/lib* || die "a path of the installation is in it"

"$MAKE_KERNEL" k.elf || die "make_kernel"
expect 0 env -i "$PWD/moved/bin/mkimage" k.elf -o installed.img
expect 0 "$MKIMAGE" k.elf -o built.img
cmp installed.img built.img || die "the installed mkimage writes another image"

# pkg-config
PKG_CONFIG_PATH=$(dirname "$(find "$PWD/moved" -name bowline.pc)")
export PKG_CONFIG_PATH
version=$("$MKIMAGE" --version | sed 's/.*Bowline \(.*\))/\1/')
[ "$(pkg-config --modversion bowline)" = "$version" ] || die "pkg-config: another version"
cat >use.c <<'END'
#include <bowline.h>
BOWLINE_REQUEST(.stack_size = 64 * 1024);
void kernel_main(struct bowline_info *boot);
void kernel_main(struct bowline_info *boot)
{
    for (;;)
        __asm__ volatile("hlt" : : "D"(boot));
}
END
# shellcheck disable=SC2046 # several flags
expect 0 cc -ffreestanding -Wall -Wextra -Werror $(pkg-config --cflags bowline) -c use.c
[ -x "$(pkg-config --variable=mkimage bowline)" ] || die "pkg-config: no mkimage"

# CMake, with the generator that is at hand
mkdir project
mv use.c project
echo data >'project/a file.txt'
cat >project/CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.25)
project(use LANGUAGES C)
find_package(Bowline 0.1 REQUIRED)
add_executable(kernel use.c)
target_link_libraries(kernel PRIVATE Bowline::bowline)
target_compile_options(kernel PRIVATE -ffreestanding -fno-pie -fno-stack-protector -mno-red-zone -mcmodel=kernel)
target_link_options(kernel PRIVATE -nostdlib -static -no-pie -Wl,-Ttext-segment=0xffffffff80000000 -Wl,-e,kernel_main -Wl,-z,separate-code)
bowline_add_image(kernel COMMAND_LINE "one  two" MODULES "a file.txt:c:d e")
END
# What this build was compiled with is no business of the project.
unset CFLAGS LDFLAGS
generator=$(sed -n 's/^CMAKE_GENERATOR:INTERNAL=//p' "$BUILD/CMakeCache.txt")
cmake -S project -B project/build -G "$generator" -DCMAKE_PREFIX_PATH="$PWD/moved" >log 2>&1 || die "$(cat log)"
cmake --build project/build >log 2>&1 || die "$(cat log)"
holds project/build/kernel.img /modules/c 'project/a file.txt'
mtype -i project/build/kernel.img@@1M ::/bowline/boot.conf >conf
grep -qx 'options one  two' conf || die "$(cat conf)"
grep -qx 'module /modules/c d e' conf || die "$(cat conf)"

pass
