# SPDX-License-Identifier: MIT
# What is compared by the tests of "the same inputs, the same bytes". For scripts that have lib.sh and are in the
# folder with the inputs.

# make_inputs: k.elf, module, and a tree with nested folders, an empty file and a hole
make_inputs()
{
    "$MAKE_KERNEL" k.elf || die "make_kernel"
    seq 10000 >module
    mkdir -p 'tree/b folder/deep' tree/a
    for name in zebra Yak älg 'two words' a.long.name.that.needs.several.entries.txt; do
        echo "$name" >"tree/b folder/deep/$name"
    done
    : >tree/a/empty
    truncate -s 3000000 tree/a/hole
    echo behind >>tree/a/hole
}

# several_images FOLDER: one image or folder of each kind, with the $MKIMAGE of the moment, put into FOLDER
several_images()
{
    mkdir -p "$1" || die "mkdir $1"
    set -- "$1" k.elf --module module --module module:again:'an argument' --command-line text
    into=$1
    shift
    expect 0 "$MKIMAGE" "$@" --tree tree:/data -o "$into/gpt.img"
    expect 0 "$MKIMAGE" "$@" --scheme mbr --mbr-type 0x0e --fat 16 --partition root:0x83:module -o "$into/mbr.img"
    expect 0 "$MKIMAGE" "$@" --sector-size 4096 --fat 12 --tree tree -o "$into/sectors.img"
    expect 0 "$MKIMAGE" "$@" --fat 16 --free 3M --partition root:linux:module --partition swap:swap:1M --mbr-active \
        --label OTHER -o "$into/fat16.img"
    expect 0 "$MKIMAGE" "$@" --no-bios --keep-debug --fat 12 --seal --seed other -o "$into/uefi.img"
    shift
    expect 0 "$MKIMAGE" netboot "$@" --tree tree "$into/netboot" k.elf
}

# same_images FOLDER OTHER WHAT: the files in the two are the same, each byte
same_images()
{
    (cd "$1" && find . -type f | sort) >files
    (cd "$2" && find . -type f | sort) | cmp -s - files || die "$3, other files: $(find "$2")"
    while read -r file; do
        cmp "$1/$file" "$2/$file" || die "$3, other bytes"
        checks=$((checks + 1))
    done <files
}
