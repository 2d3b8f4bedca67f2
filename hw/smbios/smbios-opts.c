/*
 * -smbios: structures from files, and fields of those that are built here.
 *
 *     -smbios file=F                  a structure as it is to be
 *     -smbios type=1,serial=S,...     fields of one of ours; several options
 *                                     for a type add up, the last one wins
 *
 * For a type it is either the one or the other.  What fields there are, a table
 * for each type tells qemu_opts_validate().
 *
 * Read first: include/hw/firmware/smbios.h, smbios_build.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/loader.h"
#include "qapi/error.h"
#include "qapi/util.h"
#include "qemu/config-file.h"
#include "qemu/module.h"
#include "qemu/uuid.h"
#include "sysemu/sysemu.h"
#include "smbios_build.h"

#define TYPE_NUMBER { .name = "type", .type = QEMU_OPT_NUMBER, \
                      .help = "the structure's type" }
#define STRING(n, h) { .name = n, .type = QEMU_OPT_STRING, .help = h }
#define NUMBER(n, h) { .name = n, .type = QEMU_OPT_NUMBER, .help = h }

/* Checked by the tables below, when the type is known. */
static QemuOptsList qemu_smbios_opts = {
    .name = "smbios",
    .head = QTAILQ_HEAD_INITIALIZER(qemu_smbios_opts.head),
    .desc = {
        { /* end of list */ }
    },
};

static const QemuOptDesc smbios_file_opts[] = {
    STRING("file", "a file with one structure and its strings"),
    { /* end of list */ }
};

static const QemuOptDesc smbios_type0_opts[] = {
    TYPE_NUMBER,
    STRING("vendor", "who made the firmware"),
    STRING("version", "its version"),
    STRING("date", "when it was released"),
    STRING("release", "its number, as two: 1.2"),
    { .name = "uefi", .type = QEMU_OPT_BOOL, .help = "is it UEFI?" },
    { /* end of list */ }
};

static const QemuOptDesc smbios_type1_opts[] = {
    TYPE_NUMBER,
    STRING("manufacturer", "who made the machine"),
    STRING("product", "what it is called"),
    STRING("version", "its version"),
    STRING("serial", "its serial number"),
    STRING("uuid", "its UUID, as -uuid says it"),
    STRING("sku", "its stock number"),
    STRING("family", "the family that it belongs to"),
    { /* end of list */ }
};

static const QemuOptDesc smbios_type2_opts[] = {
    TYPE_NUMBER,
    STRING("manufacturer", "who made the board"),
    STRING("product", "what it is called"),
    STRING("version", "its version"),
    STRING("serial", "its serial number"),
    STRING("asset", "its tag"),
    STRING("location", "where in the chassis it is"),
    { /* end of list */ }
};

static const QemuOptDesc smbios_type3_opts[] = {
    TYPE_NUMBER,
    STRING("manufacturer", "who made the chassis"),
    STRING("version", "its version"),
    STRING("serial", "its serial number"),
    STRING("asset", "its tag"),
    STRING("sku", "its stock number"),
    { /* end of list */ }
};

static const QemuOptDesc smbios_type4_opts[] = {
    TYPE_NUMBER,
    STRING("sock_pfx", "what sockets are called, before their number"),
    STRING("manufacturer", "who made the processor"),
    STRING("version", "its version"),
    STRING("serial", "its serial number"),
    STRING("asset", "its tag"),
    STRING("part", "its part number"),
    NUMBER("max-speed", "the highest clock of the socket, in MHz"),
    NUMBER("current-speed", "the clock at start, in MHz"),
    NUMBER("processor-id", "what CPUID says in EAX and EDX, EDX above"),
    { /* end of list */ }
};

static const QemuOptDesc smbios_type8_opts[] = {
    TYPE_NUMBER,
    STRING("internal_reference", "what it is called on the board"),
    STRING("external_reference", "what it is called outside"),
    NUMBER("connector_type", "the kind of the plug outside"),
    NUMBER("port_type", "what it is for"),
    { /* end of list */ }
};

static const QemuOptDesc smbios_type11_opts[] = {
    TYPE_NUMBER,
    STRING("value", "a string"),
    STRING("path", "a file with a string in it"),
    { /* end of list */ }
};

static const QemuOptDesc smbios_type17_opts[] = {
    TYPE_NUMBER,
    STRING("loc_pfx", "what memory devices are called, before their number"),
    STRING("bank", "the bank they are in"),
    STRING("manufacturer", "who made them"),
    STRING("serial", "the serial number"),
    STRING("asset", "the tag"),
    STRING("part", "the part number"),
    NUMBER("speed", "the highest and the present speed, in MT/s"),
    { /* end of list */ }
};

static const QemuOptDesc smbios_type41_opts[] = {
    TYPE_NUMBER,
    STRING("designation", "what the device is called on the board"),
    STRING("kind", "what it is: ethernet, sound, video, ..."),
    NUMBER("instance", "which one of its kind"),
    STRING("pcidev", "the id of the PCI device that it is"),
    { /* end of list */ }
};

/* Section 7.42.2, where the first is 1. */
#define TYPE_41_FIRST_KIND 1

static const QEnumLookup type41_kind_lookup = {
    .array = (const char *const[]) {
        "other", "unknown", "video", "scsi", "ethernet", "tokenring", "sound",
        "pata", "sata", "sas",
    },
    .size = 10,
};

static void save_opt(const char **dest, QemuOpts *opts, const char *name)
{
    const char *val = qemu_opt_get(opts, name);

    if (val) {
        *dest = val;            /* @opts stay in their list */
    }
}

static void smbios_add_type0(QemuOpts *opts, Error **errp)
{
    const char *release = qemu_opt_get(opts, "release");
    unsigned major, minor;

    if (release && sscanf(release, "%u.%u", &major, &minor) != 2) {
        error_setg(errp, "Invalid release");
        return;
    }
    if (release) {
        smbios_fields.type0.major = major;
        smbios_fields.type0.minor = minor;
    }
    save_opt(&smbios_fields.type0.vendor, opts, "vendor");
    save_opt(&smbios_fields.type0.version, opts, "version");
    save_opt(&smbios_fields.type0.date, opts, "date");
    smbios_fields.type0.uefi = qemu_opt_get_bool(opts, "uefi", false);
}

static void smbios_add_type1(QemuOpts *opts, Error **errp)
{
    const char *uuid = qemu_opt_get(opts, "uuid");

    if (uuid) {
        if (qemu_uuid_parse(uuid, &qemu_uuid) != 0) {
            error_setg(errp, "Invalid UUID");
            return;
        }
        qemu_uuid_set = true;
    }
    save_opt(&smbios_fields.type1.manufacturer, opts, "manufacturer");
    save_opt(&smbios_fields.type1.product, opts, "product");
    save_opt(&smbios_fields.type1.version, opts, "version");
    save_opt(&smbios_fields.type1.serial, opts, "serial");
    save_opt(&smbios_fields.type1.sku, opts, "sku");
    save_opt(&smbios_fields.type1.family, opts, "family");
}

static void smbios_add_type2(QemuOpts *opts, Error **errp)
{
    save_opt(&smbios_fields.type2.manufacturer, opts, "manufacturer");
    save_opt(&smbios_fields.type2.product, opts, "product");
    save_opt(&smbios_fields.type2.version, opts, "version");
    save_opt(&smbios_fields.type2.serial, opts, "serial");
    save_opt(&smbios_fields.type2.asset, opts, "asset");
    save_opt(&smbios_fields.type2.location, opts, "location");
}

static void smbios_add_type3(QemuOpts *opts, Error **errp)
{
    save_opt(&smbios_fields.type3.manufacturer, opts, "manufacturer");
    save_opt(&smbios_fields.type3.version, opts, "version");
    save_opt(&smbios_fields.type3.serial, opts, "serial");
    save_opt(&smbios_fields.type3.asset, opts, "asset");
    save_opt(&smbios_fields.type3.sku, opts, "sku");
}

static void smbios_add_type4(QemuOpts *opts, Error **errp)
{
    uint64_t max = qemu_opt_get_number(opts, "max-speed",
                                       smbios_fields.type4.max_speed);
    uint64_t current = qemu_opt_get_number(opts, "current-speed",
                                           smbios_fields.type4.current_speed);

    if (max > UINT16_MAX || current > UINT16_MAX) {
        error_setg(errp, "SMBIOS CPU speed is too large (> %d)", UINT16_MAX);
        return;
    }
    smbios_fields.type4.max_speed = max;
    smbios_fields.type4.current_speed = current;
    smbios_fields.type4.processor_id =
        qemu_opt_get_number(opts, "processor-id",
                            smbios_fields.type4.processor_id);
    save_opt(&smbios_fields.type4.sock_pfx, opts, "sock_pfx");
    save_opt(&smbios_fields.type4.manufacturer, opts, "manufacturer");
    save_opt(&smbios_fields.type4.version, opts, "version");
    save_opt(&smbios_fields.type4.serial, opts, "serial");
    save_opt(&smbios_fields.type4.asset, opts, "asset");
    save_opt(&smbios_fields.type4.part, opts, "part");
}

static void smbios_add_type8(QemuOpts *opts, Error **errp)
{
    struct type8_instance *t8 = g_new0(struct type8_instance, 1);

    save_opt(&t8->internal_reference, opts, "internal_reference");
    save_opt(&t8->external_reference, opts, "external_reference");
    t8->connector_type = qemu_opt_get_number(opts, "connector_type", 0);
    t8->port_type = qemu_opt_get_number(opts, "port_type", 0);
    QTAILQ_INSERT_TAIL(&smbios_fields.type8, t8, next);
}

/* The whole of a file as one string; the caller's. */
static char *smbios_read_string(const char *path, Error **errp)
{
    g_autoptr(GString) data = g_string_new(NULL);
    int fd = qemu_open(path, O_RDONLY, errp);
    char buf[4096];
    ssize_t ret;

    if (fd < 0) {
        return NULL;
    }
    while ((ret = read(fd, buf, sizeof(buf))) > 0) {
        if (memchr(buf, '\0', ret)) {
            error_setg(errp, "NUL in OEM strings value in %s", path);
            break;
        }
        g_string_append_len(data, buf, ret);
    }
    if (ret < 0) {
        error_setg(errp, "Unable to read from %s: %s", path, strerror(errno));
    }
    qemu_close(fd);
    return ret == 0 ? g_strdup(data->str) : NULL;
}

typedef struct Type11Values {
    GPtrArray *values;
} Type11Values;

/* Called for each option, in their order. */
static int smbios_add_type11_value(void *opaque, const char *name,
                                   const char *value, Error **errp)
{
    Type11Values *t11 = opaque;

    if (g_str_equal(name, "value")) {
        g_ptr_array_add(t11->values, g_strdup(value));
    } else if (g_str_equal(name, "path")) {
        char *content = smbios_read_string(value, errp);

        if (!content) {
            return -1;
        }
        g_ptr_array_add(t11->values, content);
    }
    return 0;
}

static void smbios_add_type11(QemuOpts *opts, Error **errp)
{
    g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func(g_free);
    Type11Values t11 = { values };

    if (qemu_opt_foreach(opts, smbios_add_type11_value, &t11, errp) < 0) {
        return;
    }
    if (!smbios_fields.type11) {
        smbios_fields.type11 = g_ptr_array_new_with_free_func(g_free);
    }
    for (unsigned i = 0; i < values->len; i++) {
        const char *value = g_ptr_array_index(values, i);

        /* An empty string would end the list. */
        if (*value) {
            g_ptr_array_add(smbios_fields.type11, g_strdup(value));
        }
    }
}

static void smbios_add_type17(QemuOpts *opts, Error **errp)
{
    save_opt(&smbios_fields.type17.loc_pfx, opts, "loc_pfx");
    save_opt(&smbios_fields.type17.bank, opts, "bank");
    save_opt(&smbios_fields.type17.manufacturer, opts, "manufacturer");
    save_opt(&smbios_fields.type17.serial, opts, "serial");
    save_opt(&smbios_fields.type17.asset, opts, "asset");
    save_opt(&smbios_fields.type17.part, opts, "part");
    smbios_fields.type17.speed = qemu_opt_get_number(opts, "speed", 0);
}

static void smbios_add_type41(QemuOpts *opts, Error **errp)
{
    ERRP_GUARD();
    struct type41_instance *t41;
    int kind = qapi_enum_parse(&type41_kind_lookup, qemu_opt_get(opts, "kind"),
                               0, errp);

    if (*errp) {
        return;
    }
    t41 = g_new0(struct type41_instance, 1);
    save_opt(&t41->designation, opts, "designation");
    save_opt(&t41->pcidev, opts, "pcidev");
    t41->kind = kind + TYPE_41_FIRST_KIND;
    t41->instance = qemu_opt_get_number(opts, "instance", 1);
    QTAILQ_INSERT_TAIL(&smbios_fields.type41, t41, next);
}

static const struct {
    unsigned type;
    const QemuOptDesc *opts;
    void (*add)(QemuOpts *opts, Error **errp);
} smbios_types[] = {
    { 0, smbios_type0_opts, smbios_add_type0 },
    { 1, smbios_type1_opts, smbios_add_type1 },
    { 2, smbios_type2_opts, smbios_add_type2 },
    { 3, smbios_type3_opts, smbios_add_type3 },
    { 4, smbios_type4_opts, smbios_add_type4 },
    { 8, smbios_type8_opts, smbios_add_type8 },
    { 11, smbios_type11_opts, smbios_add_type11 },
    { 17, smbios_type17_opts, smbios_add_type17 },
    { 41, smbios_type41_opts, smbios_add_type41 },
};

static void smbios_add_fields(QemuOpts *opts, unsigned long type, Error **errp)
{
    ERRP_GUARD();

    if (type > SMBIOS_MAX_TYPE) {
        error_setg(errp, "out of range!");
        return;
    }
    if (test_bit(type, smbios_fields.have_binfile)) {
        error_setg(errp, "can't add fields, binary file already loaded!");
        return;
    }
    for (size_t i = 0; i < ARRAY_SIZE(smbios_types); i++) {
        if (smbios_types[i].type == type) {
            if (!qemu_opts_validate(opts, smbios_types[i].opts, errp)) {
                return;
            }
            smbios_types[i].add(opts, errp);
            if (!*errp) {
                set_bit(type, smbios_fields.have_fields);
            }
            return;
        }
    }
    error_setg(errp, "Don't know how to build fields for SMBIOS type %lu",
               type);
}

/* The first of the file's structures counts; who has more, has more files. */
static void smbios_add_file(const char *path, Error **errp)
{
    int64_t size = get_image_size(path);
    const struct smbios_structure_header *header;
    g_autofree uint8_t *data = NULL;

    /* A directory has a size, too, and no small one. */
    if (size < (int64_t)sizeof(*header) || size > INT_MAX) {
        error_setg(errp, "Cannot read SMBIOS file %s", path);
        return;
    }
    data = g_malloc(size);
    if (load_image_size(path, data, size) != size) {
        error_setg(errp, "Failed to load SMBIOS file %s", path);
        return;
    }
    header = (struct smbios_structure_header *)data;
    if (header->type <= SMBIOS_MAX_TYPE) {
        if (test_bit(header->type, smbios_fields.have_fields)) {
            error_setg(errp, "can't load type %d struct, fields already "
                       "specified!", header->type);
            return;
        }
        set_bit(header->type, smbios_fields.have_binfile);
    }

    if (!smbios_fields.files) {
        smbios_fields.files = g_byte_array_new();
    }
    g_byte_array_append(smbios_fields.files, data, size);
    smbios_fields.files_max = MAX(smbios_fields.files_max, size);
    smbios_fields.files_count++;
    smbios_fields.files_type4 += header->type == 4;
}

void smbios_entry_add(QemuOpts *opts, Error **errp)
{
    const char *file = qemu_opt_get(opts, "file");
    const char *type = qemu_opt_get(opts, "type");

    if (file) {
        if (qemu_opts_validate(opts, smbios_file_opts, errp)) {
            smbios_add_file(file, errp);
        }
    } else if (type) {
        smbios_add_fields(opts, strtoul(type, NULL, 0), errp);
    } else {
        error_setg(errp, "Must specify type= or file=");
    }
}

static void smbios_register_config(void)
{
    qemu_add_opts(&qemu_smbios_opts);
}

opts_init(smbios_register_config)
