# Compilers and flags. Overridable: make CC=clang BUILD=asan

ifeq ($(origin CC),default)
CC     := gcc
endif
BUILD  ?= release
OUT    := build/$(BUILD)$(if $(filter clang%,$(CC)),-clang)

STD    := -std=c17 -D_GNU_SOURCE
WARN   := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wformat=2 -Wmissing-prototypes \
          -Wstrict-prototypes -Wvla -Wundef -Werror
HARDEN := -fstack-protector-strong -fstack-clash-protection -fPIE
LINK   := -pie -Wl,-z,relro,-z,now -Wl,--as-needed

CFLAGS_release   := -O2 -g -D_FORTIFY_SOURCE=3
CFLAGS_debug     := -O0 -g3
CFLAGS_asan      := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
CFLAGS_tsan      := -O1 -g -fsanitize=thread
CFLAGS_coverage  := -O0 -g --coverage
CFLAGS_fuzz      := -O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all \
                    -fsanitize=fuzzer-no-link,address,undefined
LDFLAGS_asan     := -fsanitize=address,undefined
LDFLAGS_tsan     := -fsanitize=thread
LDFLAGS_coverage := --coverage
LDFLAGS_fuzz     := -fsanitize=fuzzer,address,undefined
