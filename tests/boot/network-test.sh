#!/usr/bin/env bash
# A boot over a real network: dnsmasq as DHCP server, ProxyDHCP server and TFTP server, and Python's HTTP
# server, in network namespaces of its own. What QEMU's built-in servers cannot do.
#
#   network-test.sh MKIMAGE DIRECTORY [--bios|--uefi32|--ipxe] CASE [CHECK of boot-test.sh]...
#
# UEFI firmware has its own network stack; with --ipxe, that of the card's ROM.
# DIRECTORY is what mkimage netboot has written, with a kernel that expects the server 192.168.77.2.
# CASE is one of
#   another   the DHCP server names another machine as the boot server (siaddr)
#   options   the DHCP server is the boot server; options 66 and 67 name server and file
#   proxy     the DHCP server knows nothing of it; another machine is ProxyDHCP and boot server
#   both      the DHCP server is the boot server, and tells BIOS and UEFI apart as docs/network.md has it
#   noisy     the machine is sent packets all the time, also when it listens no longer
#   plain     the DHCP server is the boot server, and its TFTP knows no options: blocks of 512 bytes
#   http         the DHCP server names a URI of the other machine
#   http-far     the URI has that machine's name, which is on another network, behind a router
#   http-named   the URI and the names of files have spaces and letters that are not of ASCII
#   http-missing the server has not got a module
#   http-option  a boot option of the firmware has the URI, and DHCP has only addresses
#   http-ip6     the same by IPv6
#   http-tls     the server speaks TLS, and the firmware is told whose certificate to trust
#   http-HABIT   the server has another habit of odd_http_server.py
#
# Exit status 77: this needs Linux namespaces, /dev/net/tun, dnsmasq and Python, and they are not to be had.
set -euo pipefail

skip() {
  echo "network-test: skipped: $1"
  exit 77
}

if [[ -z ${IN_NAMESPACE:-} ]]; then
  for program in dnsmasq ip python3 unshare; do
    command -v "$program" >/dev/null || skip "there is no $program"
  done
  new_namespace=(unshare --net)
  [[ $(id -u) == 0 ]] || new_namespace+=(--map-root-user)
  "${new_namespace[@]}" ip tuntap add dev try mode tap 2>/dev/null || skip "no tap device in a namespace of our own"
  IN_NAMESPACE=1 exec "${new_namespace[@]}" "$0" "$@"
fi

mkimage=$1 directory=$2
shift 2
router=()
firmware_option=() boot_file=EFI/BOOT/BOOTX64.EFI client=X86-64_EFI card=virtio-net-pci,romfile=
if [[ $1 == --bios ]]; then
  firmware_option=(--bios) boot_file=bowline.0 client=x86PC card=virtio-net-pci
  router=(--enable-ra --dhcp-range=fd00::,ra-only) # or iPXE looks for one for a quarter of a minute
  shift
elif [[ $1 == --uefi32 ]]; then
  firmware_option=(--uefi32) boot_file=EFI/BOOT/BOOTIA32.EFI client=IA32_EFI
  shift
elif [[ $1 == --ipxe ]]; then
  card=virtio-net-pci
  shift
fi
case=$1
shift
logs=$(mktemp -d)
children=()
firmware=()
boot_index=,bootindex=0
dns_port=0 # none
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
((${#router[@]} == 0)) || "${server[@]}" ip address add fd00::2/64 dev far-end nodad

# serve NAME OPTION...: a dnsmasq, on this side ("addresses") or on the other ("boot")
serve() {
  local name=$1 run_in=() interface=bridge
  shift
  [[ $name == addresses ]] || { run_in=("${server[@]}") interface=far-end; set -- "$@" "${router[@]}"; }
  "${run_in[@]}" dnsmasq --keep-in-foreground --conf-file=/dev/null --pid-file= --port="$dns_port" --user="$(id -un)" \
    --leasefile-ro --log-dhcp --log-facility="$logs/$name" --bind-interfaces --interface="$interface" "$@" &
  children+=($!)
}

# serve_http DIRECTORY [HABIT [PORT]]: on the other side; returns when it answers
serve_http() {
  local command=(python3 -m http.server --directory "$1" --bind :: 80)
  [[ -z ${2:-} ]] || command=("$(dirname "$0")/odd_http_server.py" 0.0.0.0 "$1" "$2" "$logs")
  "${server[@]}" ip link set lo up
  "${server[@]}" "${command[@]}" >"$logs/http" 2>&1 &
  children+=($!)
  until "${server[@]}" bash -c ": <>/dev/tcp/127.0.0.1/${3:-80}" 2>/dev/null; do
    kill -0 "$!" || { cat "$logs/http"; exit 1; }
    sleep 0.05
  done
}

# le32 NUMBER: as four bytes
le32() {
  printf "$(printf '\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24)))"
}

# make_certificate ADDRESS: key.pem and certificate.pem, and the latter as a list of signatures (UEFI 2.10, 32.4.1)
make_certificate() {
  local size
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$1" -addext "subjectAltName=IP:$1" \
    -keyout "$logs/key.pem" -out "$logs/certificate.pem" 2>/dev/null
  openssl x509 -in "$logs/certificate.pem" -outform DER -out "$logs/certificate.der"
  size=$(stat -c %s "$logs/certificate.der")
  {
    printf '\xa1\x59\xc0\xa5\xe4\x94\xa7\x4a\x87\xb5\xab\x15\x5c\x2b\xf0\x72' # EFI_CERT_X509_GUID
    le32 $((size + 44))
    le32 0
    le32 $((size + 16))
    head -c 16 /dev/zero # the owner
    cat "$logs/certificate.der"
  } >"$logs/certificate.list"
}

# uri URI: the options of a dnsmasq that names it to those who want one
uri() {
  uri=(--dhcp-vendorclass=set:http,HTTPClient --dhcp-option-force=tag:http,60,HTTPClient --dhcp-boot=tag:http,"$1")
}

# noise: packets for the machine, which need not have told its address to be sent them
noise() {
  ip neighbour replace 192.168.77.50 lladdr 52:54:00:12:34:56 dev bridge
  while sleep 0.01; do
    echo "nothing but noise" >/dev/udp/192.168.77.50/49152 || true
  done 2>/dev/null
}

# boot_option URI: an option of the firmware, before those that it makes itself
boot_option() {
  export OVMF_CODE=/usr/share/OVMF/OVMF_CODE_4M.fd OVMF_VARS=$logs/variables
  "$(dirname "$0")/variables.py" /usr/share/OVMF/OVMF_VARS_4M.fd "$OVMF_VARS" "uri=$1"
  boot_index=
}

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
    serve boot --dhcp-range=192.168.77.0,proxy "${tftp[@]}" --pxe-service="$client",Bowline,"$boot_file"
    ;;
  both) serve boot "${addresses[@]}" "${tftp[@]}" --dhcp-match=set:bios,option:client-arch,0 \
    --dhcp-boot=tag:bios,bowline.0 --dhcp-boot=tag:!bios,EFI/BOOT/BOOTX64.EFI ;;
  noisy)
    addresses=(--dhcp-range=192.168.77.50,192.168.77.50,1h)
    serve boot "${addresses[@]}" "${tftp[@]}" --dhcp-boot="$boot_file"
    noise &
    children+=($!)
    ;;
  plain) serve boot "${addresses[@]}" "${tftp[@]}" --tftp-no-blocksize --dhcp-boot="$boot_file" ;;
  http)
    uri http://192.168.77.2/$boot_file
    serve addresses "${addresses[@]}" "${uri[@]}"
    serve_http "$directory"
    ;;
  http-missing)
    cp -r "$directory" "$logs/files"
    rm "$logs"/files/modules/first*
    uri http://192.168.77.2/$boot_file
    serve addresses "${addresses[@]}" "${uri[@]}"
    serve_http "$logs/files"
    ;;
  http-far)
    ip address add 10.9.8.1/24 dev bridge
    echo 1 >/proc/sys/net/ipv4/ip_forward
    "${server[@]}" ip address replace 10.9.8.7/24 dev far-end
    "${server[@]}" ip address del 192.168.77.2/24 dev far-end
    "${server[@]}" ip route add default via 10.9.8.1
    uri http://files.example:80/$boot_file
    dns_port=53
    serve addresses --no-hosts --no-resolv --host-record=files.example,10.9.8.7 "${addresses[@]}" "${uri[@]}"
    serve_http "$directory"
    ;;
  http-named)
    mkdir "$logs/files"
    cp -r "$directory" "$logs/files/großer Bruder"
    mv "$logs/files/großer Bruder/kernel.elf" "$logs/files/großer Bruder/der Kern+é.elf"
    sed -i 's|^kernel .*|kernel "/der Kern+é.elf"|' "$logs/files/großer Bruder/bowline/boot.conf"
    uri http://192.168.77.2/gro%C3%9Fer%20Bruder/$boot_file
    serve addresses "${addresses[@]}" "${uri[@]}"
    serve_http "$logs/files"
    ;;
  http-option)
    boot_option http://192.168.77.2/$boot_file
    serve addresses "${addresses[@]}"
    serve_http "$directory"
    ;;
  http-ip6)
    boot_option "http://[fd00::2]/$boot_file"
    ip address add fd00::1/64 dev bridge nodad
    "${server[@]}" ip address add fd00::2/64 dev far-end nodad
    serve addresses "${addresses[@]}" --enable-ra --dhcp-range=fd00::50,fd00::60,64,1h
    serve_http "$directory"
    ;;
  http-tls)
    make_certificate 192.168.77.2
    uri https://192.168.77.2/$boot_file
    serve addresses "${addresses[@]}" "${uri[@]}"
    serve_http "$directory" tls 443
    firmware+=(-fw_cfg name=etc/edk2/https/cacerts,file="$logs/certificate.list")
    ;;
  http-*)
    uri http://192.168.77.2/$boot_file
    serve addresses "${addresses[@]}" "${uri[@]}"
    serve_http "$directory" "${case#http-}"
    ;;
  *) echo "network-test: there is no case $case"; exit 2 ;;
esac
# The firmware tries PXE first, which would take a minute.
[[ $case != http* ]] || firmware+=(-fw_cfg name=opt/org.tianocore/IPv4PXESupport,string=n
  -fw_cfg name=opt/org.tianocore/IPv6PXESupport,string=n)

status=0
"$BOOT_TEST" "$@" -- "$mkimage" test "${firmware_option[@]}" --timeout 150 --disk none "$directory" -- \
  -netdev tap,id=network,ifname=machine,script=no,downscript=no \
  -device "$card",netdev=network"$boot_index" "${firmware[@]}" || status=$?
cat "$logs"/{addresses,boot,http} 2>/dev/null || true
exit "$status"
