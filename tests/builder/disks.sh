# SPDX-License-Identifier: MIT
# mkimage check and inspect on disks: loop devices. Where there are none, or only for root, this is skipped.
. "$SOURCE/lib.sh"

loop=
public=$(mktemp -d) || die "mktemp"
trap '[ -z "$loop" ] || losetup --detach "$loop"; rm -rf "$public"' EXIT
truncate -s 1M probe
if ! loop=$(losetup --find --show --read-only probe 2>&1); then
    echo "$0: skipped, as no loop device can be set up: $loop"
    loop=
    exit 77
fi

# attach FILE: it is the disk from now on.
attach()
{
    [ -z "$loop" ] || losetup --detach "$loop"
    loop=
    loop=$(losetup --find --show --read-only "$1") || die "losetup $1"
}

# The words of an image are those of a disk with its bytes.
same_words()
{
    for verb in check inspect 'inspect --json' 'inspect --svg' 'inspect --html'; do
        status=0
        # shellcheck disable=SC2086 # a verb and its option
        "$MKIMAGE" $verb "$1" >words 2>&1 || status=$?
        # shellcheck disable=SC2086
        expect $status "$MKIMAGE" $verb "$loop"
        cat out err | sed "s|$loop|$1|g; s|$(basename "$loop")|$1|g" | diff words - || die "$verb of a disk"
    done
}

"$MAKE_KERNEL" k.elf || die "make_kernel"
expect 0 "$MKIMAGE" k.elf -o k.img
attach k.img
same_words k.img
cp k.img damaged.img
printf 'X' | dd of=damaged.img bs=1 seek=1080 conv=notrunc status=none
attach damaged.img
same_words damaged.img

# A stick is larger than what was written to it.
cp k.img stick.img
truncate -s 4G stick.img
attach stick.img
expect 0 "$MKIMAGE" check "$loop"
grep -q '^mkimage: note: .*\[gpt-backup-place\]$' err || die "no note: $(cat err)"
expect 0 "$MKIMAGE" inspect "$loop"
grep -q '^  size  *4 GiB (4294967296 bytes)$' out || die "another size: $(cat out)"

# Where rights are missing
if command -v setpriv >/dev/null && [ "$(id -u)" -eq 0 ]; then
    # Not everybody may look into the folder of this build.
    chmod 755 "$public" && cp "$MKIMAGE" "$public/mkimage" || die "no copy of mkimage"
    for verb in check inspect; do
        expect 1 setpriv --reuid=65534 --regid=65534 --clear-groups "$public/mkimage" $verb "$loop"
        mentions "$loop: this user may not read the disk [host-disk-rights]"
    done
fi

# A disk is no boot log, whatever lies on it, and nothing that goes into an image.
{ echo 'bowline: Bowline 0.1.0'; head -c 1M /dev/zero; } >text
attach text
expect 1 "$MKIMAGE" inspect "$loop"
mentions "$loop: neither an ELF file, a disk image nor a boot log [file-kind]"
expect 1 "$MKIMAGE" k.elf --module "$loop" -o no.img
mentions "$loop: it is a block device, not an ordinary file [host-not-regular]"

losetup --detach "$loop"
empty=$loop loop=
expect 1 "$MKIMAGE" check "$empty"
mentions "$empty: the drive has nothing in it [host-disk-empty]"

pass
