/*
 * libqos: fw_cfg as firmware reads it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LIBQOS_FW_CFG_H
#define LIBQOS_FW_CFG_H

#include "../libqtest.h"

typedef struct QFWCFG QFWCFG;

struct QFWCFG {
    uint64_t base;
    QTestState *qts;
    void (*select)(QFWCFG *fw_cfg, uint16_t key);
    void (*read)(QFWCFG *fw_cfg, void *data, size_t len);
};

void qfw_cfg_select(QFWCFG *fw_cfg, uint16_t key);
void qfw_cfg_read_data(QFWCFG *fw_cfg, void *data, size_t len);
void qfw_cfg_get(QFWCFG *fw_cfg, uint16_t key, void *data, size_t len);
uint16_t qfw_cfg_get_u16(QFWCFG *fw_cfg, uint16_t key);
uint32_t qfw_cfg_get_u32(QFWCFG *fw_cfg, uint16_t key);
uint64_t qfw_cfg_get_u64(QFWCFG *fw_cfg, uint16_t key);
/*
 * Read at most @buflen bytes of @filename.  Gives the file's size, 0 if there
 * is none of that name.
 */
size_t qfw_cfg_get_file(QFWCFG *fw_cfg, const char *filename,
                        void *data, size_t buflen);

QFWCFG *io_fw_cfg_init(QTestState *qts, uint16_t base);
void io_fw_cfg_uninit(QFWCFG *fw_cfg);
QFWCFG *pc_fw_cfg_init(QTestState *qts);
void pc_fw_cfg_uninit(QFWCFG *fw_cfg);

#endif
