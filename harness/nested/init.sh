#!/usr/bin/busybox sh
# First process of the nested host: mounts, network, SSH. Everything else is asked for over SSH.
BB=/usr/bin/busybox
$BB mkdir -p /proc /sys /dev /run /tmp /var/run /var/log /root
$BB mount -t devtmpfs devtmpfs /dev
$BB mkdir -p /dev/pts /dev/shm /dev/hugepages
$BB mount -t proc proc /proc
$BB mount -t sysfs sysfs /sys
$BB mount -t devpts devpts /dev/pts
$BB mount -t tmpfs tmpfs /dev/shm
$BB mount -t hugetlbfs hugetlbfs /dev/hugepages 2>/dev/null
$BB mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null
$BB mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
$BB mkdir -p /bin /sbin
$BB --install -s /bin
export PATH=/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin HOME=/root

hostname prezero
ifconfig lo 127.0.0.1 up
# User networking of QEMU always hands out this network; a DHCP round trip would only cost time.
ifconfig eth0 10.0.2.15 netmask 255.255.255.0 up
ulimit -l unlimited
ulimit -c 0

mkdir -p /etc/dropbear
chmod 700 /root /root/.ssh /etc/dropbear
chmod 600 /root/.ssh/authorized_keys /etc/dropbear/host_key
dropbear -s -j -k -E -r /etc/dropbear/host_key -P /run/dropbear.pid -p 22
echo "prezero-init: ready after $(cut -d' ' -f1 /proc/uptime) s" >/dev/console

# A shell on the serial console for a person; init itself only reaps.
while :; do
	setsid cttyhack sh -l </dev/ttyS0 >/dev/ttyS0 2>&1
	sleep 1
done
