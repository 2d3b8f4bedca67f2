/*
 * Looking into virtio devices by QMP: x-query-virtio and its family, and what
 * is told of a card's filter.
 *
 * A virtio-net-pci runs with real queues.  Whatever the guest has written into
 * them, looking never changes the device.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqos/virtio-net.h"
#include "qmp-expect.h"
#include "standard-headers/linux/virtio_config.h"

#define NIC "/machine/peripheral/nic0/virtio-backend"
#define INDIRECT VRING_DESC_F_INDIRECT
#define NEXT     VRING_DESC_F_NEXT
#define WRITE    VRING_DESC_F_WRITE

static void set_desc(QVirtioNet *net, uint64_t table, unsigned i,
                     uint64_t addr, uint32_t len, uint16_t flags,
                     uint16_t next)
{
    struct vring_desc desc = {
        .addr = addr,
        .len = len,
        .flags = flags,
        .next = next,
    };

    qtest_memwrite(net->qts, table + i * sizeof(desc), &desc, sizeof(desc));
}

/* Entry @i of the ring that the guest writes. */
static void set_avail(QVirtioNet *net, QVirtQueue *vq, unsigned i,
                      uint16_t head)
{
    qtest_writew(net->qts, vq->avail + 4 + 2 * i, head);
}

static QDict *query_status(QVirtioNet *net)
{
    return qtest_qmp(net->qts, "{'execute': 'x-query-virtio-status',"
                     " 'arguments': {'path': %s}}", NIC);
}

static bool list_has(QDict *dict, const char *key, const char *text)
{
    QListEntry *entry;

    QLIST_FOREACH_ENTRY(qdict_get_qlist(dict, key), entry) {
        QString *str = qobject_to(QString, qlist_entry_obj(entry));

        if (g_str_has_prefix(qstring_get_str(str), text)) {
            return true;
        }
    }
    return false;
}

/* Who is there, and who is not. */
static void test_list(void)
{
    QTestState *qts = qtest_init("-nodefaults -device virtio-net-pci,id=a "
                                 "-device virtio-net-pci,id=b,addr=5");

    expect_return(qts, "[{'path': '/machine/peripheral/b/virtio-backend',"
                       "  'name': 'virtio-net'},"
                       " {'path': '/machine/peripheral/a/virtio-backend',"
                       "  'name': 'virtio-net'}]",
                  "{'execute': 'x-query-virtio'}");
    expect_hmp(qts, "info virtio",
               "/machine/peripheral/b/virtio-backend [virtio-net]\n"
               "/machine/peripheral/a/virtio-backend [virtio-net]\n");
    qtest_quit(qts);

    qts = qtest_init("-machine none");
    expect_return(qts, "[]", "{'execute': 'x-query-virtio'}");
    expect_hmp(qts, "info virtio", "No VirtIO devices\n");
    qtest_quit(qts);
}

/* Paths and queues that are not there. */
static void test_wrong(void)
{
    static const char *const commands[] = {
        "x-query-virtio-queue-status",
        "x-query-virtio-vhost-queue-status",
        "x-query-virtio-queue-element",
    };
    QTestState *qts = qtest_init("-nodefaults -device virtio-net-pci,id=nic0");

    for (int i = 0; i < ARRAY_SIZE(commands); i++) {
        g_autofree char *text = g_strdup_printf(
            "Path /nope is not a VirtIO%s", i == 2 ? " device" : "Device");

        expect_error(qts, "GenericError", text, "{'execute': %s, 'arguments':"
                     " {'path': '/nope', 'queue': 0}}", commands[i]);
        expect_error(qts, "GenericError", "Parameter 'queue' is missing",
                     "{'execute': %s, 'arguments': {'path': %s}}",
                     commands[i], NIC);
        expect_error(qts, "GenericError", "Parameter 'queue' expects uint16_t",
                     "{'execute': %s, 'arguments': {'path': %s,"
                     " 'queue': 65536}}", commands[i], NIC);
        if (i == 1) {
            expect_error(qts, "GenericError",
                         "Error: vhost device has not started yet",
                         "{'execute': %s, 'arguments': {'path': %s,"
                         " 'queue': 0}}", commands[i], NIC);
            continue;
        }
        expect_error(qts, "GenericError", "Invalid virtqueue number 3",
                     "{'execute': %s, 'arguments': {'path': %s, 'queue': 3}}",
                     commands[i], NIC);
        expect_error(qts, "GenericError", "Invalid virtqueue number 65535",
                     "{'execute': %s, 'arguments': {'path': %s,"
                     " 'queue': 65535}}", commands[i], NIC);
    }
    /* The proxy is not the device. */
    expect_error(qts, "GenericError",
                 "Path /machine/peripheral/nic0 is not a VirtIODevice",
                 "{'execute': 'x-query-virtio-status', 'arguments':"
                 " {'path': '/machine/peripheral/nic0'}}");
    expect_error(qts, "GenericError", "Region caches not initialized",
                 "{'execute': 'x-query-virtio-queue-element', 'arguments':"
                 " {'path': %s, 'queue': 0}}", NIC);
    expect_hmp(qts, "info virtio-status /nope",
               "Error: Path /nope is not a VirtIODevice\n");
    expect_hmp(qts, "info virtio-vhost-queue-status " NIC " 0",
               "Error: Error: vhost device has not started yet\n");
    qtest_quit(qts);
}

/* Bits have names; the driver's steps show. */
static void test_status(void)
{
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci", "");
    QDict *rsp = query_status(net), *status = qdict_get_qdict(rsp, "return");
    QDict *host = qdict_get_qdict(status, "host-features");
    QDict *guest, *steps;

    g_assert_cmpstr(qdict_get_str(status, "name"), ==, "virtio-net");
    g_assert_cmpint(qdict_get_int(status, "device-id"), ==, 1);
    g_assert_cmpint(qdict_get_int(status, "num-vqs"), ==, 3);
    g_assert_cmpstr(qdict_get_str(status, "device-endian"), ==, "little");
    g_assert_cmpstr(qdict_get_str(status, "bus-name"), ==, "");
    g_assert_true(list_has(host, "transports", "VIRTIO_F_VERSION_1: "));
    g_assert_true(list_has(host, "dev-features", "VIRTIO_NET_F_MAC: "));
    /* Resetting one queue is newer than the names. */
    g_assert_cmphex(qdict_get_int(host, "unknown-dev-features"), ==,
                    1ULL << VIRTIO_F_RING_RESET);
    steps = qdict_get_qdict(status, "status");
    g_assert_true(qlist_empty(qdict_get_qlist(steps, "statuses")));
    qobject_unref(rsp);

    qvirtio_net_start(net, 1ULL << VIRTIO_F_VERSION_1 |
                           1ULL << VIRTIO_NET_F_MAC);
    rsp = query_status(net);
    status = qdict_get_qdict(rsp, "return");
    guest = qdict_get_qdict(status, "guest-features");
    g_assert_true(list_has(guest, "transports", "VIRTIO_F_VERSION_1: "));
    g_assert_false(list_has(guest, "transports", "VIRTIO_RING_F_EVENT_IDX"));
    g_assert_true(list_has(guest, "dev-features", "VIRTIO_NET_F_MAC: "));
    g_assert_false(list_has(guest, "dev-features", "VIRTIO_NET_F_CTRL_VQ"));
    g_assert_false(qdict_haskey(guest, "unknown-dev-features"));
    steps = qdict_get_qdict(status, "status");
    g_assert_true(list_has(steps, "statuses",
        "VIRTIO_CONFIG_S_DRIVER_OK: Driver setup and ready"));
    g_assert_true(list_has(steps, "statuses", "VIRTIO_CONFIG_S_FEATURES_OK"));
    g_assert_false(list_has(steps, "statuses", "VIRTIO_CONFIG_S_FAILED"));
    g_assert_true(qdict_get_bool(status, "started"));
    g_assert_false(qdict_get_bool(status, "broken"));
    qobject_unref(rsp);
    qvirtio_net_shutdown(net);
}

static void test_status_hmp(void)
{
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci", "");
    g_autofree char *text = NULL;

    qvirtio_net_start(net, 1ULL << VIRTIO_F_VERSION_1 |
                           1ULL << VIRTIO_RING_F_EVENT_IDX);
    text = hmp_answer(net->qts, "info virtio-status " NIC);
    g_assert_true(g_str_has_prefix(text,
        NIC ":\n"
        "  device_name:             virtio-net \n"
        "  device_id:               1\n"
        "  vhost_started:           false\n"
        "  bus_name:                (null)\n"
        "  broken:                  false\n"
        "  disabled:                false\n"
        "  disable_legacy_check:    false\n"
        "  started:                 true\n"
        "  use_started:             true\n"
        "  start_on_kick:           false\n"
        "  use_guest_notifier_mask: true\n"
        "  vm_running:              true\n"
        "  num_vqs:                 3\n"));
    g_assert_nonnull(strstr(text,
        "  endianness:              little\n"
        "  status:\n"
        "\tVIRTIO_CONFIG_S_ACKNOWLEDGE: Valid virtio device found,\n"
        "\tVIRTIO_CONFIG_S_DRIVER: Guest OS compatible with device,\n"
        "\tVIRTIO_CONFIG_S_FEATURES_OK: Feature negotiation complete,\n"
        "\tVIRTIO_CONFIG_S_DRIVER_OK: Driver setup and ready\n"
        "  Guest features:\n"
        "\tVIRTIO_RING_F_EVENT_IDX: Used & avail. event fields enabled,\n"
        "\tVIRTIO_F_VERSION_1: Device compliant for v1 spec (legacy)\n"
        "  Host features:\n"));
    g_assert_nonnull(strstr(text,
        "  unknown-features(0x0000010000000000)\n"
        "  Backend features:\n\n"));
    qvirtio_net_shutdown(net);
}

/* A queue's numbers are those that the driver gave and took. */
static void test_queue_status(void)
{
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci", "");
    uint8_t packet[100] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
    g_autofree char *text = NULL, *expected = NULL;
    QDict *rsp, *status;

    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    qvirtio_net_send(net, packet, sizeof(packet));
    qvirtio_net_send(net, packet, sizeof(packet));

    rsp = qtest_qmp(net->qts, "{'execute': 'x-query-virtio-queue-status',"
                    " 'arguments': {'path': %s, 'queue': 1}}", NIC);
    status = qdict_get_qdict(rsp, "return");
    g_assert_cmpint(qdict_get_int(status, "queue-index"), ==, 1);
    g_assert_cmpint(qdict_get_int(status, "vring-num"), ==, net->tx->size);
    g_assert_cmpint(qdict_get_int(status, "vring-num-default"), ==, 256);
    g_assert_cmphex(qdict_get_int(status, "vring-desc"), ==, net->tx->desc);
    g_assert_cmphex(qdict_get_int(status, "vring-avail"), ==, net->tx->avail);
    g_assert_cmphex(qdict_get_int(status, "vring-used"), ==, net->tx->used);
    g_assert_cmpint(qdict_get_int(status, "last-avail-idx"), ==, 2);
    g_assert_cmpint(qdict_get_int(status, "used-idx"), ==, 2);
    g_assert_cmpint(qdict_get_int(status, "inuse"), ==, 0);
    qobject_unref(rsp);

    text = hmp_answer(net->qts, "info virtio-queue-status " NIC " 1");
    expected = g_strdup_printf(
        "  last_avail_idx:       2\n"
        "  shadow_avail_idx:     2\n"
        "  VRing:\n"
        "    num:          256\n"
        "    num_default:  256\n"
        "    align:        4096\n"
        "    desc:         0x%016" PRIx64 "\n"
        "    avail:        0x%016" PRIx64 "\n"
        "    used:         0x%016" PRIx64 "\n",
        net->tx->desc, net->tx->avail, net->tx->used);
    g_assert_true(g_str_has_prefix(text,
        NIC ":\n"
        "  device_name:          virtio-net\n"
        "  queue_index:          1\n"
        "  inuse:                0\n"
        "  used_idx:             2\n"));
    g_assert_true(g_str_has_suffix(text, expected));
    qvirtio_net_shutdown(net);
}

/* In a packed ring the numbers are places, and it has no elements to show. */
static void test_queue_packed(void)
{
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci",
                                       "packed=on,tx_queue_size=256");
    uint8_t packet[100] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
    QDict *rsp, *status;

    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    for (unsigned i = 0; i < net->tx->size + 2; i++) {
        qvirtio_net_send(net, packet, sizeof(packet));
        qvirtio_net_wire_recv(net, packet, sizeof(packet));
    }
    rsp = qtest_qmp(net->qts, "{'execute': 'x-query-virtio-queue-status',"
                    " 'arguments': {'path': %s, 'queue': 1}}", NIC);
    status = qdict_get_qdict(rsp, "return");
    g_assert_cmpint(qdict_get_int(status, "inuse"), ==, 0);
    g_assert_cmpint(qdict_get_int(status, "vring-num"), ==, net->tx->size);
    g_assert_cmphex(qdict_get_int(status, "vring-desc"), ==, net->tx->desc);
    g_assert_cmphex(qdict_get_int(status, "vring-avail"), ==, net->tx->avail);
    g_assert_cmphex(qdict_get_int(status, "vring-used"), ==, net->tx->used);
    g_assert_cmpint(qdict_get_int(status, "last-avail-idx"), ==, 2);
    g_assert_cmpint(qdict_get_int(status, "shadow-avail-idx"), ==, 2);
    g_assert_cmpint(qdict_get_int(status, "used-idx"), ==, 2);
    g_assert_cmpint(qdict_get_int(status, "signalled-used"), ==, 2);
    g_assert_true(qdict_get_bool(status, "signalled-used-valid"));
    qobject_unref(rsp);

    expect_error(net->qts, "GenericError", "Packed ring not supported",
                 "{'execute': 'x-query-virtio-queue-element', 'arguments':"
                 " {'path': %s, 'queue': 1}}", NIC);
    expect_error(net->qts, "GenericError", "Packed ring not supported",
                 "{'execute': 'x-query-virtio-queue-element', 'arguments':"
                 " {'path': %s, 'queue': 0, 'index': 300}}", NIC);
    expect_hmp(net->qts, "info virtio-queue-element " NIC " 1",
               "Error: Packed ring not supported\n");
    qvirtio_net_shutdown(net);
}

static void expect_element(QVirtioNet *net, int index, const char *expected)
{
    expect_return(net->qts, expected,
                  "{'execute': 'x-query-virtio-queue-element', 'arguments':"
                  " {'path': %s, 'queue': 0, 'index': %d}}", NIC, index);
}

/* Chains, as good drivers make them. */
static void test_element(void)
{
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci", "");
    QVirtQueue *vq;

    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    vq = net->rx;
    set_desc(net, vq->desc, 0, 0x40000, 512, NEXT | WRITE, 1);
    set_desc(net, vq->desc, 1, 0x41000, 100, WRITE, 0);
    set_desc(net, vq->desc, 2, 0x50000, 32, INDIRECT, 0);
    set_desc(net, 0x50000, 0, 0x51000, 77, NEXT | WRITE, 1);
    set_desc(net, 0x50000, 1, 0x52000, 99, WRITE, 0);
    set_avail(net, vq, 0, 0);
    set_avail(net, vq, 1, 2);
    qtest_writew(net->qts, vq->avail + 2, 2);

    /* Without an index it is the one that the device would take next. */
    expect_return(net->qts, "{'name': 'virtio-net', 'index': 0, 'descs': ["
                  "{'addr': 266240, 'len': 100, 'flags': ['write']},"
                  "{'addr': 262144, 'len': 512, 'flags': ['write', 'next']}],"
                  "'avail': {'flags': 0, 'idx': 2, 'ring': 0},"
                  "'used': {'flags': 0, 'idx': 0}}",
                  "{'execute': 'x-query-virtio-queue-element', 'arguments':"
                  " {'path': %s, 'queue': 0}}", NIC);
    /* An indirect descriptor's table is shown, not the descriptor. */
    expect_element(net, 1, "{'name': 'virtio-net', 'index': 2, 'descs': ["
                   "{'addr': 335872, 'len': 99, 'flags': ['write']},"
                   "{'addr': 331776, 'len': 77, 'flags': ['write', 'next']}],"
                   "'avail': {'flags': 0, 'idx': 2, 'ring': 2},"
                   "'used': {'flags': 0, 'idx': 0}}");
    expect_hmp(net->qts, "info virtio-queue-element " NIC " 0",
               NIC ":\n"
               "  device_name: virtio-net\n"
               "  index:   0\n"
               "  desc:\n"
               "    descs:\n"
               "        addr 0x41000 len 100 (write),\n"
               "        addr 0x40000 len 512 (write, next)\n"
               "  avail:\n"
               "    flags: 0\n"
               "    idx:   2\n"
               "    ring:  0\n"
               "  used:\n"
               "    flags: 0\n"
               "    idx:   0\n");
    /* The ring goes round. */
    expect_element(net, vq->size + 1,
                   "{'name': 'virtio-net', 'index': 2, 'descs': ["
                   "{'addr': 335872, 'len': 99, 'flags': ['write']},"
                   "{'addr': 331776, 'len': 77, 'flags': ['write', 'next']}],"
                   "'avail': {'flags': 0, 'idx': 2, 'ring': 2},"
                   "'used': {'flags': 0, 'idx': 0}}");
    qvirtio_net_shutdown(net);
}

static void expect_descs(QVirtioNet *net, int count)
{
    QDict *rsp = qtest_qmp(net->qts,
                           "{'execute': 'x-query-virtio-queue-element',"
                           " 'arguments': {'path': %s, 'queue': 0,"
                           " 'index': 0}}", NIC);
    QList *descs;

    g_assert_true(qdict_haskey(rsp, "return"));
    descs = qdict_get_qlist(qdict_get_qdict(rsp, "return"), "descs");
    g_assert_cmpint(qlist_size(descs), ==, count);
    qobject_unref(rsp);
}

/* Chains that no driver may make are shown as far as they go. */
static void test_element_lies(void)
{
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci", "");
    QVirtQueue *vq;
    QDict *rsp;

    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    vq = net->rx;

    set_avail(net, vq, 0, vq->size);
    expect_error(net->qts, "GenericError", "Guest says index 256 is available",
                 "{'execute': 'x-query-virtio-queue-element', 'arguments':"
                 " {'path': %s, 'queue': 0, 'index': 0}}", NIC);
    set_avail(net, vq, 0, 0);
    /* A circle is as long as the table. */
    set_desc(net, vq->desc, 0, 0x40000, 1, NEXT, 0);
    expect_descs(net, vq->size);
    /* Beyond the table there is nothing. */
    set_desc(net, vq->desc, 0, 0x40000, 1, NEXT, vq->size);
    expect_descs(net, 1);
    /* A table that is nowhere, one of no descriptor, and one that loops. */
    set_desc(net, vq->desc, 0, 1ULL << 50, 16, INDIRECT, 0);
    rsp = qtest_qmp(net->qts, "{'execute': 'x-query-virtio-queue-element',"
                    " 'arguments': {'path': %s, 'queue': 0, 'index': 0}}",
                    NIC);
    qobject_unref(rsp);
    set_desc(net, vq->desc, 0, 0x50000, 0, INDIRECT, 0);
    expect_descs(net, 0);
    set_desc(net, vq->desc, 0, 0x50000, 15, INDIRECT, 0);
    expect_descs(net, 0);
    set_desc(net, 0x50000, 0, 0x51000, 1, NEXT, 0);
    set_desc(net, vq->desc, 0, 0x50000, 16 * 5 + 1, INDIRECT, 0);
    expect_descs(net, 5);
    /* As long as memory: the longest chain there can be is the end. */
    set_desc(net, 0x2000000, 0, 0x51000, 1, NEXT, 0);
    set_desc(net, vq->desc, 0, 0x2000000, 64 * 1024 * 1024, INDIRECT, 0);
    expect_descs(net, 1024);

    /* The device has not minded. */
    rsp = query_status(net);
    g_assert_false(qdict_get_bool(qdict_get_qdict(rsp, "return"), "broken"));
    qobject_unref(rsp);
    qvirtio_net_shutdown(net);
}

/* The device is broken, and says so. */
static void test_broken(void)
{
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci", "");
    QDict *rsp, *status;

    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    set_avail(net, net->tx, 0, 60000);
    qtest_writew(net->qts, net->tx->avail + 2, 1);
    net->vdev->bus->virtqueue_kick(net->vdev, net->tx);
    net->vdev->bus->get_status(net->vdev);
    rsp = query_status(net);
    status = qdict_get_qdict(rsp, "return");
    g_assert_true(qdict_get_bool(status, "broken"));
    g_assert_true(list_has(qdict_get_qdict(status, "status"), "statuses",
                           "VIRTIO_CONFIG_S_NEEDS_RESET: "));
    qobject_unref(rsp);
    qvirtio_net_shutdown(net);
}

/* The filter */

static void send_ctrl(QVirtioNet *net, uint8_t class, uint8_t cmd,
                      const void *data, size_t len, uint8_t answer)
{
    g_assert_cmpuint(qvirtio_net_ctrl(net, class, cmd, data, len), ==, answer);
}

/* A change is news once, until somebody asks. */
static void expect_change(QVirtioNet *net, bool news)
{
    QDict *rsp, *event, *data;

    rsp = qtest_qmp(net->qts, "{'execute': 'query-name'}");
    qobject_unref(rsp);
    event = qtest_qmp_event_ref(net->qts, "NIC_RX_FILTER_CHANGED");
    g_assert_cmpint(event != NULL, ==, news);
    if (event) {
        data = qdict_get_qdict(event, "data");
        g_assert_cmpstr(qdict_get_str(data, "name"), ==, "nic0");
        g_assert_cmpstr(qdict_get_str(data, "path"), ==, NIC);
        qobject_unref(event);
    }
}

static QDict *query_filter(QVirtioNet *net)
{
    return qtest_qmp(net->qts, "{'execute': 'query-rx-filter', 'arguments':"
                     " {'name': 'nic0'}}");
}

static QDict *the_filter(QDict *rsp)
{
    return qobject_to(QDict,
                      qlist_peek(qdict_get_qlist(rsp, "return")));
}

static void expect_member(QVirtioNet *net, const char *key, const char *json)
{
    QDict *rsp = query_filter(net);
    QObject *want = qobject_from_json(json, &error_abort);

    g_assert_true(qobject_is_equal(qdict_get(the_filter(rsp), key), want));
    qobject_unref(want);
    qobject_unref(rsp);
}

static void test_rx_filter(void)
{
    static const uint8_t macs[] = {
        2, 0, 0, 0,
        2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2,
        1, 0, 0, 0,
        1, 0, 0x5e, 0, 0, 7,
    };
    static const uint8_t mac[] = { 2, 0, 0, 0, 0, 9 };
    QVirtioNet *net = qvirtio_net_boot("virtio-net-pci", "");
    uint8_t on = 1, off = 0;
    uint16_t vid;
    QDict *rsp, *info;

    /* Before a driver comes nothing is filtered. */
    rsp = query_filter(net);
    info = the_filter(rsp);
    g_assert_true(qdict_get_bool(info, "promiscuous"));
    g_assert_true(qdict_get_bool(info, "broadcast-allowed"));
    g_assert_cmpstr(qdict_get_str(info, "vlan"), ==, "all");
    g_assert_cmpint(qlist_size(qdict_get_qlist(info, "vlan-table")), ==, 4096);
    g_assert_cmpstr(qdict_get_str(info, "main-mac"), ==, "52:54:00:12:34:56");
    qobject_unref(rsp);

    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    expect_member(net, "vlan", "'none'");
    send_ctrl(net, VIRTIO_NET_CTRL_RX, VIRTIO_NET_CTRL_RX_PROMISC, &off, 1,
              VIRTIO_NET_OK);
    expect_change(net, true);
    send_ctrl(net, VIRTIO_NET_CTRL_RX, VIRTIO_NET_CTRL_RX_ALLMULTI, &on, 1,
              VIRTIO_NET_OK);
    expect_change(net, false);
    expect_member(net, "promiscuous", "false");
    expect_member(net, "multicast", "'all'");
    send_ctrl(net, VIRTIO_NET_CTRL_RX, VIRTIO_NET_CTRL_RX_NOMULTI, &on, 1,
              VIRTIO_NET_OK);
    expect_change(net, true);
    expect_member(net, "multicast", "'none'");
    send_ctrl(net, VIRTIO_NET_CTRL_RX, VIRTIO_NET_CTRL_RX_NOBCAST, &on, 1,
              VIRTIO_NET_OK);
    expect_change(net, true);
    expect_member(net, "broadcast-allowed", "false");

    /* What is refused is no change. */
    send_ctrl(net, VIRTIO_NET_CTRL_RX, 99, &on, 1, VIRTIO_NET_ERR);
    send_ctrl(net, VIRTIO_NET_CTRL_MAC, VIRTIO_NET_CTRL_MAC_TABLE_SET,
              macs, 5, VIRTIO_NET_ERR);
    vid = 4096;
    send_ctrl(net, VIRTIO_NET_CTRL_VLAN, VIRTIO_NET_CTRL_VLAN_ADD, &vid, 2,
              VIRTIO_NET_ERR);
    expect_change(net, false);

    send_ctrl(net, VIRTIO_NET_CTRL_MAC, VIRTIO_NET_CTRL_MAC_TABLE_SET,
              macs, sizeof(macs), VIRTIO_NET_OK);
    expect_change(net, true);
    expect_member(net, "unicast-table",
                  "['02:00:00:00:00:02', '02:00:00:00:00:01']");
    expect_member(net, "multicast-table", "['01:00:5e:00:00:07']");
    send_ctrl(net, VIRTIO_NET_CTRL_MAC, VIRTIO_NET_CTRL_MAC_ADDR_SET,
              mac, sizeof(mac), VIRTIO_NET_OK);
    expect_change(net, true);
    expect_member(net, "main-mac", "'02:00:00:00:00:09'");

    vid = 7;
    send_ctrl(net, VIRTIO_NET_CTRL_VLAN, VIRTIO_NET_CTRL_VLAN_ADD, &vid, 2,
              VIRTIO_NET_OK);
    vid = 3;
    send_ctrl(net, VIRTIO_NET_CTRL_VLAN, VIRTIO_NET_CTRL_VLAN_ADD, &vid, 2,
              VIRTIO_NET_OK);
    expect_change(net, true);
    expect_member(net, "vlan-table", "[7, 3]");
    expect_member(net, "vlan", "'normal'");
    send_ctrl(net, VIRTIO_NET_CTRL_VLAN, VIRTIO_NET_CTRL_VLAN_DEL, &vid, 2,
              VIRTIO_NET_OK);
    expect_change(net, true);
    expect_member(net, "vlan-table", "[7]");
    qvirtio_net_shutdown(net);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/virtio-qmp/list", test_list);
    qtest_add_func("/virtio-qmp/wrong", test_wrong);
    qtest_add_func("/virtio-qmp/status/qmp", test_status);
    qtest_add_func("/virtio-qmp/status/hmp", test_status_hmp);
    qtest_add_func("/virtio-qmp/queue-status", test_queue_status);
    qtest_add_func("/virtio-qmp/queue/packed", test_queue_packed);
    qtest_add_func("/virtio-qmp/element/good", test_element);
    qtest_add_func("/virtio-qmp/element/lies", test_element_lies);
    qtest_add_func("/virtio-qmp/broken", test_broken);
    qtest_add_func("/virtio-qmp/rx-filter", test_rx_filter);
    return g_test_run();
}
