#include "token_parts.h"

#include "crypto/public_key.h"

#include <string.h>

#define KEYS_MAX 100

static const enum token_alg alg_of[] = {
    [PUBLIC_KEY_RSA] = TOKEN_RS256,
    [PUBLIC_KEY_P256] = TOKEN_ES256,
};

/* RFC 7517, sections 4.2 and 4.3: what a key may be used for, where it says so. */
static bool is_for_verifying(const struct json *jwk)
{
    const struct json *use, *ops;
    if (json_member(jwk, "use", &use)) {
        const char *text = token_text(use);
        if (!text || strcmp(text, "sig") != 0)
            return false;
    }
    if (!json_member(jwk, "key_ops", &ops))
        return true;
    for (size_t i = 0, n = json_array_size(ops); i < n; i++) {
        const char *text = token_text(json_at(ops, i));
        if (text && strcmp(text, "verify") == 0)
            return true;
    }
    return false;
}

static bool key_read(struct arena *arena, const struct json *jwk, struct token_key *out)
{
    const struct json *kid, *name;
    struct public_key key;
    struct err why = ERR_INIT; /* a key that is not ours is no error */
    enum token_alg alg;
    *out = (struct token_key){.kid = NULL};
    if (!is_for_verifying(jwk) || public_key_from_jwk(arena, jwk, &key, &why))
        return false;
    out->alg = alg_of[key.kind];
    if (json_member(jwk, "alg", &name) && (!token_alg_find(name, &alg) || alg != out->alg))
        return false;
    if (json_member(jwk, "kid", &kid) && !(out->kid = arena_strdup(arena, token_text(kid))))
        return false;
    out->bytes = key.pem;
    out->len = strlen(key.pem);
    return true;
}

int token_keys_read(struct arena *arena, const struct json *set, struct token_keys *out,
                    struct err *e)
{
    const struct json *keys = json_get(set, "keys");
    size_t n = json_array_size(keys);
    if (json_type(keys) != JSON_ARRAY)
        return err_set(e, ERR_INVALID, "this is no set of keys: it has no list \"keys\"");
    if (n > KEYS_MAX)
        return err_set(e, ERR_INVALID, "a set of %zu keys; at most %d are taken", n, KEYS_MAX);
    struct token_key *list = arena_array(arena, n, sizeof *list);
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += key_read(arena, json_at(keys, i), &list[count]);
    *out = (struct token_keys){.list = list, .count = count};
    return 0;
}
