/*
 * Names that users give to things (id=...), and those that we make.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_ID_H
#define QEMU_ID_H

typedef enum IdSubSystems {
    ID_QDEV,
    ID_BLOCK,
    ID_CHR,
    ID_NET,
    ID_MAX
} IdSubSystems;

/*
 * A name "#SUBSYSTEMnXX" that no user can have given; the caller frees.
 */
char *id_generate(IdSubSystems id);

/* Whether @id is a letter followed by letters, digits, '-', '.' and '_'. */
bool id_wellformed(const char *id);

#endif
