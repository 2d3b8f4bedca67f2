#!/bin/sh
# gdb where a virtio network card is realized.
#
#   scripts/gdb-realize.sh QEMINI        (make gdb)
#
# Stops in virtio_net_device_realize() and shows how it got there; then the
# prompt is yours.  Without a terminal gdb ends there.
#
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu

scripts=$(dirname "$0")
command -v gdb >/dev/null || { echo "make gdb: needs gdb" >&2; exit 1; }
batch=
[ -t 0 ] || batch=-batch

exec gdb -q $batch \
    -iex 'set debuginfod enabled off' -iex 'set auto-load safe-path /' \
    -x "$scripts/gdbinit" -x "$scripts/gdb/qemini.py" \
    -ex 'set breakpoint pending on' -ex 'set pagination off' \
    -ex 'handle SIGUSR1 SIGPIPE nostop noprint' \
    -ex 'break virtio_net_device_realize' -ex 'run' \
    -ex 'echo \n*** backtrace: how we came here\n\n' -ex 'backtrace' \
    -ex 'echo \n*** qemini chain: the same, outermost first, with objects\n\n' \
    -ex 'qemini chain' \
    -ex 'echo \nTry: next, step, qemini qom-path dev, qemini mtree\n' \
    --args "$1" -accel qtest -M pc -display none -S \
    -netdev hubport,hubid=0,id=net0 \
    -device virtio-net-pci,netdev=net0,id=nic0
