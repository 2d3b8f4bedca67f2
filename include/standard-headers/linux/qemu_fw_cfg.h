/* From the kernel's headers: keys and structures of fw_cfg. */
#include <linux/qemu_fw_cfg.h>
