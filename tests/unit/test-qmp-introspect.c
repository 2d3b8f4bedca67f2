/*
 * What clients are told of a schema: commands, events, and their types.
 *
 * The schema is tests/qapi-schema/qapi-schema-test.json; what is generated
 * from it is visited as strictly as what a client would send.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-introspect.h"
#include "qapi/qmp/qlit.h"
#include "qapi/qmp/qobject.h"
#include "qapi/qobject-input-visitor.h"
#include "tests/qapi-schema/test-qapi-introspect.h"

static SchemaInfoList *schema;

static SchemaInfo *find_or_null(const char *name)
{
    SchemaInfo *found = NULL;

    for (SchemaInfoList *s = schema; s; s = s->next) {
        if (g_str_equal(s->value->name, name)) {
            g_assert_null(found);       /* each name is there once */
            found = s->value;
        }
    }
    return found;
}

static SchemaInfo *find(const char *name, SchemaMetaType meta)
{
    SchemaInfo *info = find_or_null(name);

    g_assert_nonnull(info);
    g_assert_cmpint(info->meta_type, ==, meta);
    return info;
}

static SchemaInfoObject *find_object(const char *name)
{
    return &find(name, SCHEMA_META_TYPE_OBJECT)->u.object;
}

static SchemaInfoCommand *find_command(const char *name)
{
    return &find(name, SCHEMA_META_TYPE_COMMAND)->u.command;
}

/* The members of a type, as "owner:str size:int? ". */
static char *members_text(const char *type)
{
    GString *s = g_string_new(NULL);

    for (SchemaInfoObjectMemberList *m = find_object(type)->members; m;
         m = m->next) {
        SchemaInfo *info = find_or_null(m->value->type);
        bool named = info->meta_type != SCHEMA_META_TYPE_BUILTIN
            && info->meta_type != SCHEMA_META_TYPE_ARRAY;

        /* The names of types are numbers, and mean nothing. */
        g_string_append_printf(s, "%s:%s%s ", m->value->name,
                               named ? SchemaMetaType_str(info->meta_type)
                               : m->value->type,
                               m->value->has_q_default ? "?" : "");
    }
    return g_string_free(s, false);
}

static void check_members(const char *type, const char *expected)
{
    g_autofree char *text = members_text(type);

    g_assert_cmpstr(text, ==, expected);
}

static void test_commands(void)
{
    SchemaInfoCommand *fill = find_command("fill-basket");
    SchemaInfoCommand *nop = find_command("nop");
    SchemaInfo *list;

    /* Members in order; all sizes of numbers are "int" to JSON. */
    check_members(fill->arg_type,
                  "owner:str size:int? fruit:enum? tags:[str]? ");
    list = find(find_object(fill->ret_type)->members->next->next->value->type,
                SCHEMA_META_TYPE_ARRAY);
    find(list->u.array.element_type, SCHEMA_META_TYPE_ENUM);

    /* No arguments and no result are objects without members. */
    check_members(nop->arg_type, "");
    g_assert_cmpstr(nop->arg_type, ==, nop->ret_type);
    g_assert_false(nop->has_allow_oob);

    g_assert_true(find_command("hurry")->allow_oob);
    find(find_command("list-baskets")->ret_type, SCHEMA_META_TYPE_ARRAY);
    check_members(find_command("by-hand")->arg_type, "a:int ");
    g_assert_null(find_or_null("not-built"));
}

static void test_features(void)
{
    SchemaInfo *list = find("list-baskets", SCHEMA_META_TYPE_COMMAND);
    SchemaInfo *closed = find("MARKET_CLOSED", SCHEMA_META_TYPE_EVENT);

    g_assert_true(list->has_features);
    g_assert_cmpstr(list->features->value, ==, "deprecated");
    g_assert_null(list->features->next);
    g_assert_cmpstr(closed->features->value, ==, "deprecated");
    g_assert_false(find("nop", SCHEMA_META_TYPE_COMMAND)->has_features);
}

/* Values on a condition that does not hold are not there. */
static void test_enum(void)
{
    g_autofree char *all = g_strdup("");
    SchemaInfoObjectMember *key;
    SchemaInfoAlternateMemberList *branch;
    SchemaInfoEnum *fruit;
    strList *value;

    key = find_object(find_command("look-up")->arg_type)->members->value;
    g_assert_cmpstr(key->name, ==, "key");
    branch = find(key->type, SCHEMA_META_TYPE_ALTERNATE)->u.alternate.members;
    g_assert_cmpstr(branch->next->value->type, ==, "int");
    g_assert_null(branch->next->next);

    fruit = &find(branch->value->type, SCHEMA_META_TYPE_ENUM)->u.q_enum;
    value = fruit->values;
    for (SchemaInfoEnumMemberList *m = fruit->members; m; m = m->next) {
        char *more = g_strconcat(all, m->value->name,
                                 m->value->has_features ? "! " : " ", NULL);

        g_free(all);
        all = more;
        g_assert_cmpstr(value->value, ==, m->value->name);
        value = value->next;
    }
    g_assert_null(value);
    g_assert_cmpstr(all, ==, "apple pear durian! ");
}

/* A union's members, and which more there are for each value of the tag. */
static void test_union(void)
{
    const char *type = find_command("use-tool")->arg_type;
    SchemaInfoObject *tool = find_object(type);
    SchemaInfoObjectVariantList *v = tool->variants;

    check_members(type, "kind:enum name:str? ");
    g_assert_cmpstr(tool->tag, ==, "kind");
    g_assert_cmpstr(v->value->q_case, ==, "knife");
    check_members(v->value->type, "length:int ");
    g_assert_cmpstr(v->next->value->q_case, ==, "hand");
    check_members(v->next->value->type, "");
    g_assert_null(v->next->next);
    g_assert_cmpstr(find("TOOL_LOST", SCHEMA_META_TYPE_EVENT)->u.event.arg_type,
                    ==, type);
}

/* Whoever follows a reference gets somewhere. */
static void test_references(void)
{
    for (SchemaInfoList *s = schema; s; s = s->next) {
        SchemaInfo *info = s->value;

        switch (info->meta_type) {
        case SCHEMA_META_TYPE_COMMAND:
            find_object(info->u.command.arg_type);
            g_assert_nonnull(find_or_null(info->u.command.ret_type));
            break;
        case SCHEMA_META_TYPE_EVENT:
            find_object(info->u.event.arg_type);
            break;
        case SCHEMA_META_TYPE_ARRAY:
            g_assert_nonnull(find_or_null(info->u.array.element_type));
            break;
        case SCHEMA_META_TYPE_OBJECT:
            g_free(members_text(info->name));
            g_assert_true(info->u.object.has_tag
                          == info->u.object.has_variants);
            break;
        default:
            break;
        }
    }
}

int main(int argc, char **argv)
{
    QObject *obj = qobject_from_qlit(&test_qmp_schema_qlit);
    Visitor *v = qobject_input_visitor_new(obj);
    int ret;

    g_test_init(&argc, &argv, NULL);
    visit_type_SchemaInfoList(v, NULL, &schema, &error_abort);
    visit_free(v);
    qobject_unref(obj);

    g_test_add_func("/introspect/commands", test_commands);
    g_test_add_func("/introspect/features", test_features);
    g_test_add_func("/introspect/enum", test_enum);
    g_test_add_func("/introspect/union", test_union);
    g_test_add_func("/introspect/references", test_references);
    ret = g_test_run();
    qapi_free_SchemaInfoList(schema);
    return ret;
}
