/*
 * VMState: what a struct looks like in a stream, and that it comes back.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bitmap.h"
#include "qemu/module.h"
#include "qemu/queue.h"
#include "../../migration/qemu-file.h"
#include "migration/vmstate.h"

/* What is wrong with a stream is reported, and streams cut off are many. */
static void quiet(bool on)
{
    static int saved = -1;
    int null = open("/dev/null", O_WRONLY);

    if (on) {
        saved = dup(STDERR_FILENO);
        dup2(null, STDERR_FILENO);
    } else {
        dup2(saved, STDERR_FILENO);
        close(saved);
    }
    close(null);
}

/* Save to bytes, load from them */

static GByteArray *save_version(const VMStateDescription *vmsd, void *state,
                                int version)
{
    QEMUFile *f = qemu_file_new_output();
    GByteArray *bytes;

    g_assert_cmpint(vmstate_save_state_v(f, vmsd, state, NULL, version), ==, 0);
    bytes = g_bytes_unref_to_array(qemu_file_bytes(f));
    g_assert_cmpint(qemu_fclose(f), ==, 0);
    return bytes;
}

static GByteArray *save(const VMStateDescription *vmsd, void *state)
{
    return save_version(vmsd, state, vmsd->version_id);
}

static int load_version(const VMStateDescription *vmsd, void *state,
                        const GByteArray *bytes, int version)
{
    g_autoptr(GBytes) in = g_bytes_new(bytes->data, bytes->len);
    QEMUFile *f = qemu_file_new_input(in);
    int ret = vmstate_load_state(f, vmsd, state, version);
    int err = qemu_fclose(f);

    return ret ? ret : err;
}

static void assert_bytes(const GByteArray *bytes, const char *hex)
{
    g_autoptr(GString) got = g_string_new(NULL);

    for (guint i = 0; i < bytes->len; i++) {
        g_string_append_printf(got, "%s%02x", i ? " " : "", bytes->data[i]);
    }
    g_assert_cmpstr(got->str, ==, hex);
}

/* Fields of all sorts */

typedef struct Simple {
    bool flag;
    int8_t small;
    uint16_t words[3];
    uint32_t count;
    int64_t negative;
    uint32_t later;             /* from version 2 on */
    uint32_t odd;               /* if count is odd */
    uint8_t bytes[4];
    uint32_t len;
    uint8_t *buffer;            /* of len */
    uint32_t must;
} Simple;

static bool count_is_odd(void *opaque, int version_id)
{
    return ((Simple *)opaque)->count & 1;
}

static const VMStateDescription vmstate_simple = {
    .name = "simple",
    .version_id = 2,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_BOOL(flag, Simple),
        VMSTATE_INT8(small, Simple),
        VMSTATE_UINT16_ARRAY(words, Simple, 3),
        VMSTATE_UINT32(count, Simple),
        VMSTATE_INT64(negative, Simple),
        VMSTATE_UINT32_V(later, Simple, 2),
        VMSTATE_UINT32_TEST(odd, Simple, count_is_odd),
        VMSTATE_UNUSED(2),
        VMSTATE_BUFFER(bytes, Simple),
        VMSTATE_UINT32(len, Simple),
        VMSTATE_VBUFFER_ALLOC_UINT32(buffer, Simple, 0, NULL, len),
        VMSTATE_UINT32_EQUAL(must, Simple, NULL),
        VMSTATE_END_OF_LIST()
    }
};

static void test_simple(void)
{
    uint8_t buffer[] = { 0xca, 0xfe };
    Simple here = {
        .flag = true, .small = -2, .words = { 1, 2, 0xabcd }, .count = 3,
        .negative = -1, .later = 4, .odd = 5, .bytes = "abc", .len = 2,
        .buffer = buffer, .must = 7,
    };
    Simple there = { .must = 7 };
    GByteArray *bytes = save(&vmstate_simple, &here);

    assert_bytes(bytes, "01 fe 00 01 00 02 ab cd 00 00 00 03 "
                 "ff ff ff ff ff ff ff ff 00 00 00 04 00 00 00 05 00 00 "
                 "61 62 63 00 00 00 00 02 ca fe 00 00 00 07");
    g_assert_cmpint(load_version(&vmstate_simple, &there, bytes, 2), ==, 0);
    g_assert_cmpmem(there.buffer, 2, buffer, 2);
    g_free(there.buffer);
    g_assert_true(there.flag);
    g_assert_cmpint(there.small, ==, -2);
    g_assert_cmpmem(there.words, sizeof(there.words), here.words,
                    sizeof(here.words));
    g_assert_cmpuint(there.count, ==, 3);
    g_assert_cmpint(there.negative, ==, -1);
    g_assert_cmpuint(there.later, ==, 4);
    g_assert_cmpuint(there.odd, ==, 5);
    g_assert_cmpmem(there.bytes, sizeof(there.bytes), "abc", 4);
    g_assert_cmpuint(there.len, ==, 2);

    /* A value that has to be the same, and is not; a stream that is cut off. */
    there = (Simple) { .must = 8 };
    g_assert_cmpint(load_version(&vmstate_simple, &there, bytes, 2), ==,
                    -EINVAL);
    g_free(there.buffer);
    quiet(true);
    for (guint i = 0; i < bytes->len; i++) {
        GByteArray cut = { .data = bytes->data, .len = i };

        there = (Simple) { .must = 7 };
        g_assert_cmpint(load_version(&vmstate_simple, &there, &cut, 2), <, 0);
        g_free(there.buffer);
    }
    quiet(false);
    /* Versions that are too new, and too old. */
    g_assert_cmpint(load_version(&vmstate_simple, &there, bytes, 3), ==,
                    -EINVAL);
    g_assert_cmpint(load_version(&vmstate_simple, &there, bytes, 0), ==,
                    -EINVAL);
    g_byte_array_unref(bytes);

    /* Version 1 had less. */
    here.count = 2;
    bytes = save_version(&vmstate_simple, &here, 1);
    there = (Simple) { .later = 99, .odd = 98, .must = 7 };
    g_assert_cmpint(load_version(&vmstate_simple, &there, bytes, 1), ==, 0);
    g_assert_cmpuint(there.later, ==, 99);
    g_assert_cmpuint(there.odd, ==, 98);
    g_assert_cmpuint(there.must, ==, 7);
    g_free(there.buffer);
    g_byte_array_unref(bytes);
}

/* Structs in structs, pointers, subsections, hooks */

typedef struct Inner {
    uint8_t a;
} Inner;

typedef struct Outer {
    Inner one;
    Inner *many;
    uint8_t count;
    Inner *maybe[3];
    uint32_t extra;
    int saved, loaded;
} Outer;

static const VMStateDescription vmstate_inner = {
    .name = "inner",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(a, Inner),
        VMSTATE_END_OF_LIST()
    }
};

static bool extra_needed(void *opaque)
{
    return ((Outer *)opaque)->extra != 0;
}

static int outer_pre_save(void *opaque)
{
    ((Outer *)opaque)->saved++;
    return 0;
}

static int outer_post_save(void *opaque)
{
    ((Outer *)opaque)->saved += 10;
    return 0;
}

static int outer_post_load(void *opaque, int version_id)
{
    Outer *outer = opaque;

    outer->loaded += version_id;
    return outer->extra == 13 ? -EPERM : 0;
}

static const VMStateDescription vmstate_outer_extra = {
    .name = "outer/extra",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = extra_needed,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(extra, Outer),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_outer = {
    .name = "outer",
    .version_id = 5,
    .minimum_version_id = 1,
    .pre_save = outer_pre_save,
    .post_save = outer_post_save,
    .post_load = outer_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_STRUCT(one, Outer, 0, vmstate_inner, Inner),
        VMSTATE_STRUCT_VARRAY_POINTER_KNOWN(many, Outer, 2, 0, vmstate_inner,
                                            Inner),
        VMSTATE_ARRAY_OF_POINTER_TO_STRUCT(maybe, Outer, 3, 0, vmstate_inner,
                                           Inner),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription * []) {
        &vmstate_outer_extra,
        NULL
    }
};

static void test_structs(void)
{
    Inner many[2] = { { 2 }, { 3 } }, many_there[2] = { };
    Inner maybe = { 4 }, maybe_there = { };
    Outer here = {
        .one = { 1 }, .many = many, .maybe = { NULL, &maybe, NULL },
    };
    Outer there = {
        .many = many_there, .maybe = { NULL, &maybe_there, NULL },
    };
    GByteArray *bytes = save(&vmstate_outer, &here);

    assert_bytes(bytes, "01 02 03 30 04 30");
    g_assert_cmpint(here.saved, ==, 11);
    g_assert_cmpint(load_version(&vmstate_outer, &there, bytes, 5), ==, 0);
    g_assert_cmpint(there.loaded, ==, 5);
    g_assert_cmpuint(many_there[1].a, ==, 3);
    g_assert_cmpuint(maybe_there.a, ==, 4);
    /* What is NULL on one side alone. */
    bytes->data[3] = 1;
    g_assert_cmpint(load_version(&vmstate_outer, &there, bytes, 5), ==,
                    -EINVAL);
    g_byte_array_unref(bytes);

    here.extra = 6;
    bytes = save(&vmstate_outer, &here);
    assert_bytes(bytes, "01 02 03 30 04 30 "
                 "05 0b 6f 75 74 65 72 2f 65 78 74 72 61 00 00 00 01 "
                 "00 00 00 06");
    g_assert_cmpint(load_version(&vmstate_outer, &there, bytes, 5), ==, 0);
    g_assert_cmpuint(there.extra, ==, 6);
    /* One that is not known; and what is no subsection of ours at all. */
    bytes->data[18] = 'b';
    g_assert_cmpint(load_version(&vmstate_outer, &there, bytes, 5), ==,
                    -ENOENT);
    bytes->data[8] = 'x';
    g_assert_cmpint(load_version(&vmstate_outer, &there, bytes, 5), ==, 0);
    g_byte_array_unref(bytes);

    /* The hook has the last word. */
    here.extra = 13;
    bytes = save(&vmstate_outer, &here);
    g_assert_cmpint(load_version(&vmstate_outer, &there, bytes, 5), ==,
                    -EPERM);
    g_byte_array_unref(bytes);
}

/* Lists, a tree, a bitmap, and a struct that exists only for the stream */

typedef struct Node {
    uint8_t a;
    QTAILQ_ENTRY(Node) tail;
    QLIST_ENTRY(Node) list;
} Node;

typedef struct Lists {
    QTAILQ_HEAD(, Node) tails;
    QLIST_HEAD(, Node) lists;
    GTree *tree;
    unsigned long *bits;
    int32_t nbits;
    uint8_t twice;
} Lists;

typedef struct Twice {
    Lists *parent;
    uint8_t value;
} Twice;

static int twice_pre_save(void *opaque)
{
    Twice *tmp = opaque;

    tmp->value = tmp->parent->twice / 2;
    return 0;
}

static int twice_post_load(void *opaque, int version_id)
{
    Twice *tmp = opaque;

    tmp->parent->twice = tmp->value * 2;
    return 0;
}

static const VMStateDescription vmstate_twice = {
    .name = "twice",
    .pre_save = twice_pre_save,
    .post_load = twice_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(value, Twice),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_node = {
    .name = "node",
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(a, Node),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_lists = {
    .name = "lists",
    .fields = (VMStateField[]) {
        VMSTATE_QTAILQ_V(tails, Lists, 0, vmstate_node, Node, tail),
        VMSTATE_QLIST_V(lists, Lists, 0, vmstate_node, Node, list),
        VMSTATE_GTREE_DIRECT_KEY_V(tree, Lists, 0, &vmstate_node, Node),
        VMSTATE_BITMAP(bits, Lists, 0, nbits),
        VMSTATE_WITH_TMP(Lists, Twice, vmstate_twice),
        VMSTATE_END_OF_LIST()
    }
};

static int compare_keys(gconstpointer a, gconstpointer b, gpointer data)
{
    return GPOINTER_TO_INT(a) - GPOINTER_TO_INT(b);
}

static void lists_start(Lists *l)
{
    *l = (Lists) { .nbits = 70 };
    QTAILQ_INIT(&l->tails);
    QLIST_INIT(&l->lists);
    l->tree = g_tree_new_full(compare_keys, NULL, NULL, g_free);
    l->bits = bitmap_new(l->nbits);
}

static void lists_stop(Lists *l)
{
    Node *node, *next;

    QTAILQ_FOREACH_SAFE(node, &l->tails, tail, next) {
        QTAILQ_REMOVE(&l->tails, node, tail);
        g_free(node);
    }
    QLIST_FOREACH_SAFE(node, &l->lists, list, next) {
        QLIST_REMOVE(node, list);
        g_free(node);
    }
    g_tree_destroy(l->tree);
    g_free(l->bits);
}

static void test_lists(void)
{
    Lists here, there;
    GByteArray *bytes;
    Node *node;

    lists_start(&here);
    for (int i = 1; i <= 3; i++) {
        node = g_new0(Node, 1);
        node->a = i;
        QTAILQ_INSERT_TAIL(&here.tails, node, tail);
        node = g_new0(Node, 1);
        node->a = 0x10 + i;
        QLIST_INSERT_HEAD(&here.lists, node, list);
    }
    node = g_new0(Node, 1);
    node->a = 0x20;
    g_tree_insert(here.tree, GINT_TO_POINTER(9), node);
    set_bit(69, here.bits);
    here.twice = 42;
    bytes = save(&vmstate_lists, &here);
    assert_bytes(bytes, "01 01 01 02 01 03 00 01 13 01 12 01 11 00 "
                 "00 00 00 01 01 00 00 00 00 00 00 00 09 20 00 "
                 "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 20 15");

    lists_start(&there);
    g_assert_cmpint(load_version(&vmstate_lists, &there, bytes, 0), ==, 0);
    g_assert_cmpuint(QTAILQ_FIRST(&there.tails)->a, ==, 1);
    g_assert_cmpuint(QTAILQ_LAST(&there.tails)->a, ==, 3);
    g_assert_cmpuint(QLIST_FIRST(&there.lists)->a, ==, 0x13);
    node = g_tree_lookup(there.tree, GINT_TO_POINTER(9));
    g_assert_cmpuint(node->a, ==, 0x20);
    g_assert_true(test_bit(69, there.bits));
    g_assert_false(test_bit(5, there.bits));
    g_assert_cmpuint(there.twice, ==, 42);
    lists_stop(&there);

    quiet(true);
    for (guint i = 0; i < bytes->len; i++) {
        GByteArray cut = { .data = bytes->data, .len = i };

        lists_start(&there);
        g_assert_cmpint(load_version(&vmstate_lists, &there, &cut, 0), <, 0);
        lists_stop(&there);
    }
    quiet(false);
    lists_stop(&here);
    g_byte_array_unref(bytes);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vmstate/simple", test_simple);
    g_test_add_func("/vmstate/structs", test_structs);
    g_test_add_func("/vmstate/lists", test_lists);
    return g_test_run();
}
