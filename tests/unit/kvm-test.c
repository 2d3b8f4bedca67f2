/*
 * What the tests of KVM share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu.h"
#include "exec/address-spaces.h"
#include "hw/core/cpu.h"
#include "kvm-test.h"
#include "qemu/bswap.h"
#include "qemu/main-loop.h"
#include "sysemu/hw_accel.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"

/* Where the guest's code is, and what it has read. */
#define CODE        0x10000
#define VALUES      0x40000
#define CODE_MAX    (VALUES - CODE)

/* It says here that it is done: a port that nobody else has. */
#define DONE_PORT   0xed

struct KvmGuest {
    GByteArray *code;
    unsigned reads;
};

static MemoryRegion done_port;
static bool guest_done;

static uint64_t done_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0;
}

static void done_write(void *opaque, hwaddr addr, uint64_t data, unsigned size)
{
    guest_done = true;
    qemu_notify_event();
}

static const MemoryRegionOps done_ops = {
    .read = done_read,
    .write = done_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

KvmGuest *kvm_guest_new(void)
{
    KvmGuest *g = g_new0(KvmGuest, 1);

    g->code = g_byte_array_new();
    return g;
}

void kvm_guest_free(KvmGuest *g)
{
    g_byte_array_free(g->code, true);
    g_free(g);
}

/* An opcode of @n bytes, then 32-bit operands. */
static void emit(KvmGuest *g, const char *opcode, unsigned n, uint32_t operand)
{
    uint8_t le[4];

    stl_le_p(le, operand);
    g_byte_array_append(g->code, (const uint8_t *)opcode, n);
    g_byte_array_append(g->code, le, 4);
}

void kvm_guest_write(KvmGuest *g, uint32_t addr, uint32_t value)
{
    emit(g, "\xb8", 1, value);                  /* mov $value,%eax */
    emit(g, "\xa3", 1, addr);                   /* mov %eax,addr */
}

void kvm_guest_read(KvmGuest *g, uint32_t addr)
{
    emit(g, "\xa1", 1, addr);                   /* mov addr,%eax */
    emit(g, "\xa3", 1, VALUES + 4 * g->reads++);
}

static void guest_set_cpu(CPUState *cs)
{
    CPUX86State *env = &X86_CPU(cs)->env;
    const uint32_t code = DESC_P_MASK | DESC_S_MASK | DESC_CS_MASK |
                          DESC_R_MASK | DESC_A_MASK | DESC_G_MASK | DESC_B_MASK;
    const uint32_t data = DESC_P_MASK | DESC_S_MASK | DESC_W_MASK |
                          DESC_A_MASK | DESC_G_MASK | DESC_B_MASK;

    cpu_synchronize_state(cs);
    env->efer = 0;
    cpu_x86_update_cr4(env, 0);
    cpu_x86_update_cr0(env, CR0_ET_MASK | CR0_PE_MASK);
    for (X86Seg seg = R_ES; seg <= R_GS; seg++) {
        cpu_x86_load_seg_cache(env, seg, seg == R_CS ? 8 : 16, 0, 0xffffffff,
                               seg == R_CS ? code : data);
    }
    env->eip = CODE;
    env->eflags = 2;
    x86_update_hflags(env);
}

void kvm_guest_run(KvmGuest *g)
{
    static const uint8_t end[] = {
        0xe6, DONE_PORT,        /* out %al,$DONE_PORT */
        0xeb, 0xfe,             /* jmp . */
    };

    g_byte_array_append(g->code, end, sizeof(end));
    g_assert_cmpuint(g->code->len, <=, CODE_MAX);
    address_space_write(&address_space_memory, CODE, MEMTXATTRS_UNSPECIFIED,
                        g->code->data, g->code->len);
    guest_set_cpu(first_cpu);

    guest_done = false;
    vm_start();
    while (!guest_done) {
        g_assert_true(runstate_is_running());
        main_loop_wait(false);
    }
    vm_stop(RUN_STATE_PAUSED);
}

uint32_t kvm_guest_value(KvmGuest *g, unsigned n)
{
    g_assert_cmpuint(n, <, g->reads);
    return address_space_ldl_le(&address_space_memory, VALUES + 4 * n,
                                MEMTXATTRS_UNSPECIFIED, NULL);
}

void kvm_guest_write_one(uint32_t addr, uint32_t value)
{
    KvmGuest *g = kvm_guest_new();

    kvm_guest_write(g, addr, value);
    kvm_guest_run(g);
    kvm_guest_free(g);
}

uint32_t kvm_guest_read_one(uint32_t addr)
{
    KvmGuest *g = kvm_guest_new();
    uint32_t value;

    kvm_guest_read(g, addr);
    kvm_guest_run(g);
    value = kvm_guest_value(g, 0);
    kvm_guest_free(g);
    return value;
}

static void test_no_kvm(void)
{
    g_test_skip("/dev/kvm cannot be used");
}

/* Firmware that nobody runs: without a kernel there has to be some. */
static char *make_firmware(void)
{
    g_autofree char *zero = g_malloc0(64 * 1024);
    char *path = NULL;
    int fd = g_file_open_tmp("kvm-test-XXXXXX", &path, NULL);

    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(write(fd, zero, 64 * 1024), ==, 64 * 1024);
    close(fd);
    return path;
}

int kvm_test_main(int argc, char **argv, const char *cpu, void (*add)(void))
{
    g_autofree char *firmware = NULL;
    const char *args[] = {
        "qemini", "-machine", "pc", "-accel", "kvm", "-m", "64", "-smp", "2",
        "-cpu", cpu, "-nodefaults", "-display", "none", "-S", "-bios", NULL,
        NULL
    };
    int ret;

    g_test_init(&argc, &argv, NULL);
    if (access("/dev/kvm", R_OK | W_OK) < 0) {
        g_test_add_func("/kvm", test_no_kvm);
        return g_test_run();
    }
    firmware = make_firmware();
    args[ARRAY_SIZE(args) - 2] = firmware;
    qemu_init(ARRAY_SIZE(args) - 1, (char **)args);
    unlink(firmware);
    memory_region_init_io(&done_port, NULL, &done_ops, NULL, "done", 1);
    memory_region_add_subregion(get_system_io(), DONE_PORT, &done_port);
    add();
    ret = g_test_run();
    memory_region_del_subregion(get_system_io(), &done_port);
    object_unparent(OBJECT(&done_port));
    qemu_cleanup();
    return ret;
}
