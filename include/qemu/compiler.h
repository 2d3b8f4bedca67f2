/*
 * What the compiler can do for us: attributes, checks while compiling, and
 * the way from a member back to the struct it lies in.
 *
 * Nothing here emits a function.  osdep.h includes this file; nobody else
 * has to.
 *
 * container_of() is the most important one.  A list link, a timer or a parent
 * object is embedded in the struct that it belongs to, and code that only
 * knows the embedded part finds the whole again by subtracting an offset:
 *
 *     struct TAPState                     container_of(nc, TAPState, nc)
 *     +-----------------------+  <------------------------------+
 *     | NetClientState nc     |  <---- nc, as net/ knows it  ---+
 *     | int fd                |
 *     +-----------------------+
 *
 * For QOM objects use the checked casts (DEVICE(obj), PCI_DEVICE(dev)): they
 * notice when the object is not what one thinks.  container_of() cannot.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef COMPILER_H
#define COMPILER_H

#ifndef __has_warning
#define __has_warning(x) 0
#endif
#ifndef __has_feature
#define __has_feature(x) 0
#endif
#ifndef __has_builtin
#define __has_builtin(x) 0
#endif
#ifndef __has_attribute
#define __has_attribute(x) 0
#endif

/* Glue tokens together after expanding them. */
#define xglue(x, y) x ## y
#define glue(x, y) xglue(x, y)
#define stringify(s) tostring(s)
#define tostring(s) #s

/* A name that no other line of this file can have made. */
#define MAKE_IDENTIFIER(base) glue(base, __COUNTER__)

#define QEMU_EXTERN_C extern

/* No padding between members: the struct is a format, not just storage. */
#define QEMU_PACKED __attribute__((packed))
#define QEMU_ALIGNED(X) __attribute__((aligned(X)))

#define QEMU_NORETURN __attribute__((__noreturn__))
#define QEMU_NOINLINE __attribute__((noinline))
#define QEMU_ALWAYS_INLINE __attribute__((always_inline))
#define QEMU_ERROR(X) __attribute__((error(X)))
#define QEMU_WARN_UNUSED_RESULT __attribute__((warn_unused_result))
#define QEMU_SENTINEL __attribute__((sentinel))
#define QEMU_FLATTEN __attribute__((flatten))

#ifndef likely
#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#endif

/* Where control cannot come; a build that optimizes checks it when linking. */
#if defined(__OPTIMIZE__) && !defined(__NO_INLINE__)
extern void qemu_build_not_reached_always(void)
    QEMU_NORETURN QEMU_ERROR("code path is reachable");
#define qemu_build_not_reached() qemu_build_not_reached_always()
#else
#define qemu_build_not_reached() g_assert_not_reached()
#endif

#define typeof_field(type, field) typeof(((type *)0)->field)
#define sizeof_field(type, field) sizeof(((type *)0)->field)

/* 0 if the two types are the same; does not compile if they are not. */
#define type_check(t1, t2) \
    QEMU_BUILD_BUG_ON_ZERO(!__builtin_types_compatible_p(t1, t2))

/* The offset of the first byte behind @field. */
#define endof(container, field) \
    (offsetof(container, field) + sizeof_field(container, field))

/* The struct of type @type whose @member is at @ptr. */
#undef container_of
#define container_of(ptr, type, member) ({                              \
        const typeof_field(type, member) *member_ptr__ = (ptr);         \
        (type *)((char *)member_ptr__ - offsetof(type, member)); })

/*
 * container_of() for the first member; anything else does not compile.  @dev
 * is the pointer, @field the member of @type that it points to.
 */
#define DO_UPCAST(type, field, dev) __extension__ ({                    \
        _Static_assert(offsetof(type, field) == 0, #field               \
                       " is not the first member of " #type);           \
        container_of(dev, type, field); })

/*
 * A condition that must be false for the program to compile.  The first form
 * is a declaration or statement, the second an expression of value 0.
 */
#define QEMU_BUILD_BUG_MSG(x, msg) _Static_assert(!(x), msg)
#define QEMU_BUILD_BUG_ON_STRUCT(x) \
    struct { int: (x) ? -1 : 1; }
#define QEMU_BUILD_BUG_ON(x) \
    QEMU_BUILD_BUG_MSG(x, "not expecting: " #x)
#define QEMU_BUILD_BUG_ON_ZERO(x) \
    (sizeof(QEMU_BUILD_BUG_ON_STRUCT(x)) - sizeof(QEMU_BUILD_BUG_ON_STRUCT(x)))

/* Compile-time check that an array really is one: see ARRAY_SIZE(). */
#define QEMU_IS_ARRAY(x) \
    (!__builtin_types_compatible_p(typeof(x), typeof(&(x)[0])))

#if __has_attribute(nonstring)
# define QEMU_NONSTRING __attribute__((nonstring))
#else
# define QEMU_NONSTRING
#endif

#endif
