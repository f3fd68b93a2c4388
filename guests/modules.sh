#!/bin/sh
# modules NAME... - loads modules of the kernel, each after what it needs.
for name; do insmod "/lib/modules/$name.ko" || exit; done
