# SPDX-License-Identifier: MIT
# mkimage state: shows the boot state, and changes it one record at a time, in images and on disks.
. "$SOURCE/lib.sh"

"$MAKE_KERNEL" k.elf || die "make_kernel"
cat >boot.conf <<END
entry new
kernel /kernel.elf
slot 20 3
entry old
kernel /kernel.elf
slot 10 255
entry tool
kernel /kernel.elf
END

# record FILE 0|1: its bytes
record()
{
    od -An -v -tx1 -j $((917504 + $2 * 65536)) -N 512 "$1" | tr -d ' \n'
}

# sequence FILE: the number of the change that counts
sequence()
{
    "$MKIMAGE" state --json "$1" | sed -n 's/.*"sequence":\([0-9]*\).*/\1/p'
}

# changes FILE OPTION...: one record becomes another one, which counts, and nothing else in the file changes.
changes()
{
    file=$1
    shift
    before=$(sequence "$file") zeroth=$(record "$file" 0) first=$(record "$file" 1)
    cp "$file" copy
    expect 0 "$MKIMAGE" state "$@" "$file"
    cp out shown
    [ "$(sequence "$file")" -eq $((before + 1)) ] || die "$*: not one change"
    [ "$(record "$file" 0)" = "$zeroth" ] || [ "$(record "$file" 1)" = "$first" ] || die "$*: both records have changed"
    for place in 917504 983040; do
        dd if="$file" of=copy bs=512 skip=$((place / 512)) seek=$((place / 512)) count=1 conv=notrunc status=none
    done
    cmp copy "$file" || die "$*: something else has changed"
    expect 0 "$MKIMAGE" check "$file"
    [ ! -s err ] || die "$*: $(cat err)"
    cp shown out
}

# has TEXT: the last output has this line, whatever the space between its words.
has()
{
    tr -s ' ' <out | grep -qxF -- " $1" || die "no \"$1\" in: $(cat out)"
}

# all_of FILE: what can be done with it
all_of()
{
    expect 0 "$MKIMAGE" state "$1"
    has 'default entry as boot.conf says'
    has 'next boot only no entry'
    has '- new 20 3 of 3 not started yet'
    has '- old 10 255 of 255 not started yet'
    changes "$1" --confirm old
    has '1 old 10 255 of 255 has come up'
    has '- new 20 3 of 3 not started yet'
    changes "$1" --default tool --once new
    has 'default entry tool'
    has 'next boot only new'
    changes "$1" --reset 1
    has '1 old 10 255 of 255 not confirmed'
    changes "$1" --confirm 1 --default none
    has 'default entry as boot.conf says'
    has 'next boot only new'
    changes "$1" --once none
    has 'next boot only no entry'
    expect 0 "$MKIMAGE" state --json "$1"
    python3 - <<'END' || die "$(cat out)"
import json
state = json.load(open("out"))
assert state["record"] in (0, 1) and state["is_other_record_whole"] and "default" not in state, state
assert state["slots"] == [
    {"entry": "new", "priority": 20, "attempts": 3, "attempts_left": 3, "is_confirmed": False},
    {"slot": 1, "entry": "old", "priority": 10, "attempts": 255, "attempts_left": 255, "is_confirmed": True}], state
END
}

expect 0 "$MKIMAGE" k.elf --config boot.conf --fat 16 -o gpt.img
cp gpt.img fresh.img
expect 0 "$MKIMAGE" k.elf --config boot.conf --fat 16 --scheme mbr -o mbr.img
expect 0 "$MKIMAGE" k.elf --config boot.conf --fat 16 --sector-size 4096 -o 4096.img
expect 0 "$MKIMAGE" k.elf --config boot.conf --fat 16 --no-bios -o uefi.img
for image in gpt.img mbr.img 4096.img uefi.img; do
    all_of $image
done

# As new again. A refused change changes nothing.
expect 0 "$MKIMAGE" state --reset-all gpt.img
cmp gpt.img fresh.img || die "--reset-all leaves something behind"
for option in '--confirm nobody' '--confirm 1' '--confirm tool' '--reset 17' '--default nobody' '--once nobody' \
    '--default tool --once nobody'; do
    # shellcheck disable=SC2086
    expect 1 "$MKIMAGE" state $option gpt.img
    [ "$(wc -l <err)" -eq 2 ] || die "$option: $(cat err)"
done
cmp gpt.img fresh.img || die "a refused change has changed something"

# poke FILE OFFSET: another byte there
poke()
{
    printf '\252' | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# One record that a power cut has left: the other counts, and it is written next.
poke gpt.img 917604
expect 0 "$MKIMAGE" check gpt.img
grep -qF 'boot state, first record, bytes 0xe0000 to 0xe01ff: it is not whole' err || die "no note: $(cat err)"
expect 0 "$MKIMAGE" state gpt.img
has 'other record not whole, as a power cut leaves it'
has 'changes 1, the last one in the second record'
expect 0 "$MKIMAGE" state --default tool gpt.img
expect 0 "$MKIMAGE" check gpt.img
[ ! -s err ] || die "$(cat err)"

# Both.
poke gpt.img 917604
poke gpt.img 983140
for option in '' '--confirm old' '--default tool'; do
    # shellcheck disable=SC2086
    expect 1 "$MKIMAGE" state $option gpt.img
    mentions '[state-damaged]'
done
expect 1 "$MKIMAGE" check gpt.img
expect 0 "$MKIMAGE" state --reset-all gpt.img
cmp gpt.img fresh.img || die "--reset-all does not mend"

# wipe FILE: zeros where the two records were
wipe()
{
    for place in 917504 983040; do
        dd if=/dev/zero of="$1" bs=512 seek=$((place / 512)) count=8 conv=notrunc status=none
    done
}

# Wiped records: check misses them where there are slots, and they can be written anew, on every disk of ours.
expect 0 "$MKIMAGE" k.elf -o plain.img
wipe plain.img
expect 0 "$MKIMAGE" check plain.img
for image in fresh.img mbr.img 4096.img uefi.img; do
    cp $image wiped.img
    expect 0 "$MKIMAGE" state --reset-all wiped.img
    cp wiped.img new.img
    wipe wiped.img
    expect 1 "$MKIMAGE" check wiped.img
    for record in first second; do
        grep -q "^mkimage: error: wiped.img: boot state, $record record, bytes 0x.*: the records are gone: .*\[state-wiped\]" err ||
            die "$image: $(cat err)"
    done
    for option in '' '--confirm old' '--confirm 1' '--default tool' '--json'; do
        # shellcheck disable=SC2086
        expect 1 "$MKIMAGE" state $option wiped.img
        mentions 'wiped.img: '
    done
    mentions 'wiped.img: the records are gone: slots are started by their priority, and attempts are not counted [state-wiped]'
    expect 0 "$MKIMAGE" state --reset-all --confirm new wiped.img
    has '1 new 20 3 of 3 has come up'
    wipe wiped.img
    expect 0 "$MKIMAGE" state --reset-all wiped.img
    cmp wiped.img new.img || die "$image: --reset-all does not write what was wiped"
done

# What is somebody else's stays as it is, even with a boot.conf.
truncate -s 64M foreign.img
printf 'label: dos\nstart=2048, type=ef, bootable\n' | sfdisk -q foreign.img >sfdisk.out 2>&1 || die "$(cat sfdisk.out)"
mkfs.fat -F 32 --offset 2048 foreign.img 64000 >mkfs.out 2>&1 || die "$(cat mkfs.out)"
mmd -i foreign.img@@1M ::/bowline && mcopy -i foreign.img@@1M boot.conf ::/bowline/boot.conf || die "mcopy"
cp foreign.img copy
expect 1 "$MKIMAGE" state --reset-all foreign.img
mentions 'foreign.img: it has no boot state [state-none]'
cmp foreign.img copy || die "--reset-all has written to a foreign disk"

# A line that cannot be understood is told, and passed over.
cp fresh.img odd.img
printf '%s\n' 'entry new' 'kernel /kernel.elf' 'slot 20 none' 'entry old' 'kernel /kernel.elf' ' slto 1 1' 'slot 10 255' >odd.conf
mcopy -o -i odd.img@@1M odd.conf ::/bowline/boot.conf || die "mcopy"
expect 0 "$MKIMAGE" state odd.img
grep -qxF 'mkimage: note: odd.img, /bowline/boot.conf: line 3, column 6: "20 none" is not a priority and 1 to 255 attempts [config-no-slot]' err ||
    die "$(cat err)"
grep -qxF 'mkimage: note: odd.img, /bowline/boot.conf: line 6, column 2: unknown key "slto" [config-unknown-key]' err ||
    die "$(cat err)"
[ "$(grep -c '^  what to do: ' err)" -eq 2 ] || die "$(cat err)"
has '- old 10 255 of 255 not started yet'
! grep -q new out || die "$(cat out)"

# Without a boot.conf nobody is a slot, and the records can be written anew all the same.
cp fresh.img bare.img
expect 0 "$MKIMAGE" state --default tool bare.img
mdel -i bare.img@@1M ::/bowline/boot.conf || die "mdel"
for option in '' '--confirm old' '--default tool' '--reset-all --confirm old'; do
    cp bare.img copy
    # shellcheck disable=SC2086
    expect 1 "$MKIMAGE" state $option bare.img
    says 'mkimage: error: bare.img: there is no /bowline/boot.conf [image-file-missing]
  what to do: build the image again, or copy the file there'
    cmp bare.img copy || die "$option: it has changed something"
done
wipe bare.img
expect 0 "$MKIMAGE" state --reset-all bare.img
says 'mkimage: note: bare.img: there is no /bowline/boot.conf [image-file-missing]
  what to do: build the image again, or copy the file there'
has 'default entry as boot.conf says'
for place in 0 1; do
    [ "$(record bare.img $place)" = "$(record fresh.img $place)" ] || die "record $place is not as new"
done
expect 0 "$MKIMAGE" state --reset-all --json bare.img
python3 -c 'import json; assert json.load(open("out"))["slots"] == []' || die "$(cat out)"

# A record that cannot be read, and whose sector is good again when it has been written as a whole.
for place in 917504 983040; do
    cp fresh.img bad.img
    expect 0 "$MKIMAGE" state --default tool bad.img
    expect 0 env UNREADABLE=$place LD_PRELOAD="$FAIL_WRITES" "$MKIMAGE" state --reset-all bad.img
    cmp bad.img fresh.img || die "$place: it is not as new"
    expect 0 "$MKIMAGE" check bad.img
    [ ! -s err ] || die "$place: $(cat err)"
done
cp fresh.img bad.img
expect 0 env UNREADABLE=983040 LD_PRELOAD="$FAIL_WRITES" "$MKIMAGE" state bad.img
has 'other record not whole, as a power cut leaves it'
expect 0 env UNREADABLE=983040 LD_PRELOAD="$FAIL_WRITES" "$MKIMAGE" state --confirm old bad.img
expect 0 "$MKIMAGE" state bad.img
has '1 old 10 255 of 255 has come up'

# A disk, where a loop device can be set up.
loop=
trap '[ -z "$loop" ] || losetup --detach "$loop"' EXIT
for size in 512 4096; do
    image=fresh.img
    [ $size = 512 ] || { expect 0 "$MKIMAGE" k.elf --config boot.conf --fat 16 --sector-size 4096 -o image; image=image; }
    cp $image disk.img
    loop=$(losetup --find --show --sector-size $size disk.img 2>&1) || {
        echo "$0: no disk with sectors of $size bytes: $loop"
        loop=
        continue
    }
    all_of "$loop"
    losetup --detach "$loop"
    loop=
    ! cmp -s $image disk.img || die "nothing has reached the disk"
    expect 0 "$MKIMAGE" state disk.img
    has '1 old 10 255 of 255 has come up'
done
echo "$0: $checks checks"
