/*
 * Objects that a user may make: -object, object-add, object_add.
 *
 * A type says so by listing TYPE_USER_CREATABLE among its interfaces.  Then
 *
 *     -object TYPE,id=ID,key=value...
 *
 * makes one, sets its properties, puts it into the composition tree as
 * /objects/ID and calls complete(), which is what realize is for a device: the
 * step that may fail.
 *
 *     user_creatable_process_cmdline          main's -object
 *       user_creatable_parse_str              keyval or JSON -> ObjectOptions
 *       user_creatable_add_qapi               ObjectOptions -> QDict
 *         user_creatable_add_type
 *           object_new
 *           object_set_properties_from_qdict
 *           object_property_try_add_child     /objects/ID
 *           user_creatable_complete           complete()
 *
 * Read first: qom/object.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OBJECT_INTERFACES_H
#define OBJECT_INTERFACES_H

#include "qom/object.h"
#include "qapi/qapi-types-qom.h"

#define TYPE_USER_CREATABLE "user-creatable"

typedef struct UserCreatableClass UserCreatableClass;
DECLARE_CLASS_CHECKERS(UserCreatableClass, USER_CREATABLE,
                       TYPE_USER_CREATABLE)
#define USER_CREATABLE(obj) \
     INTERFACE_CHECK(UserCreatable, (obj), TYPE_USER_CREATABLE)

typedef struct UserCreatable UserCreatable;

struct UserCreatableClass {
    InterfaceClass parent_class;

    /*
     * All properties are set: check them and take what the object needs.
     * After an error the object is unreferenced and goes.  May be NULL.
     */
    void (*complete)(UserCreatable *uc, Error **errp);

    /* Whether object-del may remove it now.  NULL: yes. */
    bool (*can_be_deleted)(UserCreatable *uc);
};

/* user_creatable_complete: call complete(), if the type has one. */
bool user_creatable_complete(UserCreatable *uc, Error **errp);

/* user_creatable_can_be_deleted: call can_be_deleted(), if it has one. */
bool user_creatable_can_be_deleted(UserCreatable *uc);

/*
 * user_creatable_add_type: make an object from a dict of properties.
 * @type: the type's name, from the user
 * @id: its name below /objects; NULL: it stays outside the tree and must not
 * be user-creatable by complete()
 * @qdict: the properties, without "qom-type" and "id"
 * @v: an input visitor on that dict
 *
 * Returns the object with a reference of the caller's, or NULL.
 */
Object *user_creatable_add_type(const char *type, const char *id,
                                const QDict *qdict,
                                Visitor *v, Error **errp);

/* user_creatable_add_qapi: make an object from the schema's ObjectOptions. */
void user_creatable_add_qapi(ObjectOptions *options, Error **errp);

/*
 * user_creatable_parse_str: the argument of -object, as keyval or JSON text.
 * Returns what it says, to be freed with qapi_free_ObjectOptions(); NULL after
 * an error, or, without one, if it asked for help, which is then printed.
 */
ObjectOptions *user_creatable_parse_str(const char *str, Error **errp);

/*
 * user_creatable_add_from_str: make an object from such text.
 * Returns false after an error, or, without one, if help was printed.
 */
bool user_creatable_add_from_str(const char *str, Error **errp);

/*
 * user_creatable_process_cmdline: the same for main(): an error ends the
 * program with status 1, help with 0.
 */
void user_creatable_process_cmdline(const char *cmdline);

/*
 * user_creatable_print_help: print help if it was asked for.
 * @type: the type, or "help": then all types are listed
 * @opts: options of which one may be "help"
 * Returns whether it was asked for and printed.
 */
bool user_creatable_print_help(const char *type, QemuOpts *opts);

/*
 * user_creatable_del: remove /objects/@id.
 * Returns false if there is none, or it is in use.
 */
bool user_creatable_del(const char *id, Error **errp);

/* user_creatable_cleanup: remove /objects with all in it, at the end. */
void user_creatable_cleanup(void);

#endif
