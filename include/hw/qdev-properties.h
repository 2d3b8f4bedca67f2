/*
 * Static properties: a field of a device's struct that the user can set.
 *
 *     static Property tally_properties[] = {
 *         DEFINE_PROP_UINT32("limit", TallyState, limit, UINT32_MAX),
 *         DEFINE_PROP_END_OF_LIST(),
 *     };
 *     … device_class_set_props(dc, tally_properties);
 *
 * Each entry becomes a QOM property of the class.  A Property says where the
 * field is, and its PropertyInfo how a field of that kind is read, written
 * and printed.  The macros check at compile time that the field has the type
 * that goes with them.  Set before realize, they are fixed after it.
 *
 * Who has the last word on a value, the weakest first: the default in the
 * table, the machine's compat properties, -global, -device.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_QDEV_PROPERTIES_H
#define QEMU_QDEV_PROPERTIES_H

#include "hw/qdev-core.h"

/*
 * One property of a class.
 *
 * @offset: of the field, from the start of the object.
 * @bitnr: for the bit kinds.
 * @bitmask: for kinds that hold several bits.
 * @set_default: whether @defval counts; without it the field stays 0.
 * @arrayoffset, @arrayinfo, @arrayfieldsize: for arrays: where the pointer to
 *     the elements is, what kind they are, and how big one is.
 * @link_type: for links: the type of object that may be linked to.
 */
struct Property {
    const char   *name;
    const PropertyInfo *info;
    ptrdiff_t    offset;
    uint8_t      bitnr;
    uint64_t     bitmask;
    bool         set_default;
    union {
        int64_t i;
        uint64_t u;
    } defval;
    int          arrayoffset;
    const PropertyInfo *arrayinfo;
    int          arrayfieldsize;
    const char   *link_type;
};

/*
 * A kind of property.
 *
 * @name: of the type, as `-device TYPE,help` and QMP show it.
 * @enum_table: for enumerations, the names of the values.
 * @realized_set_allowed: may be set after realize as well.
 * @print: the value for `info qtree`, where the text of @get will not do;
 *     the caller frees it.
 * @set_default_value: put Property.defval into the QOM property.
 * @create: make the QOM property, where get and set are not all.
 * @get, @set: QOM accessors; @opaque is the Property.
 * @release: give back what the field holds; when the object is finalized.
 */
struct PropertyInfo {
    const char *name;
    const char *description;
    const QEnumLookup *enum_table;
    bool realized_set_allowed;
    char *(*print)(Object *obj, Property *prop);
    void (*set_default_value)(ObjectProperty *op, const Property *prop);
    ObjectProperty *(*create)(ObjectClass *oc, const char *name,
                              Property *prop);
    ObjectPropertyAccessor *get;
    ObjectPropertyAccessor *set;
    ObjectPropertyRelease *release;
};

/* hw/core/qdev-properties.c */

extern const PropertyInfo qdev_prop_bit;
extern const PropertyInfo qdev_prop_bit64;
extern const PropertyInfo qdev_prop_bool;
extern const PropertyInfo qdev_prop_enum;
extern const PropertyInfo qdev_prop_uint8;
extern const PropertyInfo qdev_prop_uint16;
extern const PropertyInfo qdev_prop_uint32;
extern const PropertyInfo qdev_prop_int32;
extern const PropertyInfo qdev_prop_uint64;
extern const PropertyInfo qdev_prop_uint64_checkmask;
extern const PropertyInfo qdev_prop_int64;
extern const PropertyInfo qdev_prop_size;
extern const PropertyInfo qdev_prop_string;
extern const PropertyInfo qdev_prop_on_off_auto;
extern const PropertyInfo qdev_prop_size32;
extern const PropertyInfo qdev_prop_arraylen;
extern const PropertyInfo qdev_prop_link;

/*
 * An entry with any PropertyInfo; the further arguments set members of
 * Property.  The macros of the other kinds, here and elsewhere, are made of
 * these.
 */
#define DEFINE_PROP(_name, _state, _field, _prop, _type, ...) {  \
        .name      = (_name),                                    \
        .info      = &(_prop),                                   \
        .offset    = offsetof(_state, _field)                    \
            + type_check(_type, typeof_field(_state, _field)),   \
        __VA_ARGS__                                              \
        }

#define DEFINE_PROP_SIGNED(_name, _state, _field, _defval, _prop, _type) \
    DEFINE_PROP(_name, _state, _field, _prop, _type,                     \
                .set_default = true,                                     \
                .defval.i    = (_type)_defval)

#define DEFINE_PROP_SIGNED_NODEFAULT(_name, _state, _field, _prop, _type) \
    DEFINE_PROP(_name, _state, _field, _prop, _type)

#define DEFINE_PROP_UNSIGNED(_name, _state, _field, _defval, _prop, _type) \
    DEFINE_PROP(_name, _state, _field, _prop, _type,                       \
                .set_default = true,                                       \
                .defval.u  = (_type)_defval)

#define DEFINE_PROP_UNSIGNED_NODEFAULT(_name, _state, _field, _prop, _type) \
    DEFINE_PROP(_name, _state, _field, _prop, _type)

/* Bit @_bit of a uint32_t, on or off. */
#define DEFINE_PROP_BIT(_name, _state, _field, _bit, _defval)   \
    DEFINE_PROP(_name, _state, _field, qdev_prop_bit, uint32_t, \
                .bitnr       = (_bit),                          \
                .set_default = true,                            \
                .defval.u    = (bool)_defval)

/* Bit @_bit of a uint64_t. */
#define DEFINE_PROP_BIT64(_name, _state, _field, _bit, _defval)   \
    DEFINE_PROP(_name, _state, _field, qdev_prop_bit64, uint64_t, \
                .bitnr    = (_bit),                               \
                .set_default = true,                              \
                .defval.u  = (bool)_defval)

#define DEFINE_PROP_BOOL(_name, _state, _field, _defval)     \
    DEFINE_PROP(_name, _state, _field, qdev_prop_bool, bool, \
                .set_default = true,                         \
                .defval.u    = (bool)_defval)

/* The name that starts the setting of an array of properties. */
#define PROP_ARRAY_LEN_PREFIX "len-"

/*
 * An array whose length the user gives: setting len-@_name to n allocates n
 * elements and makes the properties @_name[0] … @_name[n-1].  @_field is a
 * uint32_t for the length, @_arrayfield the pointer to the elements, which the
 * device frees in its instance_finalize.
 */
#define DEFINE_PROP_ARRAY(_name, _state, _field,                        \
                          _arrayfield, _arrayprop, _arraytype)          \
    DEFINE_PROP((PROP_ARRAY_LEN_PREFIX _name),                          \
                _state, _field, qdev_prop_arraylen, uint32_t,           \
                .set_default = true,                                    \
                .defval.u = 0,                                          \
                .arrayinfo = &(_arrayprop),                             \
                .arrayfieldsize = sizeof(_arraytype),                   \
                .arrayoffset = offsetof(_state, _arrayfield))

/* A pointer to another object, of type @_type; holds a reference to it. */
#define DEFINE_PROP_LINK(_name, _state, _field, _type, _ptr_type)     \
    DEFINE_PROP(_name, _state, _field, qdev_prop_link, _ptr_type,     \
                .link_type  = _type)

#define DEFINE_PROP_UINT8(_n, _s, _f, _d)                       \
    DEFINE_PROP_UNSIGNED(_n, _s, _f, _d, qdev_prop_uint8, uint8_t)
#define DEFINE_PROP_UINT16(_n, _s, _f, _d)                      \
    DEFINE_PROP_UNSIGNED(_n, _s, _f, _d, qdev_prop_uint16, uint16_t)
#define DEFINE_PROP_UINT32(_n, _s, _f, _d)                      \
    DEFINE_PROP_UNSIGNED(_n, _s, _f, _d, qdev_prop_uint32, uint32_t)
#define DEFINE_PROP_INT32(_n, _s, _f, _d)                      \
    DEFINE_PROP_SIGNED(_n, _s, _f, _d, qdev_prop_int32, int32_t)
#define DEFINE_PROP_UINT64(_n, _s, _f, _d)                      \
    DEFINE_PROP_UNSIGNED(_n, _s, _f, _d, qdev_prop_uint64, uint64_t)
/* A uint64_t that only the bits of @_bitmask may be set in; no default. */
#define DEFINE_PROP_UINT64_CHECKMASK(_name, _state, _field, _bitmask)   \
    DEFINE_PROP(_name, _state, _field, qdev_prop_uint64_checkmask,      \
                uint64_t, .bitmask = (_bitmask))
#define DEFINE_PROP_INT64(_n, _s, _f, _d)                      \
    DEFINE_PROP_SIGNED(_n, _s, _f, _d, qdev_prop_int64, int64_t)
#define DEFINE_PROP_SIZE(_n, _s, _f, _d)                       \
    DEFINE_PROP_UNSIGNED(_n, _s, _f, _d, qdev_prop_size, uint64_t)
#define DEFINE_PROP_STRING(_n, _s, _f)             \
    DEFINE_PROP(_n, _s, _f, qdev_prop_string, char*)
#define DEFINE_PROP_ON_OFF_AUTO(_n, _s, _f, _d) \
    DEFINE_PROP_SIGNED(_n, _s, _f, _d, qdev_prop_on_off_auto, OnOffAuto)
#define DEFINE_PROP_SIZE32(_n, _s, _f, _d)                       \
    DEFINE_PROP_UNSIGNED(_n, _s, _f, _d, qdev_prop_size32, uint32_t)

#define DEFINE_PROP_END_OF_LIST()               \
    {}

/*
 * Set a property from C, before realize.  The board knows what it sets, so a
 * property that does not exist or will not take the value is a bug: these
 * abort.
 */
void qdev_prop_set_bit(DeviceState *dev, const char *name, bool value);
void qdev_prop_set_uint8(DeviceState *dev, const char *name, uint8_t value);
void qdev_prop_set_uint16(DeviceState *dev, const char *name, uint16_t value);
void qdev_prop_set_uint32(DeviceState *dev, const char *name, uint32_t value);
void qdev_prop_set_int32(DeviceState *dev, const char *name, int32_t value);
void qdev_prop_set_uint64(DeviceState *dev, const char *name, uint64_t value);
void qdev_prop_set_string(DeviceState *dev, const char *name,
                          const char *value);
void qdev_prop_set_chr(DeviceState *dev, const char *name, Chardev *value);
void qdev_prop_set_drive(DeviceState *dev, const char *name,
                         BlockBackend *value);
bool qdev_prop_set_drive_err(DeviceState *dev, const char *name,
                             BlockBackend *value, Error **errp);
void qdev_prop_set_netdev(DeviceState *dev, const char *name,
                          NetClientState *value);
void qdev_prop_set_macaddr(DeviceState *dev, const char *name,
                           const uint8_t *value);
void qdev_prop_set_enum(DeviceState *dev, const char *name, int value);

/* Where @prop's field is in @obj. */
void *object_field_prop_ptr(Object *obj, Property *prop);

/* Take a -global; @prop must live as long as the program. */
void qdev_prop_register_global(GlobalProperty *prop);

/* The -global of this driver and property, or NULL; the last one wins. */
const GlobalProperty *qdev_find_global_prop(Object *obj,
                                            const char *name);

/*
 * Warn of each -global that no device ever took, because there is no such
 * device or it has been plugged in nowhere.  True if there was one.
 */
int qdev_prop_check_globals(void);

/* Give @dev the -globals that fit.  A bad one is fatal at startup. */
void qdev_prop_set_globals(DeviceState *dev);

/* Describe in @errp why @value did not fit the property; @ret is -errno. */
void error_set_from_qdev_prop_error(Error **errp, int ret, Object *obj,
                                    const char *name, const char *value);

/* Give @dev's class @prop as a property of instance @dev alone. */
void qdev_property_add_static(DeviceState *dev, Property *prop);

/*
 * @source gets an alias for each property of @target's DEFINE_PROP tables
 * that it does not have itself: how a proxy (the source) shows the properties
 * of the device behind it (the target).
 */
void qdev_alias_all_properties(DeviceState *target, Object *source);

/* Say in @errp that it is too late to set property @name. */
void qdev_prop_set_after_realize(DeviceState *dev, const char *name,
                                 Error **errp);

/* For object_property_add_link(): refuses once the device is realized. */
void qdev_prop_allow_set_link_before_realize(const Object *obj,
                                             const char *name,
                                             Object *val, Error **errp);

#endif
