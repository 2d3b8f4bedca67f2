/*
 * QMP commands about objects and their types.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/qdev-core.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-qdev.h"
#include "qapi/qapi-commands-qom.h"
#include "qapi/qmp/qbool.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qerror.h"
#include "qom/object_interfaces.h"
#include "qom/qom-qobject.h"
#include "qom-cmds-internal.h"

Object *qom_resolve_path(const char *path, Error **errp)
{
    bool ambiguous = false;
    Object *obj = object_resolve_path(path, &ambiguous);

    if (obj) {
        return obj;
    }
    if (ambiguous) {
        error_setg(errp, "Path '%s' is ambiguous", path);
    } else {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND,
                  "Device '%s' not found", path);
    }
    return NULL;
}

ObjectPropertyInfoList *qmp_qom_list(const char *path, Error **errp)
{
    Object *obj = qom_resolve_path(path, errp);
    ObjectPropertyInfoList *props = NULL;
    ObjectPropertyIterator iter;
    ObjectProperty *prop;

    if (!obj) {
        return NULL;
    }
    object_property_iter_init(&iter, obj);
    while ((prop = object_property_iter_next(&iter))) {
        ObjectPropertyInfo *value = g_new0(ObjectPropertyInfo, 1);

        value->name = g_strdup(prop->name);
        value->type = g_strdup(prop->type);
        QAPI_LIST_PREPEND(props, value);
    }
    return props;
}

QObject *qmp_qom_get(const char *path, const char *property, Error **errp)
{
    Object *obj = qom_resolve_path(path, errp);

    return obj ? object_property_get_qobject(obj, property, errp) : NULL;
}

bool qom_client_may_set_bool(Object *obj, const char *property, bool value,
                             Error **errp)
{
    DeviceState *dev = (DeviceState *)object_dynamic_cast(obj, TYPE_DEVICE);

    if (!dev || !g_str_equal(property, "realized")
        || dev->realized == value) {
        return true;
    }
    error_setg(errp, "Property '%s.realized' is not a client's to change; "
               "use device_add and device_del", object_get_typename(obj));
    return false;
}

void qmp_qom_set(const char *path, const char *property, QObject *value,
                 Error **errp)
{
    Object *obj = qom_resolve_path(path, errp);
    QBool *bool_value = qobject_to(QBool, value);

    if (!obj || (bool_value
                 && !qom_client_may_set_bool(obj, property,
                                             qbool_get_bool(bool_value),
                                             errp))) {
        return;
    }
    object_property_set_qobject(obj, property, value, errp);
}

static void qom_list_types_tramp(ObjectClass *klass, void *data)
{
    ObjectTypeInfoList **ret = data;
    ObjectTypeInfo *info = g_new0(ObjectTypeInfo, 1);
    ObjectClass *parent = object_class_get_parent(klass);

    info->name = g_strdup(object_class_get_name(klass));
    info->has_abstract = info->abstract = object_class_is_abstract(klass);
    if (parent) {
        info->has_parent = true;
        info->parent = g_strdup(object_class_get_name(parent));
    }
    QAPI_LIST_PREPEND(*ret, info);
}

ObjectTypeInfoList *qmp_qom_list_types(bool has_implements,
                                       const char *implements,
                                       bool has_abstract, bool abstract,
                                       Error **errp)
{
    ObjectTypeInfoList *ret = NULL;

    object_class_foreach(qom_list_types_tramp,
                         has_implements ? implements : NULL,
                         has_abstract && abstract, &ret);
    return ret;
}

static ObjectPropertyInfo *qom_property_info(const ObjectProperty *prop)
{
    ObjectPropertyInfo *info = g_new0(ObjectPropertyInfo, 1);

    info->name = g_strdup(prop->name);
    info->type = g_strdup(prop->type);
    info->has_description = prop->description != NULL;
    info->description = g_strdup(prop->description);
    return info;
}

ObjectPropertyInfoList *qmp_device_list_properties(const char *typename,
                                                   Error **errp)
{
    /* What every device has, and nobody sets with -device. */
    static const char *const omitted[] = {
        "type", "realized", "hotpluggable", "hotplugged", "parent_bus",
    };
    ObjectClass *klass = object_class_by_name(typename);
    ObjectPropertyInfoList *list = NULL;
    ObjectPropertyIterator iter;
    ObjectProperty *prop;
    Object *obj;

    if (!klass) {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND,
                  "Device '%s' not found", typename);
        return NULL;
    }
    if (!object_class_dynamic_cast(klass, TYPE_DEVICE)
        || object_class_is_abstract(klass)) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "typename",
                   "a non-abstract device type");
        return NULL;
    }

    /* Some properties only a device has, and its class does not know of. */
    obj = object_new(typename);
    object_property_iter_init(&iter, obj);
    while ((prop = object_property_iter_next(&iter))) {
        bool omit = g_str_has_prefix(prop->name, "legacy-");

        for (int i = 0; i < ARRAY_SIZE(omitted); i++) {
            omit |= g_str_equal(prop->name, omitted[i]);
        }
        if (!omit) {
            ObjectPropertyInfo *info = qom_property_info(prop);

            info->has_default_value = prop->defval != NULL;
            info->default_value = qobject_ref(prop->defval);
            QAPI_LIST_PREPEND(list, info);
        }
    }
    object_unref(obj);
    return list;
}

ObjectPropertyInfoList *qmp_qom_list_properties(const char *typename,
                                                Error **errp)
{
    ObjectClass *klass = object_class_by_name(typename);
    ObjectPropertyInfoList *list = NULL;
    ObjectPropertyIterator iter;
    ObjectProperty *prop;
    Object *obj = NULL;

    if (!klass) {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND,
                  "Class '%s' not found", typename);
        return NULL;
    }
    if (!object_class_dynamic_cast(klass, TYPE_OBJECT)) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "typename",
                   "a QOM type");
        return NULL;
    }
    if (object_class_is_abstract(klass)) {
        object_class_property_iter_init(&iter, klass);
    } else {
        obj = object_new(typename);
        object_property_iter_init(&iter, obj);
    }
    while ((prop = object_property_iter_next(&iter))) {
        ObjectPropertyInfo *info = qom_property_info(prop);

        QAPI_LIST_PREPEND(list, info);
    }
    object_unref(obj);
    return list;
}

void qmp_object_add(ObjectOptions *options, Error **errp)
{
    user_creatable_add_qapi(options, errp);
}

void qmp_object_del(const char *id, Error **errp)
{
    user_creatable_del(id, errp);
}
