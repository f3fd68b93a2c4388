#!/bin/busybox sh
# The first program of a guest. A kernel that is given address=A and peer=B has a network at once, and says when B answers.
# Any other waits for lines on its second serial port: each is a command, and its output ends with EOT and its status.

/bin/busybox --install -s /bin
export PATH=/bin HOME=/root
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
ip link set lo up

if [ -n "$address" ]; then
  network guest "$address/24" || poweroff -f
  until ping -c 1 -W 1 -s 1000 "$peer"; do sleep 1; done
  echo "guest $address: $peer answers"
  while :; do sleep 60; done
fi

modules llc stp bridge mrp garp 8021q
exec </dev/ttyS1 >/dev/ttyS1 2>&1
stty -echo -onlcr
printf 'ready\004\n'
while read -r line; do
  (eval "$line") </dev/null
  printf '\004%s\n' $?
done
