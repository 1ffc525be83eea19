#!/usr/bin/env bash
# A boot over a real network: dnsmasq as DHCP server, ProxyDHCP server and TFTP server, in network
# namespaces of its own. What QEMU's built-in servers cannot do.
#
#   network-test.sh MKIMAGE DIRECTORY CASE [CHECK of boot-test.sh]...
#
# DIRECTORY is what mkimage netboot has written, with a kernel that expects the server 192.168.77.2.
# CASE is one of
#   another   the DHCP server names another machine as the boot server (siaddr)
#   options   the DHCP server is the boot server; options 66 and 67 name server and file
#   proxy     the DHCP server knows nothing of it; another machine is ProxyDHCP and boot server
#   plain     the DHCP server is the boot server, and its TFTP knows no options: blocks of 512 bytes
#
# Exit status 77: this needs Linux namespaces, /dev/net/tun and dnsmasq, and they are not to be had.
set -euo pipefail

skip() {
  echo "network-test: skipped: $1"
  exit 77
}

if [[ -z ${IN_NAMESPACE:-} ]]; then
  for program in dnsmasq ip unshare; do
    command -v "$program" >/dev/null || skip "there is no $program"
  done
  new_namespace=(unshare --net)
  [[ $(id -u) == 0 ]] || new_namespace+=(--map-root-user)
  "${new_namespace[@]}" ip tuntap add dev try mode tap 2>/dev/null || skip "no tap device in a namespace of our own"
  IN_NAMESPACE=1 exec "${new_namespace[@]}" "$0" "$@"
fi

mkimage=$1 directory=$2 case=$3
shift 3
logs=$(mktemp -d)
children=()
trap 'kill "${children[@]}" 2>/dev/null || true; rm -rf "$logs"' EXIT

# The machine's card on a bridge, with 192.168.77.1 on this side and 192.168.77.2 in another namespace.
unshare --net sleep infinity &
children+=($!)
server=(nsenter --net="/proc/$!/ns/net")
while [[ $(readlink "/proc/$!/ns/net") == "$(readlink /proc/self/ns/net)" ]]; do sleep 0.05; done
ip link add bridge type bridge forward_delay 0 # or it waits for half a minute
ip tuntap add dev machine mode tap
ip link add cable type veth peer name far-end
ip link set far-end netns "$!"
for link in machine cable; do ip link set "$link" master bridge; done
for link in bridge machine cable; do ip link set "$link" up; done
ip address add 192.168.77.1/24 dev bridge
"${server[@]}" ip address add 192.168.77.2/24 dev far-end
"${server[@]}" ip link set far-end up

# serve NAME OPTION...: a dnsmasq, on this side ("addresses") or on the other ("boot")
serve() {
  local name=$1 run_in=() interface=bridge
  shift
  [[ $name == addresses ]] || { run_in=("${server[@]}") interface=far-end; }
  "${run_in[@]}" dnsmasq --keep-in-foreground --conf-file=/dev/null --pid-file= --port=0 --user="$(id -un)" \
    --leasefile-ro --log-dhcp --log-facility="$logs/$name" --bind-interfaces --interface="$interface" "$@" &
  children+=($!)
}

boot_file=EFI/BOOT/BOOTX64.EFI
addresses=(--dhcp-range=192.168.77.50,192.168.77.60,1h)
tftp=(--enable-tftp --tftp-root="$directory")
case $case in
  another)
    serve addresses "${addresses[@]}" --dhcp-boot="$boot_file",,192.168.77.2
    serve boot "${tftp[@]}"
    ;;
  options) serve boot "${addresses[@]}" "${tftp[@]}" --dhcp-option-force=66,192.168.77.2 \
    --dhcp-option-force=67,"$boot_file" ;;
  proxy)
    serve addresses "${addresses[@]}"
    serve boot --dhcp-range=192.168.77.0,proxy "${tftp[@]}" --pxe-service=X86-64_EFI,Bowline,"$boot_file"
    ;;
  plain) serve boot "${addresses[@]}" "${tftp[@]}" --tftp-no-blocksize --dhcp-boot="$boot_file" ;;
  *) echo "network-test: there is no case $case"; exit 2 ;;
esac

status=0
"$BOOT_TEST" "$@" -- "$mkimage" test --timeout 150 --disk none "$directory" -- \
  -netdev tap,id=network,ifname=machine,script=no,downscript=no \
  -device virtio-net-pci,netdev=network,romfile=,bootindex=0 || status=$?
cat "$logs"/*
exit "$status"
