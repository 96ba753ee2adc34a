# `make help` lists what can be made. Flags are in config.mk, who may use whom in tools/layers.txt.

all: programs ## Build the programs into build/release

include config.mk
-include build/layers.mk

MAKEFLAGS += --no-print-directory
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 2)
endif
VERSION   := $(shell cat VERSION)
COMPILE    = $(CC) $(STD) $(WARN) $(HARDEN) $(CFLAGS_$(BUILD)) $(CFLAGS) -Ifcgi-app \
             -include fcgi-app/base/banned.h -DAPPROVAL_VERSION='"$(VERSION)"' -MMD -MP
LINKER     = $(CC) $(LINK) $(LDFLAGS_$(BUILD)) $(LDFLAGS)
FLAGFILES := Makefile config.mk VERSION

PROGRAMS := approval-app approvalctl
BASE     ?= http://127.0.0.1:$(or $(PORT),8003)
SECONDS_EACH ?= 60
RESULTS  := build/results

# --- sources and what is made of them ---

objects   = $(patsubst %.c,$(OUT)/obj/%.o,$(1))
folder    = $(call objects,$(wildcard fcgi-app/$(1)/*.c))
libraries = $(foreach f,$(1),$(OUT)/lib/$(subst /,-,$(f)).a)
tests_in  = $(patsubst %.c,$(OUT)/%,$(wildcard tests/$(1)/test_*.c))
helpers   = $(call objects,$(filter-out tests/$(1)/test_%,$(wildcard tests/$(1)/*.c)))

APP_C    := $(wildcard fcgi-app/*/*.c fcgi-app/*/*/*.c)
TEST_C   := $(wildcard tests/unit/*/*.c tests/unit/*/*/*.c tests/contract/*.c)
FUZZ_C   := $(wildcard tests/fuzz/fuzz_*.c)
BENCH_C  := $(wildcard tests/bench/*.c)
HEADERS  := $(wildcard fcgi-app/*/*.h fcgi-app/*/*/*.h tests/*/*.h tests/*/*/*.h)
SCRIPTS  := $(wildcard tools/*.sh tools/pre-commit conf/*/*.sh tests/*.sh tests/*/*.sh .ci/run)
C_FILES   = $(APP_C) $(HEADERS) $(TEST_C) $(FUZZ_C) $(BENCH_C) $(wildcard tests/bench/*.h)
UNIT      = $(foreach f,$(FOLDERS),$(call tests_in,unit/$(f)))
CONTRACT  = $(call tests_in,contract)
FUZZERS   = $(patsubst %.c,$(OUT)/%,$(FUZZ_C))
ALL_OBJ   = $(call objects,$(APP_C) $(TEST_C) $(FUZZ_C) $(BENCH_C))

build/layers.mk: tools/layers.txt tools/layers.awk
	@mkdir -p $(@D)
	@awk -f tools/layers.awk tools/layers.txt >$@

$(OUT)/obj/fcgi-app/%.o: fcgi-app/%.c $(FLAGFILES)
	@mkdir -p $(@D)
	@echo '  $(CC) $(BUILD) $<'
	@$(COMPILE) -c -o $@ $<

$(OUT)/obj/tests/%.o: tests/%.c $(FLAGFILES)
	@mkdir -p $(@D)
	@echo '  $(CC) $(BUILD) $<'
	@$(COMPILE) -Itests/unit -c -o $@ $<

$(OUT)/gen/migrations.c: tools/embed.sh $(wildcard schema/sqlite/*.sql)
	@mkdir -p $(@D)
	@sh tools/embed.sh $@ sqlite_migrations $(filter %.sql,$^)

$(OUT)/gen/schemas.c: tools/embed.sh schema/workflow.schema.json
	@mkdir -p $(@D)
	@sh tools/embed.sh $@ api_schemas $(filter %.json,$^)

$(OUT)/gen/page_static.c: tools/embed.sh $(wildcard fcgi-app/pages/static/*)
	@mkdir -p $(@D)
	@sh tools/embed.sh $@ page_static $(filter-out tools/%,$^)

$(OUT)/obj/gen/%.o: $(OUT)/gen/%.c $(FLAGFILES)
	@mkdir -p $(@D)
	@$(COMPILE) -c -o $@ $<

GENERATED := $(patsubst %,$(OUT)/obj/gen/%.o,migrations schemas page_static)
$(OUT)/lib/store-sqlite.a: $(OUT)/obj/gen/migrations.o
$(OUT)/lib/api.a: $(OUT)/obj/gen/schemas.o
$(OUT)/lib/pages.a: $(OUT)/obj/gen/page_static.o

define LIBRARY
$(OUT)/lib/$(subst /,-,$(1)).a: $(call folder,$(1))
endef
$(foreach f,$(FOLDERS),$(eval $(call LIBRARY,$(f))))

$(OUT)/lib/%.a:
	@mkdir -p $(@D)
	@rm -f $@
	@$(AR) rcs $@ $(filter %.o,$^)

programs: $(PROGRAMS:%=$(OUT)/%) ; @:

$(OUT)/approval-app: $(OUT)/obj/fcgi-app/main/main_app.o
$(OUT)/approvalctl: $(OUT)/obj/fcgi-app/main/main_ctl.o
$(PROGRAMS:%=$(OUT)/%): $(call libraries,$(filter-out main,$(LINK_main)))
	@echo '  link $@'
	@$(LINKER) -o $@.new $(filter %.o,$^) $(filter %.a,$^) $(LIBS_main) -lpthread
	@mv $@.new $@ # at once: a pool may be starting its processes from it

# A folder's unit tests see its library and those below it, nothing else.
define UNIT_TESTS
$(call tests_in,unit/$(1)): $(OUT)/%: $(OUT)/obj/%.o $(call helpers,unit/$(1)) $(call libraries,$(TEST_LINK_$(1)))
	@mkdir -p $$(@D)
	@$$(LINKER) -o $$@ $$^ $(TEST_LIBS_$(1)) -lcunit -lpthread
endef
$(foreach f,$(FOLDERS),$(if $(wildcard tests/unit/$(f)/test_*.c),$(eval $(call UNIT_TESTS,$(f)))))

BACKENDS := store/sqlite store/memory $(filter-out store/sqlite,$(LINK_store/sqlite))
$(CONTRACT): $(OUT)/%: $(OUT)/obj/%.o $(call helpers,contract) $(call libraries,$(BACKENDS))
	@mkdir -p $(@D)
	@$(LINKER) -o $@ $^ $(LIBS_store/sqlite) -lcunit -lpthread

$(FUZZERS): $(OUT)/%: $(OUT)/obj/%.o $(call libraries,$(filter-out main,$(LINK_main)))
	@mkdir -p $(@D)
	@$(LINKER) -o $@ $^ $(LIBS_main) -lpthread

.SECONDARY: $(ALL_OBJ)
-include $(patsubst %.o,%.d,$(ALL_OBJ) $(GENERATED))

# --- parts of the targets below; sub-makes, so that they follow each other ---

objects: $(ALL_OBJ) $(GENERATED) ; @:
test-programs: $(UNIT) $(CONTRACT) ; @:
fuzzers: $(FUZZERS) ; @:

run-tests: test-programs
	@sh tools/run-tests.sh $(RESULTS) $(UNIT) $(CONTRACT)

run-fuzzers: fuzzers
	@sh tools/run-fuzzers.sh $(RESULTS) $(SECONDS_EACH) $(FUZZERS)

# Checked again only when the file or a header that it includes has changed.
TIDIED = $(patsubst %.c,$(OUT)/tidy/%.ok,$(APP_C))
tidy: $(TIDIED) ; @:
$(OUT)/tidy/%.ok: $(OUT)/obj/%.o .clang-tidy
	@mkdir -p $(@D)
	@echo '  clang-tidy $*.c'
	@clang-tidy --quiet --warnings-as-errors='*' $*.c -- $(filter-out -MMD -MP,$(COMPILE:$(CC)%=%)) \
	    >$(@:.ok=.log) 2>&1 || { cat $(@:.ok=.log); exit 1; }
	@touch $@

format:
	@clang-format --dry-run -Werror $(C_FILES)
	@sh tools/check-functions.sh
layers:
	@sh tools/check-layers.sh
headers:
	@CC=$(CC) sh tools/check-headers.sh $(HEADERS)
scripts:
	@for s in $(SCRIPTS); do sh -n $$s || exit 1; done
	@! command -v shellcheck >/dev/null || shellcheck -s sh -S warning $(SCRIPTS)
hardening: programs
	@sh tools/check-hardening.sh $(PROGRAMS:%=$(OUT)/%)
	@sh tools/check-unit.sh
documents: programs
	@sh tools/check-settings.sh $(OUT)/approvalctl
	@sh tools/check-openapi.sh

# --- what people make ---

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-12s %s\n", $$1, $$2 }' Makefile

deps: ## Install missing packages for everything (automatic only for root on Debian)
	@sh tools/deps.sh run test

run: ## Install what is missing, build, serve on $PORT (8003) until Ctrl-C
	@sh tools/deps.sh run
	@$(MAKE) programs
	@exec sh conf/spawn/run.sh --dev $(OUT)

check: ## What a reviewer would run: format, layers, headers, static analysis, unit and contract tests
	@sh tools/deps.sh run test
	@$(MAKE) format layers headers scripts
	@$(MAKE) objects programs test-programs
	@$(MAKE) CC=clang BUILD=release objects
	@$(MAKE) CC=clang BUILD=release tidy
	@$(MAKE) hardening documents
	@rm -f $(RESULTS)
	@$(MAKE) run-tests
	@sh tools/test-summary.sh $(RESULTS)

test: ## Install what is missing and run every test, under ASan and UBSan, through the real nginx and pool
	@sh tools/deps.sh run test
	@rm -f $(RESULTS)
	@$(MAKE) BUILD=asan programs test-programs
	@$(MAKE) CC=clang BUILD=fuzz fuzzers
	@$(MAKE) test-steps; code=$$?; sh tools/test-summary.sh $(RESULTS) && exit $$code

# One after the other, all of them even when one fails; each adds its counts to $(RESULTS).
test-steps:
	@failed=0; \
	$(MAKE) BUILD=asan run-tests || failed=1; \
	sh tools/run-tests.sh $(RESULTS) --command http python3 tests/http/run.py --build build/asan || failed=1; \
	$(MAKE) CC=clang BUILD=fuzz SECONDS_EACH=10 run-fuzzers || failed=1; \
	exit $$failed

test-docker: ## Build the image, start it with docker-compose, run the smoke test against it
	@sh tests/docker/run.sh

asan: ## Unit and contract tests under ASan and UBSan
	@sh tools/deps.sh run test
	@$(MAKE) BUILD=asan tests-only
tsan: ## Unit and contract tests under TSan
	@sh tools/deps.sh run test
	@$(MAKE) BUILD=tsan tests-only
valgrind: ## Unit and contract tests under valgrind (slow)
	@sh tools/deps.sh run test
	@TEST_SECONDS=1200 TEST_WRAPPER='valgrind -q --error-exitcode=9 --leak-check=full' \
	    $(MAKE) BUILD=debug tests-only
tests-only:
	@rm -f $(RESULTS)
	@$(MAKE) run-tests; code=$$?; sh tools/test-summary.sh $(RESULTS) && exit $$code

coverage: ## Lines covered by unit and contract tests; fails when engine/ is under 95%
	@sh tools/deps.sh run test
	@find build/coverage -name '*.gcda' -delete 2>/dev/null || true
	@$(MAKE) BUILD=coverage tests-only
	@sh tools/check-coverage.sh build/coverage/obj engine 95

fuzz: ## Fuzz each target for SECONDS_EACH (60) seconds
	@sh tools/deps.sh run test
	@rm -f $(RESULTS)
	@$(MAKE) CC=clang BUILD=fuzz SECONDS_EACH=$(SECONDS_EACH) run-fuzzers
	@sh tools/test-summary.sh $(RESULTS)

bench: ## Measure against the references, see tests/bench/README.md
	@sh tools/deps.sh run test
	@$(MAKE) programs
	@sh tests/bench/run.sh

smoke: ## Verify a running instance: make smoke BASE=http://127.0.0.1:8003
	@sh tools/deps.sh run
	@sh tests/smoke.sh $(BASE)

compdb: ## Write compile_commands.json for editors
	@sh tools/deps.sh run test
	@sh tools/compdb.sh '$(subst ','\'',$(COMPILE)) -Itests/unit' $(APP_C) $(TEST_C) $(FUZZ_C) >compile_commands.json

fmt: ## Format the tree with clang-format
	@sh tools/deps.sh run test
	@clang-format -i $(C_FILES)

clean: ## Remove build/
	@rm -rf build

.PHONY: all programs objects test-programs fuzzers run-tests run-fuzzers tidy format layers headers \
    scripts hardening documents help deps run check test test-steps test-docker asan tsan valgrind tests-only \
    coverage fuzz bench smoke compdb fmt clean
