/*
 * virtio over MMIO: what of the transport is in a migration stream, and what
 * such a stream may say.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/qdev-properties.h"
#include "hw/virtio/virtio-mmio.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "../../migration/qemu-file.h"

static DeviceState *proxy_new(bool legacy)
{
    DeviceState *dev = qdev_new(TYPE_VIRTIO_MMIO);

    qdev_prop_set_bit(dev, "force-legacy", legacy);
    sysbus_realize(SYS_BUS_DEVICE(dev), &error_abort);
    return dev;
}

static void proxy_free(DeviceState *dev)
{
    qdev_unrealize(dev);
    object_unref(OBJECT(dev));
}

static VirtioBusClass *bus_class(DeviceState *dev)
{
    return VIRTIO_BUS_GET_CLASS(&VIRTIO_MMIO(dev)->bus);
}

/* Three numbers of 32 bits, in network order. */
static int load_config(DeviceState *dev, const uint32_t *numbers, int count)
{
    QEMUFile *out = qemu_file_new_output(), *in;
    g_autoptr(GBytes) bytes = NULL;
    int ret;

    for (int i = 0; i < count; i++) {
        qemu_put_be32(out, numbers[i]);
    }
    bytes = qemu_file_bytes(out);
    g_assert_cmpint(qemu_fclose(out), ==, 0);
    in = qemu_file_new_input(bytes);
    ret = bus_class(dev)->load_config(dev, in);
    qemu_fclose(in);
    return ret;
}

static void test_config(void)
{
    DeviceState *dev = proxy_new(true);
    VirtIOMMIOProxy *proxy = VIRTIO_MMIO(dev);
    const uint32_t numbers[] = { 1, 0, 12 };
    QEMUFile *f = qemu_file_new_output();
    g_autoptr(GBytes) bytes = NULL;

    g_assert_cmpint(load_config(dev, numbers, 3), ==, 0);
    g_assert_cmpuint(proxy->host_features_sel, ==, 1);
    g_assert_cmpuint(proxy->guest_features_sel, ==, 0);
    g_assert_cmpuint(proxy->guest_page_shift, ==, 12);

    bus_class(dev)->save_config(dev, f);
    bytes = qemu_file_bytes(f);
    g_assert_cmpmem(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes),
                    "\0\0\0\1\0\0\0\0\0\0\0\14", 12);
    qemu_fclose(f);
    proxy_free(dev);
}

/* What no guest can have made is refused, and changes nothing. */
static void test_bad_config(void)
{
    static const uint32_t bad[][3] = {
        { 2, 0, 12 }, { 0, 2, 12 }, { 0, UINT32_MAX, 12 }, { 0, 0, 32 },
    };
    DeviceState *dev = proxy_new(false);
    VirtIOMMIOProxy *proxy = VIRTIO_MMIO(dev);

    for (int i = 0; i < ARRAY_SIZE(bad); i++) {
        g_assert_cmpint(load_config(dev, bad[i], 3), ==, -EINVAL);
        g_assert_cmpuint(proxy->host_features_sel, ==, 0);
        g_assert_cmpuint(proxy->guest_features_sel, ==, 0);
        g_assert_cmpuint(proxy->guest_page_shift, ==, 0);
    }
    proxy_free(dev);
}

/* Of version 2, what was written of each queue; of version 1, nothing more. */
static void test_extra_state(void)
{
    DeviceState *from = proxy_new(false), *to = proxy_new(false);
    DeviceState *legacy = proxy_new(true);
    VirtIOMMIOProxy *proxy = VIRTIO_MMIO(from), *other = VIRTIO_MMIO(to);
    QEMUFile *f = qemu_file_new_output();
    g_autoptr(GBytes) bytes = NULL;

    g_assert_false(bus_class(legacy)->has_extra_state(legacy));
    g_assert_true(bus_class(from)->has_extra_state(from));

    proxy->guest_features[1] = 1;
    proxy->vqs[3] = (VirtIOMMIOQueue) {
        .num = 128, .enabled = true, .desc = { 0x1000, 1 },
        .avail = { 0x2000, 2 }, .used = { 0x3000, 3 },
    };
    proxy->vqs[VIRTIO_QUEUE_MAX - 1].num = 7;
    bus_class(from)->save_extra_state(from, f);
    bytes = qemu_file_bytes(f);
    qemu_fclose(f);

    f = qemu_file_new_input(bytes);
    g_assert_cmpint(bus_class(to)->load_extra_state(to, f), ==, 0);
    qemu_fclose(f);
    g_assert_cmpuint(other->guest_features[1], ==, 1);
    g_assert_cmpmem(other->vqs, sizeof(other->vqs),
                    proxy->vqs, sizeof(proxy->vqs));
    proxy_free(from);
    proxy_free(to);
    proxy_free(legacy);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    g_test_add_func("/virtio-mmio/config", test_config);
    g_test_add_func("/virtio-mmio/bad-config", test_bad_config);
    g_test_add_func("/virtio-mmio/extra-state", test_extra_state);
    return g_test_run();
}
