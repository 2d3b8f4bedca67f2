/*
 * libqos: fw_cfg as firmware reads it, a byte at a time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "fw_cfg.h"
#include "qemu/bswap.h"
#include "standard-headers/linux/qemu_fw_cfg.h"

#define PC_FW_CFG_BASE 0x510

void qfw_cfg_select(QFWCFG *fw_cfg, uint16_t key)
{
    fw_cfg->select(fw_cfg, key);
}

void qfw_cfg_read_data(QFWCFG *fw_cfg, void *data, size_t len)
{
    fw_cfg->read(fw_cfg, data, len);
}

void qfw_cfg_get(QFWCFG *fw_cfg, uint16_t key, void *data, size_t len)
{
    qfw_cfg_select(fw_cfg, key);
    qfw_cfg_read_data(fw_cfg, data, len);
}

uint16_t qfw_cfg_get_u16(QFWCFG *fw_cfg, uint16_t key)
{
    uint16_t value;

    qfw_cfg_get(fw_cfg, key, &value, sizeof(value));
    return le16_to_cpu(value);
}

uint32_t qfw_cfg_get_u32(QFWCFG *fw_cfg, uint16_t key)
{
    uint32_t value;

    qfw_cfg_get(fw_cfg, key, &value, sizeof(value));
    return le32_to_cpu(value);
}

uint64_t qfw_cfg_get_u64(QFWCFG *fw_cfg, uint16_t key)
{
    uint64_t value;

    qfw_cfg_get(fw_cfg, key, &value, sizeof(value));
    return le64_to_cpu(value);
}

size_t qfw_cfg_get_file(QFWCFG *fw_cfg, const char *filename,
                        void *data, size_t buflen)
{
    uint32_t count;

    /* The directory says how many entries follow it: read on. */
    qfw_cfg_get(fw_cfg, FW_CFG_FILE_DIR, &count, sizeof(count));
    count = be32_to_cpu(count);
    for (uint32_t i = 0; i < count; i++) {
        struct fw_cfg_file entry;

        qfw_cfg_read_data(fw_cfg, &entry, sizeof(entry));
        if (g_str_equal(entry.name, filename)) {
            size_t size = be32_to_cpu(entry.size);

            qfw_cfg_get(fw_cfg, be16_to_cpu(entry.select), data,
                        MIN(size, buflen));
            return size;
        }
    }
    return 0;
}

static void io_fw_cfg_select(QFWCFG *fw_cfg, uint16_t key)
{
    qtest_outw(fw_cfg->qts, fw_cfg->base, key);
}

static void io_fw_cfg_read(QFWCFG *fw_cfg, void *data, size_t len)
{
    uint8_t *ptr = data;

    for (size_t i = 0; i < len; i++) {
        ptr[i] = qtest_inb(fw_cfg->qts, fw_cfg->base + 1);
    }
}

QFWCFG *io_fw_cfg_init(QTestState *qts, uint16_t base)
{
    QFWCFG *fw_cfg = g_new0(QFWCFG, 1);

    *fw_cfg = (QFWCFG) {
        .base = base,
        .qts = qts,
        .select = io_fw_cfg_select,
        .read = io_fw_cfg_read,
    };
    return fw_cfg;
}

void io_fw_cfg_uninit(QFWCFG *fw_cfg)
{
    g_free(fw_cfg);
}

QFWCFG *pc_fw_cfg_init(QTestState *qts)
{
    return io_fw_cfg_init(qts, PC_FW_CFG_BASE);
}

void pc_fw_cfg_uninit(QFWCFG *fw_cfg)
{
    io_fw_cfg_uninit(fw_cfg);
}
