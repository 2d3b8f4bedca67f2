/*
 * Constants that assembler understands as well.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_CONST_H
#define STANDARD_HEADERS_LINUX_CONST_H

#include <linux/const.h>

#endif
