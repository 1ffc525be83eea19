# SPDX-License-Identifier: MIT
"""The established tools as judges, for the tests in Python: what lib.sh has for those in shell."""
import os
import re
import subprocess
import sys

MIB = 1 << 20
ESP = MIB  # docs/image-layout.md
ENVIRONMENT = dict(os.environ, LC_ALL="C.UTF-8", MTOOLSRC="/dev/null")

# All that fsck.fat -v says of a volume that is as it has to be.
FSCK_LINES = re.compile(
    r"""fsck\.fat\ .* | Checking\ we\ can\ access\ the\ last\ sector\ of\ the\ filesystem | Boot\ sector\ contents:
    | System\ ID\ "BOWLINE\ " | Media\ byte\ 0xf8\ \(hard\ disk\) | \ +\d+\ bytes\ per\ (logical\ sector|cluster)
    | \ +\d+\ reserved\ sectors? | First\ FAT\ starts\ at\ byte\ .* | \ +2\ FATs,\ \d+\ bit\ entries
    | \ +\d+\ bytes\ per\ FAT\ .* | Root\ directory\ starts?\ at\ .* | \ +\d+\ root\ directory\ entries
    | Data\ area\ starts\ at\ byte\ .* | \ +\d+\ data\ clusters\ .* | 63\ sectors/track,\ 255\ heads
    | \ +\d+\ (hidden\ sectors|sectors\ total) | Checking\ for\ unused\ clusters\. | Checking\ free\ cluster\ summary\.
    | .*:\ \d+\ files,\ \d+/\d+\ clusters""",
    re.VERBOSE,
)


class Failure(Exception):
    """What is wrong with an image."""


def require(is_right, text):
    if not is_right:
        raise Failure(text)


def call(*command, text=None):
    """What a command says, which has to end with status 0."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    result = subprocess.run(command, input=text, text=True, errors="replace", env=ENVIRONMENT, **pipes)
    require(result.returncode == 0, f"status {result.returncode} from {' '.join(command)}: {result.stdout}")
    return result.stdout


def build(*arguments):
    """mkimage, which has nothing to remark."""
    said = call(os.environ["MKIMAGE"], "build", "-q", *arguments)
    require(said == "", f"mkimage {' '.join(arguments)}: {said}")


def judge_table(image, scheme, sector_size):
    """fdisk or sfdisk, and sgdisk."""
    require(os.path.getsize(image) % MIB == 0, f"{os.path.getsize(image)} bytes are not whole MiB")
    if sector_size == 512:
        said = call("sfdisk", "--verify", image)
        sgdisk_name = image
    else:  # of a file, sfdisk and sgdisk think that it has sectors of 512 bytes
        said = call("fdisk", "-w", "never", "-b", str(sector_size), image, text="v\nq\n")
        sgdisk_name = None
    require("No errors detected." in said, f"fdisk: {said}")
    require(not re.search("warning|outside|overlap|does not", said, re.IGNORECASE), f"fdisk: {said}")
    require(("Header version: 1.0" in said) == (scheme == "gpt"), f"fdisk sees another scheme: {said}")
    if scheme == "mbr":
        said = call("fdisk", "-b", str(sector_size), "-l", image)
        lines = re.findall(rf"^{re.escape(image)}\d +(\*?) +(\d+) +(\d+) .* ef EFI", said, re.MULTILINE)
        last = (os.path.getsize(image) - MIB) // sector_size - 1
        require(lines == [("*", str(ESP // sector_size), str(last))], f"fdisk: {said}")
        return
    loop = None
    if sgdisk_name is None and os.geteuid() == 0:
        loop = call("losetup", "--find", "--show", "--read-only", "--sector-size", str(sector_size), image).strip()
        sgdisk_name = loop
    if sgdisk_name is not None:
        try:
            said = call("sgdisk", "--verify", sgdisk_name)
        finally:
            if loop:
                call("losetup", "--detach", loop)
        require("No problems found." in said, f"sgdisk: {said}")
        require(not re.search("warning|caution|problem:", said, re.IGNORECASE), f"sgdisk: {said}")


def copy_range(source, target, start, length):
    """Part of a file, with its holes."""
    with open(source, "rb") as file, open(target, "wb") as out:
        out.truncate(length)
        offset, end = start, start + length
        while offset < end:
            try:
                offset = os.lseek(file.fileno(), offset, os.SEEK_DATA)
            except OSError:  # nothing but a hole
                break
            stop = min(os.lseek(file.fileno(), offset, os.SEEK_HOLE), end)
            out.seek(offset - start)
            while offset < stop:
                count = os.sendfile(out.fileno(), file.fileno(), offset, stop - offset)
                offset += count


def judge_file_system(image, fat, sector_size):
    """fsck.fat of a copy of the partition, which it can only look at from its beginning."""
    volume = "judged.esp"
    copy_range(image, volume, ESP, os.path.getsize(image) - 2 * MIB)
    said = call("fsck.fat", "-n", "-v", volume)
    os.unlink(volume)
    odd = [line for line in said.splitlines() if not FSCK_LINES.fullmatch(line)]
    require(not odd, f"fsck.fat: {said}")
    require(f"2 FATs, {fat} bit entries" in said, f"fsck.fat sees no FAT{fat}: {said}")
    require(f" {sector_size} bytes per logical sector" in said, f"fsck.fat sees other sectors: {said}")


def judge(image, fat=32, sector_size=512, scheme="gpt"):
    judge_table(image, scheme, sector_size)
    judge_file_system(image, fat, sector_size)


def holds(image, path, name):
    """mtools finds the file in the image, with these bytes."""
    command = ["mcopy", "-n", "-i", f"{image}@@1M", f"::{path}", "-"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT) as mcopy:
        with open(name, "rb") as file:
            is_same = True
            while is_same:
                wanted = file.read(MIB)
                is_same = mcopy.stdout.read(len(wanted) or 1) == wanted
                if not wanted:
                    break
        mcopy.stdout.close()
        said = mcopy.stderr.read().decode(errors="replace")
    require(is_same and mcopy.returncode == 0, f"{path} is not {name}: {said}")


def boots(image, *options):
    """The kernel in the image passes."""
    said = call(os.environ["MKIMAGE"], "test", *options, "--timeout", "150", image)
    require(re.search(r"^bowline-test: pass ", said, re.MULTILINE), f"mkimage test {' '.join(options)}: {said}")


def report(failures, count, what):
    """Ends the test."""
    for failure in failures[:10]:
        print(failure[:2000], file=sys.stderr)
    if failures:
        sys.exit(f"{len(failures)} of {count} {what} failed")
    print(f"{count} {what} judged clean")
