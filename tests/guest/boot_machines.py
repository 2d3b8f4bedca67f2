"""The machines of boot-test.py: what there is to boot from, and what boots.

@NAME.KIND is an image that boot-test.py makes: img (raw), qcow2, iso, rom.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import re

import boot_image


class Boot:
    """One start of boot/boot.c.

    label    the image's
    disks    those that firmware calls hard disks, in its order
    before   what was said before
    count    how often this disk was booted from; None where it cannot be written
    """

    def __init__(self, label, disks, before='', count=1, geometry=r'\d+/16/63'):
        self.label = label
        self.disks = disks
        self.before = before
        self.count = count
        self.geometry = geometry

    def pattern(self):
        by_block, by_cylinder = boot_image.sums(self.label)
        write = self.count or r'status [0-9a-f]{2}'
        sectors = boot_image.SIZE // 512
        drive = (rf'80, EDD 30, {sectors} sectors of 512\n'
                 rf'data: {by_block}\n'
                 rf'geometry {self.geometry}: {by_cylinder}\n')
        return (re.escape(self.before) + f'boot {self.label}: drive {drive}'
                f'write: {write}\n'
                f'disks:{"".join(" " + disk for disk in self.disks.split())}\n')


class CdBoot(Boot):
    """One from a CD, which is no hard disk, and has no cylinders."""

    def pattern(self):
        by_block, _ = boot_image.sums(self.label)
        return (re.escape(self.before) + f'boot {self.label}: drive e0, EDD 30, '
                r'\d+ sectors of 2048\n'
                f'data: {by_block}\n'
                r'geometry status [0-9a-f]{2}\n'
                r'write: status [0-9a-f]{2}\n'
                f'disks:{"".join(" " + disk for disk in self.disks.split())}\n')


class Machine:
    """
    rounds   commands of QMP before each reset
    boots    a Boot for the start, and one for each reset
    written  images that are raw, and how often each was booted from
    kvm      options of -accel kvm
    """

    def __init__(self, name, options, boots, rounds=(), written=None, kvm=''):
        self.name = name
        self.options = options
        self.boots = boots
        self.rounds = rounds
        self.written = written or {}
        self.kvm = kvm

    def ends(self):
        """It ends by itself: there is one start, and something boots."""
        return len(self.boots) == 1 and not self.rounds


def drive(id, image, more=''):
    form = 'qcow2' if image.endswith('qcow2') else 'raw'
    return f'-drive if=none,id={id},file=@{image},format={form}{more} '


def set_index(device, index):
    return 'qom-set', {'path': device, 'property': 'bootindex', 'value': index}


THREAD = '-object iothread,id=t '
A = drive('a', 'first.img')
B = drive('b', 'second.img')
CD = drive('cd', 'silver.iso', ',media=cdrom')
BLK = '-device virtio-blk-pci'
SCSI = '-device virtio-scsi-pci'
HD = '-device scsi-hd'
FIRST = [Boot('first', 'first')]
SECOND = [Boot('second', 'second first')]
SILVER = [CdBoot('silver', '')]

QUICK = [
    Machine('virtio-blk and virtio-scsi, and another index before a reset',
            THREAD + drive('a', 'first.qcow2') + BLK +
            '-non-transitional,drive=a,iothread=t,bootindex=2 ' + B + SCSI +
            f'-non-transitional {HD},drive=b,scsi-id=3,lun=2,bootindex=1 ' +
            drive('c', 'third.img') + BLK +
            ',disable-modern=on,drive=c,id=third',
            [Boot('second', 'second first third'),
             Boot('third', 'third second first')],
            [[set_index('third', 0)]],
            {'second.img': 1, 'third.img': 1}),
    Machine('a CD, after a network that has nothing',
            '-boot order=nd -device virtio-net-pci,romfile=@net.rom ' + A + BLK +
            f',drive=a {CD} {SCSI} -device scsi-cd,drive=cd,scsi-id=1',
            [CdBoot('silver', 'first', 'network: none\n')],
            written={'first.img': 0}),
]

# Each transport, raw and qcow2, with and without a thread of its own.
FULL = QUICK + [
    Machine(f'virtio-blk-pci{kind}, {image}{" in a thread" if thread else ""}',
            (THREAD if thread else '') + drive('a', image) +
            f'{BLK}{kind},drive=a{",iothread=t" if thread else ""}',
            FIRST, kvm=kvm,
            written={'first.img': 1} if image == 'first.img' else None)
    for kind, image, thread, kvm in (
        ('', 'first.img', False, ''),
        ('-transitional', 'first.qcow2', True, ',kernel-irqchip=split'),
        ('-non-transitional', 'first.img', True, ',kernel-irqchip=off'),
        ('-non-transitional', 'first.qcow2', False, ''),
        (',disable-modern=on', 'first.img', True, ''))
] + [
    Machine(f'virtio-scsi-pci{kind}, target {target}, LUN {lun}, {image}'
            f'{" in a thread" if thread else ""}',
            (THREAD if thread else '') + drive('a', image) +
            f'{SCSI}{kind}{",iothread=t" if thread else ""} '
            f'{HD},drive=a,scsi-id={target},lun={lun}',
            FIRST,
            written={'first.img': 1} if image == 'first.img' else None)
    for kind, image, target, lun, thread in (
        ('', 'first.img', 0, 0, False),
        ('-transitional', 'first.img', 255, 0, True),
        ('-non-transitional', 'first.qcow2', 2, 5, True),
        (',disable-modern=on', 'first.img', 5, 1, True))
] + [
    Machine(f'scsi-cd, virtio-scsi-pci{kind}, target {target}'
            f'{" in a thread" if thread else ""}',
            (THREAD if thread else '') +
            f'{CD} {SCSI}{kind}{",iothread=t" if thread else ""} '
            f'-device scsi-cd,drive=cd,scsi-id={target}', SILVER)
    for kind, target, thread in (('', 0, False), (',disable-modern=on', 4, True),
                                 ('-non-transitional', 9, True))
] + [
    # Who is first.
    Machine('two disks of virtio-blk, by their slots',
            f'{A} {B} {BLK},drive=b,addr=5 {BLK},drive=a,addr=4',
            [Boot('first', 'first second')],
            written={'first.img': 1, 'second.img': 0}),
    Machine('two disks of virtio-blk, the second by bootindex',
            f'{A} {B} {BLK},drive=a,addr=4 {BLK},drive=b,addr=5,bootindex=9',
            SECOND, written={'first.img': 0, 'second.img': 1}),
    Machine('two targets, the second by bootindex',
            f'{A} {B} {SCSI} {HD},drive=a,scsi-id=1,bootindex=1 '
            f'{HD},drive=b,scsi-id=2,bootindex=0', SECOND),
    Machine('two LUNs, the second by bootindex',
            f'{A} {B} {SCSI} {HD},drive=a,scsi-id=1,lun=0,bootindex=1 '
            f'{HD},drive=b,scsi-id=1,lun=1,bootindex=0', SECOND),
    Machine('-drive if=virtio without bootindex',
            '-drive if=virtio,file=@first.qcow2,format=qcow2 '
            '-drive if=virtio,file=@second.img,format=raw,readonly=on',
            [Boot('first', 'first second')], written={'second.img': 0}),
    Machine('a disk that cannot be written',
            '-drive if=virtio,file=@first.img,format=raw,readonly=on',
            [Boot('first', 'first', count=None)], written={'first.img': 0}),
    Machine('a disk behind bridges',
            '-device pci-bridge,id=b1,chassis_nr=1 '
            f'-device pci-bridge,id=b2,bus=b1,chassis_nr=2,addr=3 {A} {B} '
            f'{BLK},drive=a,bus=b1,addr=4 {SCSI},bus=b2,addr=5 '
            f'{HD},drive=b,bootindex=1', SECOND),
    Machine('a disk with a geometry of its own',
            f'{A} {BLK},drive=a,lcyls=9,lheads=32,lsecs=14',
            [Boot('first', 'first', geometry='8/32/14')]),
    Machine('two CPUs, a queue for each',
            f'-smp 2 {A} {B} {BLK},drive=a,packed=on {SCSI},num_queues=2 '
            f'{HD},drive=b,bootindex=1', SECOND),
    # -boot
    Machine('-boot order=c', f'{A} {BLK},drive=a {CD} {SCSI} '
            '-device scsi-cd,drive=cd -boot order=c', FIRST),
    Machine('-boot order=d', f'{A} {BLK},drive=a {CD} {SCSI} '
            '-device scsi-cd,drive=cd -boot d',
            [CdBoot('silver', 'first')]),
    Machine('-boot order=dc with an empty tray', f'{A} {BLK},drive=a {SCSI} '
            '-device scsi-cd -boot order=dc', FIRST),
    Machine('-boot order=nc, an option ROM of nobody',
            f'{A} {BLK},drive=a -option-rom @net.rom -boot order=nc',
            [Boot('first', 'first', 'network: none\n')]),
    Machine('an option ROM with a bootindex, and -boot menu=on,strict=on',
            f'{A} {B} {BLK},drive=a {BLK},drive=b,bootindex=2 '
            '-device virtio-net-pci,romfile=@net.rom,bootindex=1 '
            '-boot menu=on,strict=on,splash-time=1',
            [Boot('second', 'second', 'network: none\n')]),
    Machine('-boot strict=on with a disk that does not boot',
            f'{A} {BLK},drive=a {drive("c", "blank.img")} {SCSI} '
            f'{HD},drive=c,bootindex=1 -boot strict=on', [],
            [[]], written={'first.img': 0}),
    Machine('a disk that does not boot, and a CD',
            f'{drive("c", "blank.img")} {BLK},drive=c,bootindex=1 '
            f'{CD} {SCSI} -device scsi-cd,drive=cd', [CdBoot('silver', 'blank')]),
    Machine('-boot once=d', f'{A} {BLK},drive=a {CD} {SCSI} '
            '-device scsi-cd,drive=cd -boot once=d,order=c',
            [CdBoot('silver', 'first'), Boot('first', 'first')], [[]],
            {'first.img': 1}),
    # Between two boots.
    Machine('a disk and a CD that are plugged in, a CD that is changed',
            f'{A} {BLK},drive=a,bootindex=3 {B} {CD} {SCSI},id=s '
            '-device scsi-cd,id=tray,scsi-id=5,bootindex=1 ',
            [Boot('first', 'first'), CdBoot('gold', 'first'),
             Boot('second', 'second first')],
            [[('blockdev-change-medium',
               {'id': 'tray', 'filename': '@gold.iso', 'format': 'raw'})],
             [('device_add', {'driver': 'scsi-hd', 'drive': 'b', 'scsi-id': 6,
                              'bootindex': 0})]]),
] + [
    # The board without PCI.
    Machine(f'microvm, {name}',
            f'-M microvm -bios SEABIOS/bios-microvm.bin {A} {B} {options}',
            SECOND, kvm=kvm)
    for name, options, kvm in (
        ('virtio-blk-device',
         '-device virtio-blk-device,drive=a,bootindex=2 '
         '-device virtio-blk-device,drive=b,bootindex=1', ''),
        ('virtio-blk-device of virtio 1, and virtio-scsi-device',
         '-global virtio-mmio.force-legacy=off '
         '-device virtio-blk-device,drive=a,bootindex=2 '
         f'-device virtio-scsi-device {HD},drive=b,scsi-id=2,bootindex=1',
         ',kernel-irqchip=split'))
]
