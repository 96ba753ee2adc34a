/*
 * libsodium asks to be initialised before anything else of it is called.
 */
#ifndef CRYPTO_SODIUM_ONCE_H
#define CRYPTO_SODIUM_ONCE_H

/* Cheap after the first time, from any thread. Where there is no randomness the process ends. */
void sodium_once(void);

#endif
