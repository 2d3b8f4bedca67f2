/*
 * filter-dump: writes a netdev's packets into a pcap file.
 *
 *   -object filter-dump,id=d0,netdev=tap0,file=tap0.pcap
 *
 * The file format is libpcap's, version 2.4, with microseconds, in the
 * host's byte order, which readers find out from the magic number.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/error-report.h"
#include "qemu/iov.h"
#include "qemu/module.h"
#include "qom/object.h"
#include "net/filter.h"
#include "net/net.h"

#define TYPE_FILTER_DUMP "filter-dump"
OBJECT_DECLARE_SIMPLE_TYPE(NetFilterDumpState, FILTER_DUMP)

#define PCAP_MAGIC 0xa1b2c3d4
#define PCAP_LINKTYPE_ETHERNET 1

struct pcap_file_hdr {
    uint32_t magic;
    uint16_t version_major;
    uint16_t version_minor;
    int32_t thiszone;
    uint32_t sigfigs;
    uint32_t snaplen;
    uint32_t linktype;
};

struct pcap_sf_pkthdr {
    struct {
        int32_t tv_sec;
        int32_t tv_usec;
    } ts;
    uint32_t caplen;
    uint32_t len;
};

struct NetFilterDumpState {
    NetFilterState parent_obj;

    /* Properties: set before completion, fixed after it. */
    char *filename;
    uint32_t maxlen;

    /* Held from setup to cleanup; -1 after a write failed. */
    int fd;
};

static ssize_t filter_dump_receive_iov(NetFilterState *nf,
                                       NetClientState *sender, unsigned flags,
                                       const struct iovec *iov, int iovcnt,
                                       NetPacketSent *sent_cb)
{
    NetFilterDumpState *nfds = FILTER_DUMP(nf);
    /* What both ends of the cable have agreed on is no part of the frame. */
    int hdr_len = flags & QEMU_NET_PACKET_FLAG_RAW
                  ? 0 : qemu_get_vnet_hdr_len(nf->netdev);
    g_autofree struct iovec *dumpiov = g_new(struct iovec, iovcnt + 1);
    struct pcap_sf_pkthdr hdr;
    size_t size = iov_size(iov, iovcnt);
    int64_t ts = g_get_real_time();
    size_t caplen;
    int cnt;

    if (nfds->fd < 0 || size < hdr_len) {
        return 0;
    }
    size -= hdr_len;
    caplen = MIN(size, nfds->maxlen);

    hdr.ts.tv_sec = ts / G_USEC_PER_SEC;
    hdr.ts.tv_usec = ts % G_USEC_PER_SEC;
    hdr.caplen = caplen;
    hdr.len = size;
    dumpiov[0].iov_base = &hdr;
    dumpiov[0].iov_len = sizeof(hdr);
    cnt = iov_copy(&dumpiov[1], iovcnt, iov, iovcnt, hdr_len, caplen);

    if (writev(nfds->fd, dumpiov, cnt + 1) != sizeof(hdr) + caplen) {
        error_report("network dump write error - stopping dump");
        close(nfds->fd);
        nfds->fd = -1;
    }
    return 0;
}

/* Life */

static void filter_dump_cleanup(NetFilterState *nf)
{
    NetFilterDumpState *nfds = FILTER_DUMP(nf);

    if (nfds->fd >= 0) {
        close(nfds->fd);
        nfds->fd = -1;
    }
}

static void filter_dump_setup(NetFilterState *nf, Error **errp)
{
    NetFilterDumpState *nfds = FILTER_DUMP(nf);
    struct pcap_file_hdr hdr = {
        .magic = PCAP_MAGIC,
        .version_major = 2,
        .version_minor = 4,
        .snaplen = nfds->maxlen,
        .linktype = PCAP_LINKTYPE_ETHERNET,
    };

    if (!nfds->filename) {
        error_setg(errp, "dump filter needs 'file' property set!");
        return;
    }

    nfds->fd = open(nfds->filename,
                    O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
    if (nfds->fd < 0) {
        error_setg_errno(errp, errno, "net dump: can't open %s",
                         nfds->filename);
        return;
    }
    if (write(nfds->fd, &hdr, sizeof(hdr)) != sizeof(hdr)) {
        error_setg_errno(errp, errno, "net dump write error");
        close(nfds->fd);
        nfds->fd = -1;
    }
}

/* Properties */

static void filter_dump_get_maxlen(Object *obj, Visitor *v, const char *name,
                                   void *opaque, Error **errp)
{
    uint32_t value = FILTER_DUMP(obj)->maxlen;

    visit_type_uint32(v, name, &value, errp);
}

static void filter_dump_set_maxlen(Object *obj, Visitor *v, const char *name,
                                   void *opaque, Error **errp)
{
    uint32_t value;

    if (!visit_type_uint32(v, name, &value, errp)) {
        return;
    }
    if (value == 0) {
        error_setg(errp, "Property '%s.%s' doesn't take value '%u'",
                   object_get_typename(obj), name, value);
        return;
    }
    FILTER_DUMP(obj)->maxlen = value;
}

static char *filter_dump_get_filename(Object *obj, Error **errp)
{
    return g_strdup(FILTER_DUMP(obj)->filename);
}

static void filter_dump_set_filename(Object *obj, const char *value,
                                     Error **errp)
{
    NetFilterDumpState *nfds = FILTER_DUMP(obj);

    g_free(nfds->filename);
    nfds->filename = g_strdup(value);
}

static void filter_dump_instance_init(Object *obj)
{
    NetFilterDumpState *nfds = FILTER_DUMP(obj);

    nfds->maxlen = 65536;
    nfds->fd = -1;
}

static void filter_dump_instance_finalize(Object *obj)
{
    g_free(FILTER_DUMP(obj)->filename);
}

static void filter_dump_class_init(ObjectClass *oc, void *data)
{
    NetFilterClass *nfc = NETFILTER_CLASS(oc);

    object_class_property_add(oc, "maxlen", "uint32", filter_dump_get_maxlen,
                              filter_dump_set_maxlen, NULL, NULL);
    object_class_property_add_str(oc, "file", filter_dump_get_filename,
                                  filter_dump_set_filename);

    nfc->setup = filter_dump_setup;
    nfc->cleanup = filter_dump_cleanup;
    nfc->receive_iov = filter_dump_receive_iov;
}

static const TypeInfo filter_dump_info = {
    .name = TYPE_FILTER_DUMP,
    .parent = TYPE_NETFILTER,
    .class_init = filter_dump_class_init,
    .instance_init = filter_dump_instance_init,
    .instance_finalize = filter_dump_instance_finalize,
    .instance_size = sizeof(NetFilterDumpState),
};

static void filter_dump_register_types(void)
{
    type_register_static(&filter_dump_info);
}

type_init(filter_dump_register_types)
