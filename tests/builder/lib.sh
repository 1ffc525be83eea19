# SPDX-License-Identifier: MIT
# What the builder's tests share. A test is a shell script that runs in an empty folder of its own:
#   sh NAME.sh    with MKIMAGE, MAKE_KERNEL, FAIL_WRITES and SOURCE in the environment
set -u
LC_ALL=C
export LC_ALL
unset SOURCE_DATE_EPOCH

checks=0

# die TEXT...: the test has failed.
die()
{
    printf '%s: FAILED: %s\n' "$0" "$*" >&2
    exit 1
}

# expect STATUS COMMAND...: its exit status; its output is left in `out` and `err`.
expect()
{
    expected=$1
    shift
    status=0
    "$@" >out 2>err || status=$?
    checks=$((checks + 1))
    [ "$status" -eq "$expected" ] ||
        die "exit status $status instead of $expected from: $* -- $(cat out err)"
}

# says TEXT: the last command's stderr is this, and nothing else.
says()
{
    [ "$(cat err)" = "$1" ] || die "said
$(cat err)
instead of
$1"
}

# mentions TEXT: the last command's stderr has it, after "mkimage: error: ", and a remedy.
mentions()
{
    grep -qF -- "$1" err || die "no \"$1\" in: $(cat err)"
    [ "$(grep -c '^mkimage: error: ' err)" -eq 1 ] || die "not one error: $(cat err)"
    [ "$(grep -c '^  what to do: .' err)" -eq 1 ] || die "no remedy: $(cat err)"
    [ "$(wc -l <err)" -eq 2 ] || die "not two lines: $(cat err)"
}

# golden NAME FILE: the file is what golden/NAME has; UPDATE_GOLDEN=1 in the environment: it becomes that.
golden()
{
    [ -z "${UPDATE_GOLDEN:-}" ] || cp "$2" "$SOURCE/golden/$1"
    diff "$SOURCE/golden/$1" "$2" || die "$2 is not $SOURCE/golden/$1: if it shall be, run with UPDATE_GOLDEN=1"
    checks=$((checks + 1))
}

# absent FILE...: none of them is there.
absent()
{
    for file in "$@"; do
        [ ! -e "$file" ] || die "$file was left behind"
    done
}

# judge IMAGE [SCHEME]: the established tools have nothing to say against it.
judge()
{
    size=$(stat -c %s "$1")
    [ $((size % 1048576)) -eq 0 ] || die "$1: size $size is not a whole number of MiB"
    "judge_${2:-gpt}" "$1"
    judge_file_system "$1"
    checks=$((checks + 1))
}

judge_gpt()
{
    sgdisk --verify "$1" >judgement 2>&1 || die "sgdisk: $(cat judgement)"
    grep -q '^No problems found' judgement || die "sgdisk: $(cat judgement)"
    ! grep -qiE 'warning|caution|problem:' judgement || die "sgdisk: $(cat judgement)"
    sfdisk --verify "$1" >judgement 2>&1 || die "sfdisk: $(cat judgement)"
    grep -q 'No errors detected' judgement || die "sfdisk: $(cat judgement)"
    [ "$(blkid -p -s PTTYPE -o value "$1")" = gpt ] || die "blkid sees no GPT"
}

judge_mbr()
{
    sfdisk --verify "$1" >judgement 2>&1 || die "sfdisk: $(cat judgement)"
    [ "$(sed -n 2p judgement)" = 'No errors detected.' ] || die "sfdisk: $(cat judgement)"
    fdisk -l "$1" >judgement 2>&1 || die "fdisk: $(cat judgement)"
    grep -q '^Disklabel type: dos$' judgement || die "fdisk: $(cat judgement)"
    ! grep -qiE 'warning|does not|outside|overlap' judgement || die "fdisk: $(cat judgement)"
    [ "$(grep -c "^$1[0-9]* *\* " judgement)" -eq 1 ] || die "not one active partition: $(cat judgement)"
    sgdisk -p "$1" 2>&1 | grep -q 'Found invalid GPT and valid MBR' || die "sgdisk sees no MBR"
    [ "$(blkid -p -s PTTYPE -o value "$1")" = dos ] || die "blkid sees no MBR"
}

judge_file_system()
{
    rm -f judged.esp
    dd if="$1" of=judged.esp bs=1M skip=1 count=$((size / 1048576 - 2)) conv=sparse status=none
    [ "$(blkid -p -s VERSION -o value judged.esp)" = FAT32 ] || die "blkid sees no FAT32"
    [ "$(blkid -p -s LABEL -o value judged.esp)" = BOWLINE ] || die "blkid sees another label"
    fsck.fat -n judged.esp >judgement 2>&1 || die "fsck.fat: $(cat judgement)"
    # The version, and one line of counts.
    [ "$(wc -l <judgement)" -eq 2 ] || die "fsck.fat: $(cat judgement)"
    rm -f judged.esp
}

# judge_4096 IMAGE: the same of an image for a disk with sectors of 4096 bytes. Of a file, sgdisk thinks
# that it has others: it judges where the machine has loop devices, which takes root; fdisk everywhere.
judge_4096()
{
    size=$(stat -c %s "$1")
    [ $((size % 1048576)) -eq 0 ] || die "$1: size $size is not a whole number of MiB"
    printf 'v\nq\n' | fdisk -w never -b 4096 "$1" >judgement 2>&1 || die "fdisk: $(cat judgement)"
    grep -q 'No errors detected' judgement || die "fdisk: $(cat judgement)"
    fdisk -b 4096 -l "$1" >judgement 2>&1 || die "fdisk: $(cat judgement)"
    grep -qE '^[^ ]+1 +16 +255 +240 +960K BIOS boot$' judgement || die "partition 1: $(cat judgement)"
    grep -qE "^[^ ]+2 +256 +$((size / 4096 - 257)) .* EFI System\$" judgement ||
        die "partition 2: $(cat judgement)"
    if loop=$(losetup --find --show --read-only --sector-size 4096 "$1" 2>judgement); then
        sgdisk --verify "$loop" >judgement 2>&1 || echo 'status' >>judgement
        losetup --detach "$loop"
        grep -q '^No problems found' judgement || die "sgdisk: $(cat judgement)"
        ! grep -qiE '^status|warning|caution|problem:' judgement || die "sgdisk: $(cat judgement)"
    else
        echo "$0: sgdisk has not judged $1, as there is no loop device: $(cat judgement)"
    fi
    rm -f judged.esp
    dd if="$1" of=judged.esp bs=1M skip=1 count=$((size / 1048576 - 2)) conv=sparse status=none
    [ "$(blkid -p -s BLOCK_SIZE -o value judged.esp)" = 4096 ] || die "blkid sees other sectors"
    fsck.fat -n judged.esp >judgement 2>&1 || die "fsck.fat: $(cat judgement)"
    [ "$(wc -l <judgement)" -eq 2 ] || die "fsck.fat: $(cat judgement)"
    rm -f judged.esp
    checks=$((checks + 1))
}

# holds IMAGE PATH FILE: mtools finds the file in the image, with these bytes.
holds()
{
    rm -f copied
    LC_ALL=C.UTF-8 mcopy -n -i "$1@@1M" "::$2" copied >judgement 2>&1 || die "mcopy $2: $(cat judgement)"
    cmp -s copied "$3" || die "$2 in $1 is not $3"
    rm -f copied
    checks=$((checks + 1))
}

pass()
{
    echo "$0: $checks checks passed"
}
