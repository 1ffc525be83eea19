#!/usr/bin/env bash
# A boot in Bochs: a BIOS and a processor that were not written for QEMU, and are stricter.
#
#   bochs-test.sh disk|cdrom IMAGE TEXT [LINE OF bochsrc]...
#   bochs-test.sh kernel MKIMAGE KERNEL COMMAND_LINE TEXT [LINE OF bochsrc]...
#
# The second builds an image of the kernel for the disk. Passes when what the machine says on its serial port or its debug console has TEXT; a kernel's verdict
# or a fault before that fails. The lines come last in the configuration, and go before those here. Skipped
# where there is no Bochs.
set -euo pipefail

medium=$1 image=$2
shift 2
if [[ $medium == kernel ]]; then
  medium=disk mkimage=$image kernel=$1 command_line=$2
  shift 2
  image=
fi
text=$1
shift
seconds_max=120 # only to end hangs: it takes about five
bios=/usr/share/bochs

if ! command -v bochs >/dev/null || [[ ! -r $bios/BIOS-bochs-latest ]]; then
  echo "bochs-test: skipped, because Bochs is not installed: config/install-dependencies installs it"
  exit 77
fi

directory=$(mktemp -d)
bochs=
end() {
  [[ -z $bochs ]] || { kill "$bochs" 2>/dev/null && wait "$bochs" || true; }
  bochs=
}
trap 'end; rm -rf "$directory"' EXIT
cd "$directory"
if [[ -z $image ]]; then
  image=$directory/disk.img
  "$mkimage" build "$kernel" --command-line "$command_line" -o "$image"
fi
drive="type=disk, path=\"$image\", mode=volatile"
[[ $medium == disk ]] || drive="type=cdrom, path=\"$image\", status=inserted"
: >serial; : >console; : >log

# The processor's clock runs as fast as "ips" says, whatever the host: the kernels want more than 100 MHz.
{
  cat <<CONFIGURATION
config_interface: textconfig
display_library: sdl2
romimage: file=$bios/BIOS-bochs-latest
vgaromimage: file=$bios/VGABIOS-lgpl-latest
cpu: model=core2_penryn_t9600, count=1, ips=400000000, reset_on_triple_fault=0
memory: guest=256, host=256
ata0-master: $drive
boot: $medium
log: log
com1: enabled=1, mode=file, dev=serial
port_e9_hack: enabled=1
vga: extension=vbe
panic: action=fatal
error: action=report
CONFIGURATION
  printf '%s\n' "$@"
} >configuration
echo continue >commands # Debian's Bochs waits for its debugger
SDL_VIDEODRIVER=dummy bochs -q -f configuration -rc commands </dev/null >console 2>&1 &
bochs=$!

for ((tenth = 0; tenth < seconds_max * 10; tenth++)); do
  ! grep -qaF -e "$text" serial console || break
  ! grep -qaE -e '^(bowline-test: FAIL|bowline: (error|halted))|>>PANIC<<' serial console log ||
    { sleep 1; break; } # for the rest of what it says
  kill -0 "$bochs" 2>/dev/null || break
  sleep 0.1
done
panic=$(grep -a '>>PANIC<<' log || true) # before we end it, which it calls so, too
end
cat serial console | tr -d '\r' >said # console: what was written to port 0xe9, and Bochs's own words
cat said
if [[ -n $panic ]]; then
  echo "bochs-test: $panic"
  exit 1
fi
if ! grep -qaF -e "$text" said; then
  echo "bochs-test: the machine says nowhere: $text"
  tail -n 20 log
  exit 1
fi
