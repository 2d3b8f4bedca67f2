/*
 * Requests of 4 KiB at random places, through virtio-blk and virtio-scsi.
 *
 * The driver does what Linux's does: indirect tables, event_idx, and a kick
 * only when the device asks for one.  The rings are memory that it shares with
 * the VMM (bench-virtio.h), and the doorbell is the ioeventfd itself, as KVM
 * would signal it: no qtest command is in the way.  Interrupts are not asked
 * for; the driver looks at the used ring.
 *
 *   depth N   N requests are under way all the time: each that is back makes room
 *             for another one
 *
 * A shared machine is quick now and slow then, for seconds: the VMMs that are
 * compared run in turns, a quarter of a second each, and the best turn of each
 * counts.
 *
 * null-co has the cost of the device, the block layer and the event loop alone.
 * What a file adds is for the most part the kernel's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <fcntl.h>
#include <linux/virtio_blk.h>
#include <linux/virtio_scsi.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include "qemu/bswap.h"
#include "bench-virtio.h"

#define DISK_RING_SIZE     128
#define DISK_RING_STRIDE   0x10000
#define DISK_RINGS         0x100000
#define DISK_SLOTS         0x200000
#define DISK_BUFS          0x400000
#define DISK_BLOCK         4096
#define DISK_SIZE          (256ull << 20)
#define DISK_MAX_DEPTH     32
#define DISK_TURNS         6
#define DISK_SECONDS       0.25
#define DISK_SPINS         2000
#define MAX_EVENTFDS       256

/* What a request needs beside its data, in guest memory. */
typedef struct BenchSlot {
    union {
        struct virtio_blk_outhdr blk;
        struct virtio_scsi_cmd_req scsi;
    } head;
    union {
        uint8_t blk;
        struct virtio_scsi_cmd_resp scsi;
    } tail;
    struct vring_desc table[3];
} BenchSlot;

typedef struct BenchDisk {
    BenchDriver drv;
    bool scsi;
    struct vring vr;
    uint16_t avail_idx;
    uint64_t notify;            /* guest address of the doorbell … */
    int kick_fd;                /* … and what it signals, or -1 */
    int spins;                  /* before it makes room for other threads */
    uint64_t random;
} BenchDisk;

typedef struct BenchDiskCase {
    const char *what;
    const char *drive;          /* options of -drive */
    bool scsi, iothread, file, direct;
} BenchDiskCase;

static const BenchDiskCase disk_cases[] = {
    { "null-co", "driver=null-co,size=256M" },
    { "null-co, iothread", "driver=null-co,size=256M", .iothread = true },
    { "null-co, scsi", "driver=null-co,size=256M", .scsi = true },
    { "file, threads", "aio=threads", .iothread = true, .file = true },
    { "file, io_uring", "aio=io_uring", .iothread = true, .file = true },
    { "file, io_uring, no cache", "aio=io_uring,cache=none", .iothread = true,
      .file = true, .direct = true },
};

/* The doorbell */

/* Which descriptors of @pid are eventfds. */
static int list_eventfds(pid_t pid, int *fds)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/fd", pid);
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;
    int n = 0;

    g_assert_nonnull(dir);
    while ((name = g_dir_read_name(dir)) && n < MAX_EVENTFDS) {
        g_autofree char *link = g_build_filename(path, name, NULL);
        g_autofree char *target = g_file_read_link(link, NULL);

        if (target && strstr(target, "eventfd")) {
            fds[n++] = atoi(name);
        }
    }
    return n;
}

static bool has_int(const int *list, int n, int value)
{
    for (int i = 0; i < n; i++) {
        if (list[i] == value) {
            return true;
        }
    }
    return false;
}

static void disk_kick(BenchDisk *d)
{
    static const uint64_t one = 1;

    if (d->kick_fd >= 0) {
        g_assert_cmpint(write(d->kick_fd, &one, sizeof(one)), ==, sizeof(one));
    } else {
        qtest_writew(d->drv.qts, d->notify, d->scsi ? 2 : 0);
    }
}

/* The ring */

static inline uint16_t used_idx(BenchDisk *d)
{
    return __atomic_load_n(&d->vr.used->idx, __ATOMIC_ACQUIRE);
}

static BenchSlot *disk_slot(BenchDisk *d, int i)
{
    return (BenchSlot *)(d->drv.ram + DISK_SLOTS) + i;
}

/* A block that is anywhere, and another one each time. */
static uint64_t random_block(BenchDisk *d)
{
    d->random ^= d->random << 13;
    d->random ^= d->random >> 7;
    d->random ^= d->random << 17;
    return d->random % (DISK_SIZE / DISK_BLOCK);
}

static void scsi_cdb(uint8_t *cdb, bool write, uint32_t lba, uint16_t blocks)
{
    cdb[0] = write ? 0x2a : 0x28;       /* WRITE(10), READ(10) */
    stl_be_p(cdb + 2, lba);
    stw_be_p(cdb + 7, blocks);
}

/* The chain of slot @i: header, data, answer, in the order of the device. */
static void disk_prepare(BenchDisk *d, int i, bool write)
{
    BenchSlot *slot = disk_slot(d, i);
    uint64_t addr = DISK_SLOTS + i * sizeof(BenchSlot);
    struct vring_desc head = {
        .addr = addr + offsetof(BenchSlot, head),
        .len = d->scsi ? sizeof(slot->head.scsi) : sizeof(slot->head.blk),
        .flags = VRING_DESC_F_NEXT,
        .next = 1,
    };
    struct vring_desc data = {
        .addr = DISK_BUFS + i * DISK_BLOCK,
        .len = DISK_BLOCK,
        .flags = write ? 0 : VRING_DESC_F_WRITE,
    };
    struct vring_desc tail = {
        .addr = addr + offsetof(BenchSlot, tail),
        .len = d->scsi ? sizeof(slot->tail.scsi) : sizeof(slot->tail.blk),
        .flags = VRING_DESC_F_WRITE,
    };
    bool data_last = d->scsi && !write;

    memset(slot, 0, sizeof(*slot));
    if (d->scsi) {
        slot->head.scsi.lun[0] = 1;     /* target 0, LUN 0, of a flat space */
        slot->head.scsi.lun[2] = 0x40;
    } else {
        slot->head.blk.type = write ? VIRTIO_BLK_T_OUT : VIRTIO_BLK_T_IN;
    }
    slot->table[0] = head;
    slot->table[1] = data_last ? tail : data;
    slot->table[1].flags |= VRING_DESC_F_NEXT;
    slot->table[1].next = 2;
    slot->table[2] = data_last ? data : tail;

    d->vr.desc[i].addr = addr + offsetof(BenchSlot, table);
    d->vr.desc[i].len = sizeof(slot->table);
    d->vr.desc[i].flags = VRING_DESC_F_INDIRECT;
}

/* Puts the request of slot @i on the ring, which disk_publish() then shows. */
static void disk_add(BenchDisk *d, int i, bool write)
{
    BenchSlot *slot = disk_slot(d, i);
    uint64_t sector = random_block(d) * (DISK_BLOCK / 512);

    if (d->scsi) {
        scsi_cdb(slot->head.scsi.cdb, write, sector, DISK_BLOCK / 512);
        slot->tail.scsi.response = 0xff;
    } else {
        slot->head.blk.sector = sector;
        slot->tail.blk = 0xff;
    }
    d->vr.avail->ring[d->avail_idx++ % DISK_RING_SIZE] = i;
}

/* Shows what was put on the ring since it had @old entries. */
static void disk_publish(BenchDisk *d, uint16_t old)
{
    uint16_t event;

    /* "When there is one more than this": not before all are back. */
    vring_used_event(&d->vr) = d->avail_idx;
    __atomic_store_n(&d->vr.avail->idx, d->avail_idx, __ATOMIC_SEQ_CST);

    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    event = *(volatile __virtio16 *)&vring_avail_event(&d->vr);
    if (vring_need_event(event, d->avail_idx, old)) {
        disk_kick(d);
    }
}

static void disk_check(BenchDisk *d, int i)
{
    BenchSlot *slot = disk_slot(d, i);

    if (d->scsi) {
        g_assert_cmpint(slot->tail.scsi.response, ==, 0);
        g_assert_cmpint(slot->tail.scsi.status, ==, 0);
    } else {
        g_assert_cmpint(slot->tail.blk, ==, 0);
    }
}

/*
 * Waits until the used ring has more than @seen entries.  It is looked at now and
 * then, as an interrupt's handler would: whoever looks all the time takes the
 * line away from who writes it.
 */
static bool disk_wait(BenchDisk *d, uint16_t seen, double seconds)
{
    double give_up = 0;

    for (int spins = 0; used_idx(d) == seen; spins++) {
        __builtin_ia32_pause();
        if (spins < d->spins) {
            continue;
        }
        sched_yield();
        if (!give_up) {
            give_up = bench_now() + seconds;
        } else if (bench_now() > give_up) {
            return false;
        }
    }
    return true;
}

/*
 * Puts one request on the ring and says nothing.  False if it was done all the
 * same: DRIVER_OK is a kick of its own, and the device may still be polling.
 */
static bool offer_silently(BenchDisk *d)
{
    d->vr.avail->ring[d->avail_idx % DISK_RING_SIZE] = 0;
    __atomic_store_n(&d->vr.avail->idx, ++d->avail_idx, __ATOMIC_SEQ_CST);
    return !disk_wait(d, d->avail_idx - 1, 0.02);
}

static bool is_doorbell(BenchDisk *d)
{
    for (int answers = 0; answers < 3; ) {
        if (!offer_silently(d)) {
            continue;
        }
        disk_kick(d);
        if (!disk_wait(d, d->avail_idx - 1, 0.2)) {
            return false;
        }
        answers++;
    }
    return true;
}

/*
 * Which of the eventfds that came with DRIVER_OK is the doorbell?  The one that
 * gets requests done.  Others are rung in vain: they are interrupts.  (What the
 * answers are does not matter: SCSI's first one tells of the power-on.)
 */
static bool find_doorbell(BenchDisk *d, const int *before, int nbefore)
{
    pid_t pid = qtest_pid(d->drv.qts);
    int fds[MAX_EVENTFDS];
    int n = list_eventfds(pid, fds);
    int pidfd = syscall(SYS_pidfd_open, pid, 0);

    for (int i = 0; pidfd >= 0 && i < n; i++) {
        if (has_int(before, nbefore, fds[i])) {
            continue;
        }
        d->kick_fd = syscall(SYS_pidfd_getfd, pidfd, fds[i], 0);
        if (d->kick_fd >= 0 && is_doorbell(d)) {
            close(pidfd);
            return true;
        }
        if (d->kick_fd >= 0) {
            close(d->kick_fd);
            d->kick_fd = -1;
        }
    }
    if (pidfd >= 0) {
        close(pidfd);
    }
    return false;
}

/* The measurement */

static void disk_start(BenchDisk *d, const Vmm *vmm, const BenchDiskCase *c,
                       const char *file)
{
    g_autofree char *drive =
        c->file ? g_strdup_printf("file=%s,format=raw,%s", file, c->drive)
                : g_strdup(c->drive);
    const char *iothread = c->iothread ? ",iothread=io0" : "";
    g_autofree char *device = NULL, *args = NULL;
    int before[MAX_EVENTFDS], nbefore;
    struct vring vr;

    d->scsi = c->scsi;
    /* A processor that waits for a file is free for who fetches it. */
    d->spins = c->file ? 0 : DISK_SPINS;
    d->random = 0x9e3779b97f4a7c15;
    if (c->scsi) {
        device = g_strdup_printf("virtio-scsi-pci,id=hba,addr=%d,"
                                 "disable-legacy=on%s -device scsi-hd,"
                                 "drive=disk0,bus=hba.0", BENCH_SLOT,
                                 iothread);
    } else {
        device = g_strdup_printf("virtio-blk-pci,drive=disk0,addr=%d,"
                                 "disable-legacy=on%s", BENCH_SLOT, iothread);
    }
    args = g_strdup_printf("-object iothread,id=io0 "
                           "-drive if=none,id=disk0,%s -device %s", drive,
                           device);
    /* A driver that cannot flush gets a disk that does so all the time. */
    bench_driver_start(&d->drv, vmm, args,
                       1ull << VIRTIO_RING_F_EVENT_IDX |
                       1ull << VIRTIO_RING_F_INDIRECT_DESC |
                       (c->scsi ? 0 : 1ull << VIRTIO_BLK_F_FLUSH));
    if (c->scsi) {
        /* Control and events, before the queue of commands. */
        for (int i = 0; i < 2; i++) {
            bench_driver_add_queue(&d->drv, &vr, i, DISK_RING_SIZE,
                                   DISK_RINGS + (i + 1) * DISK_RING_STRIDE);
        }
    }
    d->notify = bench_driver_add_queue(&d->drv, &d->vr, c->scsi ? 2 : 0,
                                       DISK_RING_SIZE, DISK_RINGS);
    nbefore = list_eventfds(qtest_pid(d->drv.qts), before);
    bench_driver_ok(&d->drv);

    disk_prepare(d, 0, false);
    d->kick_fd = -1;
    for (int i = 0; i < 5; i++) {
        /* On a busy machine an answer may be late. */
        if (find_doorbell(d, before, nbefore)) {
            return;
        }
    }
    fprintf(stderr, "no ioeventfd found: kicks go by qtest\n");
    g_assert_true(is_doorbell(d));
}

static void disk_stop(BenchDisk *d)
{
    if (d->kick_fd >= 0) {
        close(d->kick_fd);
    }
    bench_driver_stop(&d->drv);
}

/* One turn.  Its requests per second, and CPU seconds for each. */
static double disk_turn(BenchDisk *d, const char *what, bool write, int depth,
                        double *cost)
{
    pid_t pid = qtest_pid(d->drv.qts);
    uint16_t seen = used_idx(d);
    uint64_t requests = 0;
    double start, cpu, end;

    g_assert_cmpint(seen, ==, d->avail_idx);
    start = bench_now();
    end = start + DISK_SECONDS;
    cpu = bench_cpu(pid);
    for (int i = 0; i < depth; i++) {
        disk_prepare(d, i, write);
        disk_add(d, i, write);
    }
    disk_publish(d, seen);
    while (seen != d->avail_idx) {
        bool more = requests % 64 || bench_now() < end;
        uint16_t old = d->avail_idx;

        if (!disk_wait(d, seen, 10)) {
            g_error("%s: stuck at %u of %u", what, seen, d->avail_idx);
        }
        for (uint16_t idx = used_idx(d); seen != idx; seen++) {
            int i = d->vr.used->ring[seen % DISK_RING_SIZE].id;

            disk_check(d, i);
            if (more) {
                disk_add(d, i, write);
            }
            requests++;
        }
        if (more) {
            disk_publish(d, old);
        }
    }
    *cost = (bench_cpu(pid) - cpu) / requests;
    return requests / (bench_now() - start);
}

static void bench_disk_run(int count, BenchDisk *disks, const char *what,
                           bool write, int depth)
{
    g_autofree char *label = g_strdup_printf("%s: CPU", what);
    double best[BENCH_VMMS] = { 0 }, cost[BENCH_VMMS] = { 0 };

    for (int turn = 0; turn < DISK_TURNS; turn++) {
        for (int i = 0; i < count; i++) {
            double cpu, rate = disk_turn(&disks[i], what, write, depth, &cpu);

            if (rate > best[i]) {
                best[i] = rate;
                cost[i] = cpu;
            }
        }
    }
    for (int i = 0; i < count; i++) {
        bench_report(i, what, "k/s", best[i] / 1e3, false);
        bench_report(i, label, "ns", cost[i] * 1e9, true);
    }
}

/*
 * Written once, so that its blocks are there; as a guest writes, in small pieces:
 * a file system may keep a large piece as one, and then looks at all of it each
 * time a part is written.
 */
static void make_file(const char *path)
{
    char block[DISK_BLOCK];
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    g_assert_cmpint(fd, >=, 0);
    memset(block, 0xa5, sizeof(block));
    for (uint64_t i = 0; i < DISK_SIZE / DISK_BLOCK; i++) {
        g_assert_cmpint(write(fd, block, sizeof(block)), ==, sizeof(block));
    }
    fdatasync(fd);
    close(fd);
}

/* The host may have taken the memory of its cache for something else. */
static void read_file(int fd)
{
    static char buf[1 << 20];

    while (read(fd, buf, sizeof(buf)) > 0) {
        /* all of it */
    }
}

/* Can it be opened in the way that the case wants?  Then it is ready. */
static bool file_is_fit(const BenchDiskCase *c, const char *path)
{
    int fd;

    if (access(path, F_OK) < 0) {
        make_file(path);
    }
    fd = open(path, O_RDWR | O_CLOEXEC | (c->direct ? O_DIRECT : 0));
    if (fd < 0) {
        return false;
    }
    if (!c->direct) {
        read_file(fd);
    }
    close(fd);
    return true;
}

/* Each case in four ways, or those of them whose names have DISK in them. */
static void bench_disk_case(int count, const Vmm *vmms, const BenchDiskCase *c,
                            const char *file)
{
    static const int depths[] = { 1, DISK_MAX_DEPTH };
    const char *only = g_getenv("DISK");
    BenchDisk disks[BENCH_VMMS] = { };
    bool started = false;

    for (int i = 0; i < 2 * ARRAY_SIZE(depths); i++) {
        bool write = i >= ARRAY_SIZE(depths);
        int depth = depths[i % ARRAY_SIZE(depths)];
        g_autofree char *what = g_strdup_printf("%s: %s, depth %d", c->what,
                                                write ? "write" : "read",
                                                depth);

        if (only && !strstr(what, only)) {
            continue;
        }
        if (!started) {
            for (int j = 0; j < count; j++) {
                g_autofree char *image = g_strdup_printf("%s-%d.img", file, j);

                if (c->file && !file_is_fit(c, image)) {
                    return;
                }
                disk_start(&disks[j], &vmms[j], c, image);
            }
            started = true;
        }
        bench_disk_run(count, disks, what, write, depth);
    }
    for (int j = 0; started && j < count; j++) {
        disk_stop(&disks[j]);
    }
}

void bench_disk(int count, const Vmm *vmms)
{
    g_autofree char *file = g_strdup_printf("%s/qemini-bench-%d",
                                            g_get_tmp_dir(), getpid());

    for (int i = 0; i < ARRAY_SIZE(disk_cases); i++) {
        bench_disk_case(count, vmms, &disk_cases[i], file);
    }
    for (int j = 0; j < count; j++) {
        g_autofree char *image = g_strdup_printf("%s-%d.img", file, j);

        unlink(image);
    }
}
