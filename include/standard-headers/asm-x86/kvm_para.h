/*
 * What KVM tells its guests: MSRs, CPUID features and hypercalls.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_ASM_X86_KVM_PARA_H
#define STANDARD_HEADERS_ASM_X86_KVM_PARA_H

#include <asm/kvm_para.h>

#endif
