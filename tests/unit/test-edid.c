/*
 * EDID: the bytes are those of QEMU 7.2, read from its bochs-display and VGA; a
 * digest stands for them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "exec/memory.h"
#include "hw/display/edid.h"

static const struct {
    unsigned size, xres, yres, xmax, ymax, refresh_rate;
    const char *sha1;
} cases[] = {
    { 256, 0, 0, 0, 0, 0,
      "cf9248e2957b893a05689169993d75c43d987734" },
    { 256, 1920, 1080, 0, 0, 0,
      "1d187f4be3b4be3d11c10429c4c549746dc6bdde" },
    { 256, 800, 600, 1024, 768, 60000,
      "131ab6f6845172013d38c828af58abd6b99130f9" },
    { 256, 640, 480, 1920, 1440, 0,
      "ce5d95c3047e185408bb4d8e26bafebae437ebec" },
    { 256, 640, 480, 2048, 1536, 0,
      "c9d2300e4b00b201343800924ecf0a6a4a01d570" },
    { 256, 1366, 768, 2560, 1440, 85000,
      "555deb911480db868365b5b45e34e775998fb101" },
    { 384, 5120, 2880, 0, 0, 0,
      "147e79fffaba1f97e3400686820fe363bf31610b" },
    { 384, 3840, 2160, 0, 0, 60000,
      "107b0a0f4cc8ec62c5772e8cd6f0a0d6288e091d" },
};

static void test_bytes(void)
{
    uint8_t edid[384];

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        qemu_edid_info info = {
            .prefx = cases[i].xres, .prefy = cases[i].yres,
            .maxx = cases[i].xmax, .maxy = cases[i].ymax,
            .refresh_rate = cases[i].refresh_rate,
        };
        g_autofree char *sha1 = NULL;

        qemu_edid_generate(edid, cases[i].size, &info);
        sha1 = g_compute_checksum_for_data(G_CHECKSUM_SHA1, edid,
                                           cases[i].size);
        g_test_message("%ux%u, at most %ux%u", cases[i].xres, cases[i].yres,
                       cases[i].xmax, cases[i].ymax);
        g_assert_cmpstr(sha1, ==, cases[i].sha1);
        g_assert_cmpuint(qemu_edid_size(edid), ==, cases[i].size);
    }
}

/* Each block adds up to 0; a name that is too long is cut. */
static void test_names(void)
{
    qemu_edid_info info = {
        .vendor = "ABC", .name = "a name of many letters", .serial = "17",
        .prefx = 5120, .prefy = 2880,
    };
    uint8_t edid[384], sum;

    qemu_edid_generate(edid, sizeof(edid), &info);
    for (int block = 0; block < 3; block++) {
        sum = 0;
        for (int i = 0; i < 128; i++) {
            sum += edid[block * 128 + i];
        }
        g_assert_cmphex(sum, ==, 0);
    }
    g_assert_cmphex(edid[8] << 8 | edid[9], ==, 1 << 10 | 2 << 5 | 3);
    g_assert_cmphex(edid[12], ==, 17);
    g_assert_cmpmem(edid + 54 + 2 * 18 + 5, 13, "a name of man", 13);
    g_assert_cmpmem(edid + 54 + 3 * 18 + 3, 5, "\xff\0" "17\n", 5);
    g_assert_cmpuint(info.width_mm, ==, 1300);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);

    g_test_add_func("/edid/bytes", test_bytes);
    g_test_add_func("/edid/names", test_names);
    return g_test_run();
}
