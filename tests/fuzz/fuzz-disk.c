/*
 * libFuzzer is a driver of virtio-blk, and of a SCSI disk and a CD behind
 * virtio-scsi.
 *
 * An input is which of the two devices, what was negotiated, and then bytes of a
 * small language: whole requests, or anything anywhere in rings and buffers, and
 * kicks, resets, a medium that changes, a machine that stops.  After each input
 * the device is reset, and has to read a sector as ever.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "fuzz.h"
#include "fuzz-virtio.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-block.h"
#include "qemu/bswap.h"
#include "qemu/main-loop.h"
#include "standard-headers/linux/virtio_blk.h"
#include "standard-headers/linux/virtio_scsi.h"
#include "sysemu/block-backend.h"
#include "sysemu/runstate.h"

#define HEAD    BUFFERS
#define DATA    (BUFFERS + 0x200)
#define TAIL    (BUFFERS + 0x3000)
#define SECTORS 2048

static bool is_scsi;
static int request_queue;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    fuzz_init((const char *const[]){
        "-global", "virtio-device.packed=on",
        "-blockdev", "null-co,node-name=n0,size=1048576,read-zeroes=on",
        "-blockdev", "null-co,node-name=n1,size=1048576,read-zeroes=on",
        "-blockdev", "null-co,node-name=n2,size=1048576,read-zeroes=on",
        "-device", "virtio-blk-pci,drive=n0,id=blk,ioeventfd=off",
        "-device", "virtio-scsi-pci,id=hba,ioeventfd=off",
        "-device", "scsi-hd,drive=n1,bus=hba.0,lun=0,id=hd",
        "-device", "scsi-cd,drive=n2,bus=hba.0,lun=1,id=cd", NULL });
    return 0;
}

static void choose_device(bool scsi)
{
    is_scsi = scsi;
    request_queue = scsi ? 2 : 0;
    fuzz_virtio_init(scsi ? "hba" : "blk", scsi ? 3 : 1);
}

static void set_desc(int i, uint64_t addr, uint32_t len, uint16_t flags)
{
    uint8_t *desc = fuzz_arena + RING(request_queue) + i * 16;

    stq_le_p(desc, addr);
    stl_le_p(desc + 8, len);
    stw_le_p(desc + 12, flags | VRING_DESC_F_NEXT);
    stw_le_p(desc + 14, i + 1);
}

static void end_desc(int i)
{
    uint8_t *desc = fuzz_arena + RING(request_queue) + i * 16;

    stw_le_p(desc + 12, lduw_le_p(desc + 12) & ~VRING_DESC_F_NEXT);
}

/* The next entry of a split ring is the chain at descriptor 0. */
static void offer_request(void)
{
    uint8_t *avail = fuzz_arena + RING(request_queue) + AVAIL;
    uint16_t idx = lduw_le_p(avail + 2);

    stw_le_p(avail + 4 + 2 * (idx % 16), 0);
    stw_le_p(avail + 2, idx + 1);
    virtio_queue_notify(fuzz_vdev, request_queue);
}

/* What a driver could have sent: its header in place, the rest as the input says. */
static void op_request(Input *in)
{
    uint8_t how = input_byte(in);
    uint32_t len = input_word(in) & 0x2fff;
    bool write = how & 1;
    unsigned head_len, tail_len;
    int n = 0;

    memset(fuzz_arena + HEAD, 0, 0x200);
    if (is_scsi) {
        struct virtio_scsi_cmd_req *req = (void *)(fuzz_arena + HEAD);

        head_len = sizeof(*req);
        tail_len = sizeof(struct virtio_scsi_cmd_resp);
        req->lun[0] = 1;
        req->lun[2] = 0x40;
        req->lun[3] = how >> 1 & 1;
        for (int i = 0; i < 12; i++) {
            req->cdb[i] = input_byte(in);
        }
    } else {
        struct virtio_blk_outhdr *req = (void *)(fuzz_arena + HEAD);

        head_len = sizeof(*req);
        tail_len = 1;
        req->type = cpu_to_le32(input_byte(in) & (how & 2 ? 0xff : 15));
        req->sector = cpu_to_le64(input_word(in) % (2 * SECTORS));
    }
    if (how & 0x10) {
        len &= ~511;
    }

    set_desc(n++, ARENA + HEAD, how & 0x20 ? input_byte(in) : head_len, 0);
    if (write) {
        set_desc(n++, ARENA + DATA, len, 0);
    }
    if (!write && !is_scsi) {
        set_desc(n++, ARENA + DATA, len, VRING_DESC_F_WRITE);
    }
    set_desc(n++, ARENA + TAIL, how & 0x40 ? input_byte(in) : tail_len,
             VRING_DESC_F_WRITE);
    if (!write && is_scsi) {
        set_desc(n++, ARENA + DATA, len, VRING_DESC_F_WRITE);
    }
    end_desc(n - 1);
    offer_request();
}

/* virtio-scsi's control queue: task management, and asking for events. */
static void op_control(Input *in)
{
    struct virtio_scsi_ctrl_tmf_req *req = (void *)(fuzz_arena + HEAD);
    int saved = request_queue;

    request_queue = 0;
    req->type = cpu_to_le32(input_byte(in) % 4);
    req->subtype = cpu_to_le32(input_byte(in) % 9);
    req->lun[0] = 1;
    req->lun[2] = 0x40;
    req->lun[3] = input_byte(in) & 3;
    req->tag = input_byte(in) & 1;
    set_desc(0, ARENA + HEAD, sizeof(*req), 0);
    set_desc(1, ARENA + TAIL, 16, VRING_DESC_F_WRITE);
    end_desc(1);
    offer_request();
    request_queue = saved;
}

/* null-co cannot: but it is asked, with all that comes before. */
static void resize(int64_t bytes)
{
    qmp_block_resize(false, NULL, true, is_scsi ? "n1" : "n0", bytes, NULL);
}

static void op_medium(uint8_t how)
{
    if (how & 1) {
        qmp_eject(false, NULL, true, "cd", true, how & 2, NULL);
    } else if (how & 2) {
        qmp_blockdev_open_tray(false, NULL, true, "cd", true, how & 4, NULL);
    } else {
        qmp_blockdev_close_tray(false, NULL, true, "cd", NULL);
        qmp_blockdev_insert_medium("cd", "n2", NULL);
    }
}

static void run_op(Input *in)
{
    uint8_t op = input_byte(in);
    int q = op % (is_scsi ? 3 : 1);

    switch (op / 3 % 16) {
    case 0 ... 5:
        op_request(in);
        break;
    case 6:
    case 7:
        fuzz_desc(in, q);
        break;
    case 8:
        fuzz_write(in);
        break;
    case 9:
        fuzz_avail(in, q);
        break;
    case 10:
        virtio_queue_notify(fuzz_vdev, q);
        break;
    case 11:
        if (is_scsi) {
            op_control(in);
        } else {
            virtio_config_writeb(fuzz_vdev,
                                 offsetof(struct virtio_blk_config, wce),
                                 input_byte(in));
        }
        break;
    case 12:
        op_medium(input_byte(in));
        break;
    case 13:
        resize(1 + input_word(in) * 512ll);
        break;
    case 14:
        fuzz_stop_or_go();
        break;
    default:
        fuzz_reset_queue(q);
        break;
    }
    main_loop_wait(true);
}

/* A driver that keeps to the rules: it reads a sector, which is zero. */
static void check_works(void)
{
    uint8_t *used = fuzz_arena + RING(request_queue) + USED;
    const uint8_t read_10[] = { 0x28, 0, 0, 0, 0, 0, 0, 0, 1 };
    /* A reset, and a capacity that has changed, are told first. */
    int tries = is_scsi ? 8 : 1;
    bool good = false;

    resize(SECTORS * 512);
    if (!runstate_is_running()) {
        vm_start();
    }
    fuzz_start(1ull << VIRTIO_F_VERSION_1, 16);
    for (int n = 0; n < tries && !good; n++) {
        uint8_t request[] = { 0x10, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
        Input in = { request, sizeof(request) };

        if (is_scsi) {
            memcpy(request + 3, read_10, sizeof(read_10));
        }
        memset(fuzz_arena + TAIL, 0xff, 256);
        memset(fuzz_arena + DATA, 0xff, 512);
        op_request(&in);
        for (int i = 0; i < 10 && lduw_le_p(used + 2) != n + 1; i++) {
            main_loop_wait(true);
        }
        g_assert_cmpuint(lduw_le_p(used + 2), ==, n + 1);
        if (is_scsi) {
            struct virtio_scsi_cmd_resp *resp = (void *)(fuzz_arena + TAIL);

            g_assert_cmpint(resp->response, ==, VIRTIO_SCSI_S_OK);
            good = resp->status == 0;
        } else {
            good = fuzz_arena[TAIL] == VIRTIO_BLK_S_OK;
        }
    }
    g_assert_true(good);
    for (int i = 0; i < 512; i++) {
        g_assert_cmphex(fuzz_arena[DATA + i], ==, 0);
    }
    g_assert_false(fuzz_vdev->broken);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned bits[] = {
        VIRTIO_F_RING_PACKED, VIRTIO_RING_F_EVENT_IDX,
        VIRTIO_RING_F_INDIRECT_DESC, VIRTIO_F_VERSION_1,
    };
    Input in = { data, size };
    uint8_t choice = input_byte(&in);

    choose_device(choice & 0x80);
    fuzz_start(fuzz_features(bits, ARRAY_SIZE(bits), choice), 16);
    while (in.size) {
        run_op(&in);
    }
    check_works();
    return 0;
}
