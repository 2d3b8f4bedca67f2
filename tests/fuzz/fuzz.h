/*
 * What the fuzzers share: a machine in the process of libFuzzer.
 *
 * There is one machine for all inputs, so what one input has made, the next
 * one finds.  A crash may need what came before; libFuzzer's -seed=N repeats
 * a whole run.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef FUZZ_H
#define FUZZ_H

/* Make a pc under -accel qtest, with the options @more; NULL ends them. */
void fuzz_init(const char *const *more);

/*
 * Would @data make something outside of the process: files, sockets, network
 * devices?  Or ask for gigabytes, which is slow and no fault?
 */
bool fuzz_leaves_process(const uint8_t *data, size_t size);

/* What a fuzzer is, for libFuzzer */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
