/*
 * qcow2: the snapshots in an image, which are kept and listed.
 *
 * Each has an L1 table of its own, and its entry in the table of snapshots says
 * where:
 *
 *     header   offset and length of the L1 table, date, length of what follows
 *     extra    what later versions added; an older image has less of it
 *     id, name
 *     padding  to a multiple of 8 bytes
 *
 * Clusters that they share with the disk count more than 1, so that a write goes
 * elsewhere (qcow2.h).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "qcow2.h"

typedef struct QEMU_PACKED QCowSnapshotHeader {
    uint64_t l1_table_offset;
    uint32_t l1_size;
    uint16_t id_str_size;
    uint16_t name_size;
    uint32_t date_sec;
    uint32_t date_nsec;
    uint64_t vm_clock_nsec;
    uint32_t vm_state_size;     /* an older program reads it here */
    uint32_t extra_data_size;
} QCowSnapshotHeader;

typedef struct QEMU_PACKED QCowSnapshotExtraData {
    uint64_t vm_state_size_large;
    uint64_t disk_size;
    uint64_t icount;
} QCowSnapshotExtraData;

/* *@str gets @size bytes of the file, and a 0. */
static int qcow2_read_snapshot_string(BlockDriverState *bs, uint64_t offset,
                                      uint16_t size, char **str)
{
    *str = g_malloc0(size + 1);
    return bdrv_pread(bs->file, offset, size, *str, 0);
}

/* Read the entry at *@at, and go behind it. */
static int qcow2_read_snapshot(BlockDriverState *bs, QCowSnapshot *sn,
                               uint64_t *at, uint32_t *extra_data_size)
{
    QCowSnapshotExtraData extra = { .icount = UINT64_MAX };
    QCowSnapshotHeader h;
    uint16_t id_str_size, name_size;
    uint64_t names;
    int ret = bdrv_pread(bs->file, *at, sizeof(h), &h, 0);

    if (ret < 0) {
        return ret;
    }
    *extra_data_size = be32_to_cpu(h.extra_data_size);
    if (*extra_data_size > QCOW_MAX_SNAPSHOT_EXTRA_DATA) {
        return -EFBIG;
    }
    id_str_size = be16_to_cpu(h.id_str_size);
    name_size = be16_to_cpu(h.name_size);
    names = *at + sizeof(h) + *extra_data_size;
    extra.vm_state_size_large = cpu_to_be64(be32_to_cpu(h.vm_state_size));
    ret = bdrv_pread(bs->file, *at + sizeof(h),
                     ROUND_DOWN(MIN(sizeof(extra), *extra_data_size), 8),
                     &extra, 0);
    if (ret >= 0) {
        ret = qcow2_read_snapshot_string(bs, names, id_str_size, &sn->id_str);
    }
    if (ret >= 0) {
        ret = qcow2_read_snapshot_string(bs, names + id_str_size, name_size,
                                         &sn->name);
    }
    if (ret < 0) {
        return ret;
    }
    sn->l1_table_offset = be64_to_cpu(h.l1_table_offset);
    sn->l1_size = be32_to_cpu(h.l1_size);
    sn->date_sec = be32_to_cpu(h.date_sec);
    sn->date_nsec = be32_to_cpu(h.date_nsec);
    sn->vm_clock_nsec = be64_to_cpu(h.vm_clock_nsec);
    sn->vm_state_size = be64_to_cpu(extra.vm_state_size_large);
    sn->icount = be64_to_cpu(extra.icount);
    *at += ROUND_UP(sizeof(h) + *extra_data_size + id_str_size + name_size, 8);
    return 0;
}

int qcow2_read_snapshots(BlockDriverState *bs, Error **errp)
{
    BDRVQcow2State *s = bs->opaque;
    uint64_t at = s->snapshots_offset;
    int ret;

    ret = qcow2_validate_table(bs, s->snapshots_offset, s->nb_snapshots,
                               sizeof(QCowSnapshotHeader),
                               sizeof(QCowSnapshotHeader) * QCOW_MAX_SNAPSHOTS,
                               "Snapshot table", errp);
    if (ret < 0) {
        return ret;
    }
    s->snapshots = g_new0(QCowSnapshot, s->nb_snapshots);
    for (uint32_t i = 0; i < s->nb_snapshots; i++) {
        uint32_t extra_data_size = 0;

        ret = qcow2_read_snapshot(bs, &s->snapshots[i], &at, &extra_data_size);
        if (extra_data_size > QCOW_MAX_SNAPSHOT_EXTRA_DATA) {
            error_setg(errp, "Too much extra metadata in snapshot table entry "
                       "%" PRIu32, i);
            error_append_hint(errp, "You can force-remove this extra metadata "
                              "with qemu-img check -r all\n");
            return ret;
        }
        if (ret < 0) {
            error_setg_errno(errp, -ret, "Failed to read snapshot table");
            return ret;
        }
        if (at - s->snapshots_offset > QCOW_MAX_SNAPSHOTS_SIZE) {
            error_setg(errp, "Snapshot table is too big");
            error_append_hint(errp, "You can force-remove all %" PRIu32 " "
                              "overhanging snapshots with qemu-img check "
                              "-r all\n", s->nb_snapshots - i);
            return -EFBIG;
        }
    }
    s->snapshots_size = at - s->snapshots_offset;
    return 0;
}

void qcow2_free_snapshots(BlockDriverState *bs)
{
    BDRVQcow2State *s = bs->opaque;

    for (uint32_t i = 0; s->snapshots && i < s->nb_snapshots; i++) {
        g_free(s->snapshots[i].id_str);
        g_free(s->snapshots[i].name);
    }
    g_clear_pointer(&s->snapshots, g_free);
    s->nb_snapshots = 0;
}

int qcow2_snapshot_list(BlockDriverState *bs, QEMUSnapshotInfo **psn_tab)
{
    BDRVQcow2State *s = bs->opaque;

    *psn_tab = s->nb_snapshots ? g_new0(QEMUSnapshotInfo, s->nb_snapshots)
                               : NULL;
    for (uint32_t i = 0; i < s->nb_snapshots; i++) {
        const QCowSnapshot *sn = &s->snapshots[i];
        QEMUSnapshotInfo *info = &(*psn_tab)[i];

        pstrcpy(info->id_str, sizeof(info->id_str), sn->id_str);
        pstrcpy(info->name, sizeof(info->name), sn->name);
        info->vm_state_size = sn->vm_state_size;
        info->date_sec = sn->date_sec;
        info->date_nsec = sn->date_nsec;
        info->vm_clock_nsec = sn->vm_clock_nsec;
        info->icount = sn->icount;
    }
    return s->nb_snapshots;
}
