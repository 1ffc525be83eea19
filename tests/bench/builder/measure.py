#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What mkimage costs, beside other programs that do a part of the same: docs/bench.md.

    measure.py [--check] MKIMAGE KERNEL [RUNS]

Processor time (user and system) in milliseconds, the least of RUNS runs, all in one go so that they
meet the same machine; and the peak of mkimage's memory. --check: what mkimage promises about them
(docs/bench.md) is held, or the exit status is 1. Ratios and differences only: how fast the machine
is does not matter.
"""
import os
import resource
import subprocess
import sys
import tempfile

SIZES = [64 << 10, 1 << 20, 16 << 20, 128 << 20, 600 << 20]  # of the module

# The least that makes an image of about the same contents with the tools that there are, and looks
# whether it is there.
RECIPE = r"""
size=$(($(stat -c %s "$1") / 1048576 + 40))
truncate -s 0 recipe.img && truncate -s $((size + 2))M recipe.img
printf 'label: gpt\nstart=2048, size=%d, type=U\n' $((size * 2048)) | sfdisk -q recipe.img
mformat -i recipe.img@@1M -T $((size * 2048)) -F ::
mmd -i recipe.img@@1M ::/EFI ::/EFI/BOOT ::/modules ::/bowline
mcopy -i recipe.img@@1M kernel ::/kernel.elf
mcopy -i recipe.img@@1M "$1" ::/modules/module
mcopy -i recipe.img@@1M ::/modules/module - | cmp - "$1"
"""


def cost(command):
    """Processor time in milliseconds and the peak of memory in KiB of a command."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{command}: status {status}")
    return (usage.ru_utime + usage.ru_stime) * 1000, usage.ru_maxrss


def least(runs, command):
    return min(cost(command)[0] for _ in range(runs))


def broken_promises(size, ours, empty, ratio_of_copy, ratio_of_recipe, memory, first_memory):
    """What mkimage promises for a module of this size, and has not held."""
    if size == 64 << 10 and ours - empty > 10:
        yield f"it takes {ours - empty:.1f} ms more than an empty process"
    if size == 128 << 20 and ratio_of_copy > 1.2:
        yield f"it takes {ratio_of_copy:.2f} times what a copy and two hashes take"
    if ratio_of_recipe >= 1:
        yield f"it takes {ratio_of_recipe:.2f} times what sfdisk, mformat and mcopy take"
    if memory > first_memory * 1.1:
        yield f"it needs {memory} KiB of memory, and {first_memory} KiB for a small module"


def main():
    arguments = sys.argv[1:]
    is_check = arguments[0] == "--check"
    if is_check:
        del arguments[0]
    mkimage, kernel = (os.path.abspath(path) for path in arguments[:2])
    runs = int(arguments[2]) if len(arguments) > 2 else 5
    broken = []
    first_memory = None
    print("| module | mkimage | copy + 2 hashes | ratio | sfdisk, mformat, mcopy | ratio | peak memory |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        subprocess.check_call(["cp", kernel, "kernel"])
        empty = least(runs, ["true"])
        print(f"an empty process: {empty:.1f} ms", file=sys.stderr)
        for size in SIZES:
            with open("module", "wb") as module:
                for _ in range(0, size, 1 << 16):
                    module.write(os.urandom(1 << 16))
            build = [mkimage, "-q", "kernel", "--module", "module", "-o", "ours.img"]
            memory = cost(build)[1]
            ours = least(runs, build)
            copy = least(runs, ["cp", "--sparse=always", "ours.img", "copy.img"])
            hashes = least(runs, ["openssl", "dgst", "-sha256", "module", "module"])
            recipe = least(runs, ["sh", "-ec", RECIPE, "recipe", "module"])
            print(f"| {size >> 10} KiB | {ours:.1f} | {copy:.1f} + {hashes:.1f} | {ours / (copy + hashes):.2f} "
                  f"| {recipe:.1f} | {ours / recipe:.2f} | {memory} KiB |", flush=True)
            first_memory = first_memory or memory
            broken += [f"measure: {size >> 10} KiB: {promise}" for promise in broken_promises(
                size, ours, empty, ours / (copy + hashes), ours / recipe, memory, first_memory)]
    if is_check and broken:
        sys.exit("\n".join(broken))


main()
