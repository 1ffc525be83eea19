#!/usr/bin/env bash
# An image with much in it, and behind all of that the kernel and its modules.
#
#   full-image.sh many|root|BYTES OUTPUT MKIMAGE TREES KERNEL MODULE... -- OPTION...
#
# many: 2000 files in nested directories (TREES, the program tests/builder/trees.py, makes them), and 1500 in the
# kernel's own directory, with names that are alike: FAT12 has 4084 clusters. root: files with which the root directory
# has none of the 512 entries left that it has with FAT12 and FAT16. BYTES: two files, of that many bytes together,
# nearly all holes.
set -euo pipefail

what=$1 output=$2 mkimage=$3 trees=$4 kernel=$5
shift 5
folder=$output.parts
rm -rf "$folder"
mkdir "$folder"
trap 'rm -rf "$folder"' EXIT

directory="/all of them"
if [[ $what == many ]]; then
  python3 -B "$trees" tree "$folder/files"
  mkdir "$folder/files$directory"
  for ((i = 0; i < 1500; i++)); do
    echo $i >"$folder/files$directory/a name like that of all the others in here, to its end $i"
  done
elif [[ $what == root ]]; then
  # 21 entries to a name of 255 characters, 29 to the kernel's, the label, and what else is there.
  mkdir "$folder/files"
  directory=
  for ((i = 0; i < 23; i++)); do
    echo $i >"$folder/files/$(printf 'a name like that of all the others in here, to its end %0200d' $i)"
  done
else
  mkdir "$folder/files"
  for file in one two; do
    truncate -s $((what / 2)) "$folder/files/$file"
    echo "the end of $file" >>"$folder/files/$file"
  done
fi

# The kernel's name is as long as a name can be: 255 characters, which the loader has to tell from the others.
name=$(printf 'a name like that of all the others in here, to its end %0196d.elf' 0)
options=(--file "$kernel:$directory/$name")
{
  printf 'entry kernel\nkernel "%s/%s"\noptions modules=2\n' "$directory" "$name"
  while [[ $1 != -- ]]; do
    module="Übergröße 😀/$(basename "$1")"
    printf 'module "%s/%s" arguments of %s\n' "$directory" "$module" "$(basename "$1")"
    options+=(--file "$1:$directory/$module")
    shift
  done
} >"$folder/boot.conf"
shift

# /kernel.elf is there as well, and not what boot.conf names.
"$mkimage" build -q "$kernel" -o "$output" --config "$folder/boot.conf" --tree "$folder/files" "${options[@]}" "$@"
