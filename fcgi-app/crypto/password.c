#include "password.h"

#include "sodium_once.h"

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>

#define PASSES crypto_pwhash_OPSLIMIT_INTERACTIVE
#define MEMORY crypto_pwhash_MEMLIMIT_INTERACTIVE

_Static_assert(PASSWORD_HASH_SIZE == crypto_pwhash_STRBYTES, "what libsodium writes");

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

/* Those who wait each hold a thread, of which others need some. */
static atomic_int queue;

bool password_queue_enter(void)
{
    if (atomic_fetch_add(&queue, 1) < PASSWORD_QUEUE_MAX)
        return true;
    atomic_fetch_sub(&queue, 1);
    return false;
}

void password_queue_leave(void)
{
    atomic_fetch_sub(&queue, 1);
}

int password_hash(const char *password, char out[PASSWORD_HASH_SIZE], struct err *e)
{
    sodium_once();
    pthread_mutex_lock(&one_at_a_time);
    int rc = crypto_pwhash_str(out, password, strlen(password), PASSES, MEMORY);
    pthread_mutex_unlock(&one_at_a_time);
    return rc == 0 ? 0
                   : err_set(e, ERR_UNAVAILABLE, "there is no memory to hash the password with");
}

static bool readable(const char *hash)
{
    return hash && crypto_pwhash_str_needs_rehash(hash, PASSES, MEMORY) >= 0;
}

/* The work of a verification that cannot succeed. */
static bool refuse_slowly(const char *password)
{
    static const unsigned char salt[crypto_pwhash_SALTBYTES];
    unsigned char key[32];
    int rc = crypto_pwhash(key, sizeof key, password, strlen(password), salt, PASSES, MEMORY,
                           crypto_pwhash_ALG_ARGON2ID13);
    (void)rc;
    sodium_memzero(key, sizeof key);
    return false;
}

bool password_verify(const char *hash, const char *password)
{
    sodium_once();
    pthread_mutex_lock(&one_at_a_time);
    bool good = readable(hash) ? crypto_pwhash_str_verify(hash, password, strlen(password)) == 0
                               : refuse_slowly(password);
    pthread_mutex_unlock(&one_at_a_time);
    return good;
}

bool password_outdated(const char *hash)
{
    sodium_once();
    /* libsodium compares the parameters but not the kind of Argon2. */
    return strncmp(hash, crypto_pwhash_STRPREFIX, strlen(crypto_pwhash_STRPREFIX)) != 0 ||
           crypto_pwhash_str_needs_rehash(hash, PASSES, MEMORY) != 0;
}
