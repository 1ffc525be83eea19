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

# The library, in a program that shares no name with it, and its header for C++. What was built with sanitizers
# can only be linked with them: LINKING_CC does.
version=$("$MKIMAGE" --version | sed 's/.*Bowline \(.*\))/\1/')
[ "$(pkg-config --modversion mkimage)" = "$version" ] || die "pkg-config: another version of the library"
# shellcheck disable=SC2046,SC2086 # several flags
expect 0 $LINKING_CC -std=c17 -Wall -Wextra -Wpedantic -Werror "$SOURCE/library.c" -o library $(pkg-config --cflags --libs mkimage)
expect 0 ./library k.elf library.img
[ ! -s err ] || die "the library printed $(cat err)"
mv out shown
cmp library.img built.img || die "the library writes another image"
expect 0 "$MKIMAGE" inspect --json library.img
cmp out shown || die "the library shows another image"
awk '/^```c$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$SOURCE/../../docs/libmkimage.md" |
    diff - "$SOURCE/library.c" || die "docs/libmkimage.md shows another program"
expect 1 ./library missing.elf no.img
says 'missing.elf: there is no such file [host-not-found]
  what to do: check the path'
nm -g --defined-only "$(find moved -name libmkimage.a)" 2>/dev/null | sed -n 's/.* [A-Z] //p' | grep -v '^mkimage_' >names
[ ! -s names ] || die "libmkimage shows $(cat names)"
nm -u "$(find moved -name libmkimage.a)" | sed 's/.* //' |
    grep -xE '(__)?v?printf(_chk)?|stdout|puts|putchar|_?exit|getopt(_long)?' >names
[ ! -s names ] || die "a verb is in libmkimage: it uses $(cat names)"
echo '#include <mkimage.h>' >header.cc
for standard in c++11 c++20; do
    expect 0 c++ -std=$standard -Wall -Wextra -Wpedantic -Werror -Imoved/include -fsyntax-only header.cc
done

# The manual page, and what completes a command line
command -v mandoc >/dev/null || die "mandoc is missing"
expect 0 mandoc -T lint -W warning moved/share/man/man1/mkimage.1
for verb in build check inspect netboot run state test; do
    "$MKIMAGE" $verb --help | grep -oE -- '(^|[ ,])--[a-z][a-z0-9-]*' | tr -d ' ,' | sort -u >options
    [ -s options ] || [ "$verb" = check ] || die "$verb has no options"
    while read -r option; do
        grep -qF -- "Fl -${option#--}" moved/share/man/man1/mkimage.1 ||
            mandoc -T ascii moved/share/man/man1/mkimage.1 | col -b | grep -qF -- "$option" ||
            die "the manual page has no $option of $verb"
    done <options
done
"$MKIMAGE" --help | grep -qF '128 + N' && "$MKIMAGE" test --help | grep -qF '128 + N' &&
    mandoc -T ascii moved/share/man/man1/mkimage.1 | col -b | grep -qF '128 + N' || die "what a signal does is not told"
# completes WORD...: what bash offers for this command line
completes()
{
    PATH="$PWD/moved/bin:$PATH" bash -c 'source moved/share/bash-completion/completions/mkimage
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _mkimage; printf "%s\n" "${COMPREPLY[@]}"' bash "$@"
}
[ "$(completes mkimage net)" = netboot ] || die "bash: $(completes mkimage net)"
[ "$(completes mkimage k.elf --sector)" = --sector-size ] || die "bash: $(completes mkimage k.elf --sector)"
[ "$(completes mkimage test --until)" = --until ] || die "bash: $(completes mkimage test --until)"
[ "$(completes mkimage build --scheme m)" = mbr ] || die "bash: $(completes mkimage build --scheme m)"
[ "$(completes mkimage k.e)" = k.elf ] || die "bash: $(completes mkimage k.e)"
PATH="$PWD/moved/bin:$PATH" HOME=$PWD fish -c 'source moved/share/fish/vendor_completions.d/mkimage.fish
complete -C "mkimage build --sector"; complete -C "mkimage build --scheme "; echo :; complete -C "mkimage check --"' >offered || die "fish"
[ "$(cut -f 1 offered | paste -sd' ')" = '--sector-size gpt mbr : --help --memory --module' ] || die "fish: $(cat offered)"
expect 0 zsh -n moved/share/zsh/site-functions/_mkimage

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
