/*
 * `info registers`: an x86 CPU's registers as text.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu-internal.h"
#include "qemu/qemu-print.h"

/* The types of system descriptors (SDM volume 3, table 3-2). */
static const char *sys_type_name(bool lma, unsigned type)
{
    static const char *const names[2][16] = {
        {
            "Reserved", "TSS16-avl", "LDT", "TSS16-busy",
            "CallGate16", "TaskGate", "IntGate16", "TrapGate16",
            "Reserved", "TSS32-avl", "Reserved", "TSS32-busy",
            "CallGate32", "Reserved", "IntGate32", "TrapGate32",
        }, {
            "<hiword>", "Reserved", "LDT", "Reserved",
            "Reserved", "Reserved", "Reserved", "Reserved",
            "Reserved", "TSS64-avl", "Reserved", "TSS64-busy",
            "CallGate64", "Reserved", "IntGate64", "TrapGate64",
        },
    };

    return names[lma][type];
}

/* DPL and type, where there is protection and the segment is present. */
static void cpu_x86_dump_seg_type(CPUX86State *env, FILE *f, SegmentCache *sc)
{
    uint32_t flags = sc->flags;

    qemu_fprintf(f, " DPL=%d ", (flags & DESC_DPL_MASK) >> DESC_DPL_SHIFT);
    if (!(flags & DESC_S_MASK)) {
        qemu_fprintf(f, "%s", sys_type_name(cpu_is_long_mode(env),
                                            (flags & DESC_TYPE_MASK) >>
                                            DESC_TYPE_SHIFT));
        return;
    }
    if (flags & DESC_CS_MASK) {
        qemu_fprintf(f, "%s [%c%c", flags & DESC_L_MASK ? "CS64" :
                     flags & DESC_B_MASK ? "CS32" : "CS16",
                     flags & DESC_C_MASK ? 'C' : '-',
                     flags & DESC_R_MASK ? 'R' : '-');
    } else {
        qemu_fprintf(f, "%s [%c%c",
                     flags & DESC_B_MASK || cpu_is_long_mode(env) ? "DS  "
                                                                  : "DS16",
                     flags & DESC_E_MASK ? 'E' : '-',
                     flags & DESC_W_MASK ? 'W' : '-');
    }
    qemu_fprintf(f, "%c]", flags & DESC_A_MASK ? 'A' : '-');
}

static void cpu_x86_dump_seg_cache(CPUX86State *env, FILE *f,
                                   const char *name, SegmentCache *sc)
{
    if (x86_cpu_code64(env)) {
        qemu_fprintf(f, "%-3s=%04x %016" PRIx64 " %08x %08x", name,
                     sc->selector, sc->base, sc->limit,
                     sc->flags & 0x00ffff00);
    } else {
        qemu_fprintf(f, "%-3s=%04x %08x %08x %08x", name, sc->selector,
                     (uint32_t)sc->base, sc->limit, sc->flags & 0x00ffff00);
    }
    if ((env->cr[0] & CR0_PE_MASK) && (sc->flags & DESC_P_MASK)) {
        cpu_x86_dump_seg_type(env, f, sc);
    }
    qemu_fprintf(f, "\n");
}

static void cpu_x86_dump_general(CPUState *cs, FILE *f)
{
    static const struct {
        const char *name;
        int reg;
    } order[] = {
        { "AX", R_EAX }, { "BX", R_EBX }, { "CX", R_ECX }, { "DX", R_EDX },
        { "SI", R_ESI }, { "DI", R_EDI }, { "BP", R_EBP }, { "SP", R_ESP },
    };
    CPUX86State *env = &X86_CPU(cs)->env;
    bool code64 = x86_cpu_code64(env);
    uint32_t eflags = env->eflags;

    for (int i = 0; i < 8; i++) {
        qemu_fprintf(f, "%c%s=%0*" PRIx64 "%c", code64 ? 'R' : 'E',
                     order[i].name, code64 ? 16 : 8,
                     code64 ? env->regs[order[i].reg]
                            : (uint32_t)env->regs[order[i].reg],
                     i % 4 == 3 ? '\n' : ' ');
    }
    for (int i = 8; code64 && i < CPU_NB_REGS; i++) {
        qemu_fprintf(f, "R%-2d=%016" PRIx64 "%c", i, env->regs[i],
                     i % 4 == 3 ? '\n' : ' ');
    }
    qemu_fprintf(f, "%cIP=%0*" PRIx64 " %cFL=%08x [%c%c%c%c%c%c%c] "
                 "CPL=%d II=%d A20=%d SMM=%d HLT=%d\n",
                 code64 ? 'R' : 'E', code64 ? 16 : 8,
                 code64 ? env->eip : (uint32_t)env->eip,
                 code64 ? 'R' : 'E', eflags,
                 eflags & DF_MASK ? 'D' : '-', eflags & CC_O ? 'O' : '-',
                 eflags & CC_S ? 'S' : '-', eflags & CC_Z ? 'Z' : '-',
                 eflags & CC_A ? 'A' : '-', eflags & CC_P ? 'P' : '-',
                 eflags & CC_C ? 'C' : '-',
                 env->hflags & HF_CPL_MASK,
                 !!(env->hflags & HF_INHIBIT_IRQ_MASK),
                 (env->a20_mask >> 20) & 1,
                 !!(env->hflags & HF_SMM_MASK), cs->halted);
}

static void cpu_x86_dump_system(CPUX86State *env, FILE *f)
{
    static const char *const seg_name[6] = {
        "ES", "CS", "SS", "DS", "FS", "GS",
    };
    int width = x86_cpu_code64(env) ? 16 : 8;
    uint64_t mask = width == 16 ? UINT64_MAX : UINT32_MAX;

    for (int i = 0; i < 6; i++) {
        cpu_x86_dump_seg_cache(env, f, seg_name[i], &env->segs[i]);
    }
    cpu_x86_dump_seg_cache(env, f, "LDT", &env->ldt);
    cpu_x86_dump_seg_cache(env, f, "TR", &env->tr);
    qemu_fprintf(f, "GDT=     %0*" PRIx64 " %08x\n", width,
                 env->gdt.base & mask, env->gdt.limit);
    qemu_fprintf(f, "IDT=     %0*" PRIx64 " %08x\n", width,
                 env->idt.base & mask, env->idt.limit);
    qemu_fprintf(f, "CR0=%08x CR2=%0*" PRIx64 " CR3=%0*" PRIx64 " CR4=%08x\n",
                 (uint32_t)env->cr[0], width, env->cr[2] & mask,
                 width, env->cr[3] & mask, (uint32_t)env->cr[4]);
    for (int i = 0; i < 4; i++) {
        qemu_fprintf(f, "DR%d=%016" PRIx64 " ", i, env->dr[i]);
    }
    qemu_fprintf(f, "\nDR6=%016" PRIx64 " DR7=%016" PRIx64 "\n",
                 env->dr[6], env->dr[7]);
    qemu_fprintf(f, "EFER=%016" PRIx64 "\n", env->efer);
}

static void cpu_x86_dump_fpu(CPUX86State *env, FILE *f)
{
    uint32_t fsw = (env->fpus & ~0x3800) | (env->fpstt & 7) << 11;
    int nb = x86_cpu_code64(env) ? 16 : 8;
    bool avx = env->xcr0 & (1ULL << XSTATE_YMM_BIT);
    uint32_t ftw = 0;

    for (int i = 0; i < 8; i++) {
        ftw |= !env->fptags[i] << i;
    }
    qemu_fprintf(f, "FCW=%04x FSW=%04x [ST=%d] FTW=%02x MXCSR=%08x\n",
                 env->fpuc, fsw, env->fpstt, ftw, env->mxcsr);
    for (int i = 0; i < 8; i++) {
        qemu_fprintf(f, "FPR%d=%016" PRIx64 " %04x%c", i,
                     env->fpregs[i].low, env->fpregs[i].high,
                     i % 2 ? '\n' : ' ');
    }
    for (int i = 0; i < nb; i++) {
        ZMMReg *reg = &env->xmm_regs[i];

        if (avx) {
            qemu_fprintf(f, "YMM%02d=%016" PRIx64 " %016" PRIx64
                         " %016" PRIx64 " %016" PRIx64 "\n", i,
                         reg->ZMM_Q(3), reg->ZMM_Q(2),
                         reg->ZMM_Q(1), reg->ZMM_Q(0));
        } else {
            qemu_fprintf(f, "XMM%02d=%016" PRIx64 " %016" PRIx64 "%c", i,
                         reg->ZMM_Q(1), reg->ZMM_Q(0), i % 2 ? '\n' : ' ');
        }
    }
}

/* So many bytes are shown around the program counter. */
#define DUMP_CODE_BYTES_TOTAL    50
#define DUMP_CODE_BYTES_BACKWARD 20

/* In front of the byte at the program counter is a '<'. */
static void cpu_x86_dump_code(CPUState *cs, FILE *f)
{
    vaddr pc = CPU_GET_CLASS(cs)->get_pc(cs);
    vaddr begin = pc - MIN(pc, DUMP_CODE_BYTES_BACKWARD);

    qemu_fprintf(f, "Code=");
    for (int i = 0; i < DUMP_CODE_BYTES_TOTAL; i++) {
        g_autofree char *text = g_strdup("??");
        uint8_t byte;

        if (cpu_memory_rw_debug(cs, begin + i, &byte, 1, false) == 0) {
            g_free(text);
            text = g_strdup_printf("%02x", byte);
        }
        qemu_fprintf(f, "%s%s%s%s", i > 0 ? " " : "",
                     begin + i == pc ? "<" : "", text,
                     begin + i == pc ? ">" : "");
    }
    qemu_fprintf(f, "\n");
}

void x86_cpu_dump_state(CPUState *cs, FILE *f, int flags)
{
    CPUX86State *env = &X86_CPU(cs)->env;

    cpu_x86_dump_general(cs, f);
    cpu_x86_dump_system(env, f);
    if (flags & CPU_DUMP_FPU) {
        cpu_x86_dump_fpu(env, f);
    }
    if (flags & CPU_DUMP_CODE) {
        cpu_x86_dump_code(cs, f);
    }
}
