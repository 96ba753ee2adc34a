/*
 * Making, comparing and wiping secrets (libsodium).
 */
#ifndef CRYPTO_SECRET_H
#define CRYPTO_SECRET_H

#include <stdbool.h>
#include <stddef.h>

/* Unpredictable bytes of the kernel. Never fails: where there are none the process ends. */
void secret_random(void *out, size_t n);

/* In constant time for texts of the same length; the length is no secret. */
bool secret_equal(const char *a, const char *b);

/* From now on this process leaves no core dump, and other users' debuggers cannot attach to it. */
void secret_guard_memory(void);

void secret_wipe(void *data, size_t n);

#endif
