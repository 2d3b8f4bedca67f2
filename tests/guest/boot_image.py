"""Images to boot from, around the program of boot/boot.c: a disk, a CD, an
option ROM; and one as qcow2.

    from boot_image import blank, cd, disk, qcow2, rom, said

    program = open('boot.bin', 'rb').read()
    open('a.img', 'wb').write(disk(program, 'first'))
    open('a.qcow2', 'wb').write(qcow2(disk(program, 'first')))
    open('a.iso', 'wb').write(cd(program, 'silver'))

SPDX-License-Identifier: GPL-2.0-or-later
"""

import random
import struct

# As in boot/boot.h.
SECTOR = 512
LABEL, LABEL_SIZE = 4, 16
DATA, DATA_SIZE = 0x10000, 0x10000
SCRATCH = 0x20000

# Four cylinders of 16 heads and 63 sectors: SeaBIOS takes a SCSI disk of another
# size for one with 64 sectors on a track, which is 0 in INT 13h's six bits.
SIZE = 4 * 16 * 63 * SECTOR

# ISO 9660 and El Torito.
BLOCK = 2048
CATALOG, PROGRAM = 19, 20       # blocks


def labelled(program, label):
    """The program (without the boot sector before it), with its disk's name."""
    name = label.encode().ljust(LABEL_SIZE, b'\0')
    assert len(name) == LABEL_SIZE and name[-1] == 0
    return program[:LABEL] + name + program[LABEL + LABEL_SIZE:]


def data(label):
    """What is at DATA: something else in each image."""
    return random.Random(label).randbytes(DATA_SIZE)


def fill(image, at, what):
    image[at:at + len(what)] = what


def blank(label, size=SIZE):
    """A disk with a name, from which nobody can boot."""
    image = bytearray(size)
    fill(image, SECTOR, labelled(bytes(SECTOR), label))
    fill(image, DATA, data(label))
    return image


def disk(program, label, size=SIZE):
    image = blank(label, size)
    fill(image, 0, program[:SECTOR])
    fill(image, SECTOR, labelled(program[SECTOR:], label))
    return image


def cd(program, label, size=SIZE):
    """El Torito without emulation: firmware loads the program to 0x7e00."""
    program = labelled(program[SECTOR:], label)
    sectors = -(-len(program) // SECTOR)
    image = bytearray(size)
    primary = struct.pack('<B5sBx32s32s8xII', 1, b'CD001', 1, b' ' * 32,
                          label.upper().encode().ljust(32), size // BLOCK, 0)
    fill(image, 16 * BLOCK, primary)
    fill(image, 17 * BLOCK, struct.pack(
        '<B5sB32s32xI', 0, b'CD001', 1, b'EL TORITO SPECIFICATION', CATALOG))
    fill(image, 18 * BLOCK, struct.pack('<B5sB', 255, b'CD001', 1))
    # Whose words' sum is 0.
    validation = struct.pack('<BB2x24sHBB', 1, 0, b'qemini', 0, 0x55, 0xaa)
    total = -sum(struct.unpack('<16H', validation)) & 0xffff
    fill(image, CATALOG * BLOCK, validation[:28] +
         struct.pack('<HBB', total, 0x55, 0xaa))
    # Bootable, no emulation, the segment, so many sectors of 512 bytes.
    fill(image, CATALOG * BLOCK + 32, struct.pack(
        '<BBHBBHI', 0x88, 0, 0x7e0, 0, 0, sectors, PROGRAM))
    fill(image, PROGRAM * BLOCK, program)
    fill(image, DATA, data(label))
    return image


def rom(code):
    """An option ROM is one if the sum of its bytes is 0."""
    return code[:-1] + bytes([-sum(code[:-1]) & 0xff])


def qcow2(image, cluster_bits=16):
    """All of it allocated: header, counts' table and block, L1, L2, data."""
    cluster = 1 << cluster_bits
    clusters = 5 + -(-len(image) // cluster)
    assert clusters * 2 <= cluster
    used = 1 << 63
    header = struct.pack('>4sIQIIQIIQQIIQQQQII', b'QFI\xfb', 3, 0, 0,
                         cluster_bits, len(image), 0, 1, 3 * cluster, cluster,
                         1, 0, 0, 0, 0, 0, 4, 104)
    parts = [header,
             struct.pack('>Q', 2 * cluster),
             struct.pack('>H', 1) * clusters,
             struct.pack('>Q', used | 4 * cluster),
             b''.join(struct.pack('>Q', used | n * cluster)
                      for n in range(5, clusters))]
    return b''.join(part.ljust(cluster, b'\0') for part in parts) + image + \
        bytes(-len(image) % cluster)


def sum_of(words):
    total = 0
    for word in struct.unpack(f'<{len(words) // 4}I', words):
        total = ((total << 1 | total >> 31) & 0xffffffff) ^ word
    return f'{total:08x}'


def sums(label):
    """What boot.c says of DATA, read by block and by cylinder."""
    return sum_of(data(label)), sum_of(data(label)[:8 * SECTOR])
