/*
 * The floating point and vector registers: the XSAVE area.
 *
 * The kernel gives and takes it as one block (KVM API 4.43, KVM_GET_XSAVE; 4.134,
 * KVM_GET_XSAVE2 where it is larger than a page), in the processor's own layout
 * (Intel SDM, volume 1, 13.4):
 *
 *     0      the FXSAVE area: x87 and SSE
 *     512    header: which components are not in their initial state
 *     576…   AVX and all that came later, where CPUID leaf 0xd says
 *
 * The block is kept as it comes.  Only what a monitor or gdb shows, x87 and SSE,
 * is taken apart, and put back from CPUX86State before the block returns.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu.h"
#include "kvm_i386.h"
#include "qemu/bswap.h"
#include "qemu/memalign.h"
#include "sysemu/kvm.h"

/* Offsets in the block. */
#define XSAVE_FCW        0
#define XSAVE_FSW        2
#define XSAVE_FTW        4
#define XSAVE_FOP        6
#define XSAVE_FIP        8
#define XSAVE_FDP        16
#define XSAVE_MXCSR      24
#define XSAVE_ST         32
#define XSAVE_XMM        160
#define XSAVE_XSTATE_BV  512

int kvm_init_xsave(X86CPU *cpu)
{
    CPUX86State *env = &cpu->env;
    int size = kvm_check_extension(kvm_state, KVM_CAP_XSAVE2);

    /* The old call has a fixed size; the new one says how large it is. */
    env->xsave_buf_len = MAX(size, (int)sizeof(struct kvm_xsave));
    env->xsave_buf = qemu_memalign(4096, ROUND_UP(env->xsave_buf_len, 4096));
    memset(env->xsave_buf, 0, ROUND_UP(env->xsave_buf_len, 4096));
    return 0;
}

void kvm_free_xsave(X86CPU *cpu)
{
    qemu_vfree(cpu->env.xsave_buf);
    cpu->env.xsave_buf = NULL;
}

/* One bit a register: 1 for "holds something", in FXSAVE's form. */
static uint8_t fxsave_tags(const CPUX86State *env)
{
    uint8_t tags = 0;

    for (int i = 0; i < 8; i++) {
        tags |= !env->fptags[i] << i;
    }
    return tags;
}

static void xsave_from_env(const CPUX86State *env, uint8_t *buf)
{
    uint16_t fsw = (env->fpus & ~(7 << 11)) | (env->fpstt & 7) << 11;
    uint64_t bv = ldq_le_p(buf + XSAVE_XSTATE_BV);

    stw_le_p(buf + XSAVE_FCW, env->fpuc);
    stw_le_p(buf + XSAVE_FSW, fsw);
    stb_p(buf + XSAVE_FTW, fxsave_tags(env));
    stw_le_p(buf + XSAVE_FOP, env->fpop);
    stq_le_p(buf + XSAVE_FIP, env->fpip);
    stq_le_p(buf + XSAVE_FDP, env->fpdp);
    stl_le_p(buf + XSAVE_MXCSR, env->mxcsr);
    for (int i = 0; i < 8; i++) {
        stq_le_p(buf + XSAVE_ST + 16 * i, env->fpregs[i].low);
        stw_le_p(buf + XSAVE_ST + 16 * i + 8, env->fpregs[i].high);
    }
    for (int i = 0; i < CPU_NB_REGS; i++) {
        stq_le_p(buf + XSAVE_XMM + 16 * i, env->xmm_regs[i].ZMM_Q(0));
        stq_le_p(buf + XSAVE_XMM + 16 * i + 8, env->xmm_regs[i].ZMM_Q(1));
    }
    stq_le_p(buf + XSAVE_XSTATE_BV, bv | XSTATE_FP_MASK | XSTATE_SSE_MASK);
}

static void xsave_to_env(CPUX86State *env, const uint8_t *buf)
{
    uint64_t bv = ldq_le_p(buf + XSAVE_XSTATE_BV);

    if (bv & XSTATE_FP_MASK) {
        env->fpuc = lduw_le_p(buf + XSAVE_FCW);
        env->fpus = lduw_le_p(buf + XSAVE_FSW);
        env->fpstt = (env->fpus >> 11) & 7;
        env->fpop = lduw_le_p(buf + XSAVE_FOP);
        env->fpip = ldq_le_p(buf + XSAVE_FIP);
        env->fpdp = ldq_le_p(buf + XSAVE_FDP);
        for (int i = 0; i < 8; i++) {
            env->fptags[i] = !((ldub_p(buf + XSAVE_FTW) >> i) & 1);
            env->fpregs[i].low = ldq_le_p(buf + XSAVE_ST + 16 * i);
            env->fpregs[i].high = lduw_le_p(buf + XSAVE_ST + 16 * i + 8);
        }
    } else {
        env->fpuc = 0x37f;
        env->fpus = env->fpstt = 0;
        env->fpop = env->fpip = env->fpdp = 0;
        memset(env->fptags, 1, sizeof(env->fptags));
        memset(env->fpregs, 0, sizeof(env->fpregs));
    }
    env->mxcsr = ldl_le_p(buf + XSAVE_MXCSR);
    for (int i = 0; i < CPU_NB_REGS; i++) {
        bool used = bv & XSTATE_SSE_MASK;
        const uint8_t *p = buf + XSAVE_XMM + 16 * i;

        env->xmm_regs[i].ZMM_Q(0) = used ? ldq_le_p(p) : 0;
        env->xmm_regs[i].ZMM_Q(1) = used ? ldq_le_p(p + 8) : 0;
    }
}

int kvm_put_xsave(X86CPU *cpu)
{
    xsave_from_env(&cpu->env, cpu->env.xsave_buf);
    return kvm_vcpu_ioctl(CPU(cpu), KVM_SET_XSAVE, cpu->env.xsave_buf);
}

int kvm_get_xsave(X86CPU *cpu)
{
    CPUX86State *env = &cpu->env;
    unsigned long type = env->xsave_buf_len > sizeof(struct kvm_xsave) ?
                         KVM_GET_XSAVE2 : KVM_GET_XSAVE;
    int ret = kvm_vcpu_ioctl(CPU(cpu), type, env->xsave_buf);

    if (ret < 0) {
        return ret;
    }
    xsave_to_env(env, env->xsave_buf);
    return 0;
}
