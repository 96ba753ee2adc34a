/*
 * Passwords: Argon2id (RFC 9106) through libsodium, with the parameters that
 * it calls interactive (2 passes over 64 MiB). A process works on one at a
 * time, so that sign-ins cannot take its memory.
 */
#ifndef CRYPTO_PASSWORD_H
#define CRYPTO_PASSWORD_H

#include "base/err.h"

#include <stdbool.h>

#define PASSWORD_HASH_SIZE 128

/* How many may be at it or wait at a time in a process; false: too many are. Whoever checks
 * passwords for somebody whom nobody knows yet enters first, and leaves afterwards. */
#define PASSWORD_QUEUE_MAX 8
bool password_queue_enter(void);
void password_queue_leave(void);

/* The hash as text with its parameters and salt. ERR_UNAVAILABLE when there is no memory for it. */
int password_hash(const char *password, char out[PASSWORD_HASH_SIZE], struct err *e);

/* hash NULL: costs the same and is false, so that nobody learns who has a password. A hash that
 * cannot be read is false, too. */
bool password_verify(const char *hash, const char *password);

/* Made with other parameters than those of now, or none that can be read: to be made anew when the
 * password is at hand. */
bool password_outdated(const char *hash);

#endif
