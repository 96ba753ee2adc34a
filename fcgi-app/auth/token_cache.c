#include "token_cache.h"

#include "crypto/hash.h"
#include "token.h"

#include <pthread.h>

#define SLOTS 2048 /* a power of 2 */
#define HEX 16

struct slot {
    char sha256[SHA256_HEX_SIZE]; /* "": empty */
    char *subject, *key;          /* owned */
    int64_t issued_at, expires_at;
};

struct token_cache {
    pthread_rwlock_t lock;
    struct slot slots[SLOTS];
};

struct token_cache *token_cache_new(void)
{
    struct token_cache *c = calloc(1, sizeof *c);
    if (!c)
        abort();
    pthread_rwlock_init(&c->lock, NULL);
    return c;
}

static void empty(struct slot *s)
{
    free(s->subject);
    free(s->key);
    *s = (struct slot){.sha256 = ""};
}

void token_cache_free(struct token_cache **c)
{
    if (!*c)
        return;
    for (size_t i = 0; i < SLOTS; i++)
        empty(&(*c)->slots[i]);
    pthread_rwlock_destroy(&(*c)->lock);
    free(*c);
    *c = NULL;
}

static struct slot *slot_of(struct token_cache *c, const char *token, char sha256[SHA256_HEX_SIZE])
{
    char first[HEX + 1] = "";
    hash_sha256_hex(token, strlen(token), sha256);
    memcpy(first, sha256, HEX);
    return &c->slots[strtoull(first, NULL, 16) % SLOTS];
}

bool token_cache_find(struct token_cache *c, struct arena *arena, const char *token, int64_t now,
                      struct cached_token *out)
{
    char sha256[SHA256_HEX_SIZE];
    const struct slot *s = slot_of(c, token, sha256);
    pthread_rwlock_rdlock(&c->lock);
    bool found = !strcmp(s->sha256, sha256) && now < s->expires_at + TOKEN_LEEWAY_US;
    if (found)
        *out = (struct cached_token){
            .subject = arena_strdup(arena, s->subject),
            .key = arena_strdup(arena, s->key),
            .issued_at = s->issued_at,
            .expires_at = s->expires_at,
        };
    pthread_rwlock_unlock(&c->lock);
    return found;
}

void token_cache_keep(struct token_cache *c, const char *token, const struct cached_token *t)
{
    char sha256[SHA256_HEX_SIZE];
    struct slot *s = slot_of(c, token, sha256);
    char *subject = strdup(t->subject), *key = t->key ? strdup(t->key) : NULL;
    if (!subject || (t->key && !key))
        abort();
    pthread_rwlock_wrlock(&c->lock);
    empty(s);
    memcpy(s->sha256, sha256, sizeof s->sha256);
    s->subject = subject;
    s->key = key;
    s->issued_at = t->issued_at;
    s->expires_at = t->expires_at;
    pthread_rwlock_unlock(&c->lock);
}
