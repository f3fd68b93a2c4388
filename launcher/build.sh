#!/bin/bash
# Compiles launcher.c for each kind of processor. Who changes it runs this, and commits what comes out: whoever installs
# or builds the package needs no C compiler. For another kind than this machine's, it needs Debian's cross compiler
# (gcc-aarch64-linux-gnu libc6-dev-arm64-cross). What is in the tree was compiled by GCC 12.2.0, Debian 12's: tests compile
# it again and compare, where that is at hand.

set -eu
cd "$(dirname "$0")"
into=${1:-.}

flags=(-Os -Wall -Wextra -Werror -std=gnu11 -ffreestanding -fno-builtin -fno-stack-protector -fno-asynchronous-unwind-tables
  -fno-tree-loop-distribute-patterns -fvisibility=hidden -fPIE -nostdlib -static-pie
  -Wl,--no-dynamic-linker,--build-id=none,-z,noexecstack,-z,norelro,-z,max-page-size=65536,-z,noseparate-code,-s)

compile() {
  local compiler=$1 name=$2
  shift 2
  if ! type -P "$compiler" >/dev/null; then
    echo "no $compiler: $name is left as it is"
  else
    "$compiler" "${flags[@]}" "$@" -o "$into/launcher-$name" launcher.c
  fi
}

compile x86_64-linux-gnu-gcc x64 -fcf-protection=none
compile aarch64-linux-gnu-gcc arm64
