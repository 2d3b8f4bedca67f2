# What to do with qemini, in a word each.  meson and ninja do the work.
#
#   make           build build/qemini-system-x86_64
#   make run       a ping through a tap and a virtio-net device, with comments
#   make run LINUX=1  Debian's Linux, with a shell on a terminal
#   make check     build and run all tests
#   make check-images  disk images between qemini and qemu-img, all of the matrix
#   make check-lab  Debian's Linux in qemini, on an emulated machine with KVM
#   make check-asan  the same under the address and undefined-behaviour checkers
#   make soak      add and remove each device CYCLES=10000 times, checked
#   make fuzz      random input for monitors, rings and disks, with clang
#                  (FUZZ_SECONDS=60 each; FUZZ_SEED=N has the same again)
#   make dropin    build QEMU's SRC=device.c in, with TRACE=its-trace-events
#   make bench     release build and figures (QEMU=/path/to/qemu to compare)
#   make bench-lab  how soon Linux boots, and how quick its network is, beside QEMU
#   make gdb       gdb on the realize chain of virtio-net-pci
#   make deps      install what a Debian or Ubuntu machine lacks
#   make clean     remove the build folders

BUILD ?= build
RELEASE ?= build-release
ASAN ?= build-asan
DROPIN ?= build-dropin
FUZZ ?= build-fuzz
FUZZ_SECONDS ?= 60
FUZZ_SEED ?= 0
FUZZERS = fuzz-disk fuzz-hmp fuzz-qcow2 fuzz-qmp fuzz-ring fuzz-serial
QEMINI = $(BUILD)/qemini-system-x86_64
CYCLES ?= 10000

# A linker that is there and quick is used.
LINKER := $(if $(shell command -v mold),CC_LD=mold)

.PHONY: all deps run check check-images check-lab check-asan bench-lab dropin fuzz soak bench gdb clean

all: $(BUILD)/build.ninja
	@ninja -C $(BUILD)

deps:
	@scripts/install-deps.sh

$(BUILD)/build.ninja: | deps
	@$(LINKER) meson setup $(BUILD)

$(RELEASE)/build.ninja: | deps
	@$(LINKER) meson setup --buildtype=release $(RELEASE)

$(ASAN)/build.ninja: | deps
	@$(LINKER) meson setup -Db_sanitize=address,undefined -Doptimization=1 $(ASAN)

run: deps all
ifdef LINUX
	@scripts/install-deps.sh lab || true
	@tests/lab/run-linux $(QEMINI)
else
	@scripts/run-ping.sh $(QEMINI)
endif

# Tests that need more than building does are skipped, by name, without it.
check: deps all
	@scripts/install-deps.sh check || true
	@meson test -C $(BUILD) --no-rebuild --print-errorlogs

check-images: deps all
	@scripts/install-deps.sh check || true
	@meson test -C $(BUILD) --no-rebuild --print-errorlogs --suite images

# Skipped, by name, where its packages cannot be had.
check-lab: deps all
	@scripts/install-deps.sh lab || true
	@tests/lab/in-lab --setup || true
	@meson test -C $(BUILD) --no-rebuild --verbose --suite lab

check-asan: deps $(ASAN)/build.ninja
	@ninja -C $(ASAN)
	@UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
	  meson test -C $(ASAN) --no-rebuild --no-suite docs --print-errorlogs \
	  --timeout-multiplier 3

# What is freed stays for a while under ASan, which is not what is looked for.
soak: deps $(ASAN)/build.ninja
	@ninja -C $(ASAN)
	@HOTPLUG_CYCLES=$(CYCLES) ASAN_OPTIONS=quarantine_size_mb=1 \
	  UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
	  meson test -C $(ASAN) --no-rebuild --print-errorlogs \
	  --timeout-multiplier 30 hotplug-cycle-test

$(FUZZ)/build.ninja: | deps
	@CC=clang meson setup -Dfuzzing=true -Db_sanitize=address,undefined \
	  -Doptimization=1 $(FUZZ)

# What a fuzzer makes, it makes in its own folder; so does what it finds.
fuzz: deps $(FUZZ)/build.ninja
	@ninja -C $(FUZZ) $(FUZZERS:%=tests/fuzz/%)
	@for f in $(FUZZERS); do \
	  mkdir -p $(FUZZ)/$$f.d && cd $(FUZZ)/$$f.d && \
	  UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 ../tests/fuzz/$$f \
	    -seed=$(FUZZ_SEED) -max_total_time=$(FUZZ_SECONDS) -max_len=512 -timeout=60 \
	    -print_final_stats=1 && cd $(CURDIR) || exit 1; \
	done

bench: deps $(RELEASE)/build.ninja
	@ninja -C $(RELEASE) qemini-system-x86_64 tests/bench/bench tests/bench/bench-core
	@tests/bench/bench.sh $(RELEASE)

dropin: deps
	@$(LINKER) scripts/dropin.py --build $(DROPIN) $(if $(TRACE),--trace $(TRACE)) \
	  $(if $(INCLUDE),--include $(INCLUDE)) $(SRC)

# In the lab: beside Debian's QEMU, with the same kernel.
bench-lab: deps $(RELEASE)/build.ninja
	@ninja -C $(RELEASE) qemini-system-x86_64
	@scripts/install-deps.sh lab || true
	@echo "load: $$(cut -d ' ' -f 1-3 /proc/loadavg)"
	@LAB_SECONDS=1800 tests/lab/in-lab $(RELEASE)/qemini-system-x86_64 figures
	@echo "load: $$(cut -d ' ' -f 1-3 /proc/loadavg)"

gdb: deps all
	@scripts/gdb-realize.sh $(QEMINI)

clean:
	rm -rf $(BUILD) $(RELEASE) $(ASAN) $(DROPIN) $(FUZZ)
