#include "bearer.h"

#include "base/base64.h"
#include "crypto/secret.h"

#include <assert.h>

#define RANDOM_BYTES 32
#define RANDOM_LENGTH BASE64URL_LENGTH(RANDOM_BYTES)
#define ID_LENGTH (API_KEY_ID_SIZE - 1)

static const char *const prefixes[] = {
#define X(name, prefix) prefix,
    BEARERS(X)
#undef X
};
_Static_assert(sizeof prefixes / sizeof *prefixes == BEARER_COUNT, "a prefix for each kind");

#define X(name, prefix) \
    _Static_assert(sizeof prefix + ID_LENGTH + 1 + RANDOM_LENGTH <= BEARER_SIZE, "room for it");
BEARERS(X)
#undef X

void bearer_new(enum bearer_kind kind, const char *id, struct bearer *out)
{
    assert((kind == BEARER_API_KEY) == (id != NULL));
    unsigned char random[RANDOM_BYTES];
    secret_random(random, sizeof random);
    struct str text = STR_INIT;
    str_reserve(&text, BEARER_SIZE); /* now, so that no copies are left behind */
    str_add(&text, prefixes[kind]);
    if (id) {
        str_add(&text, id);
        str_addch(&text, '_');
    }
    base64url_add(&text, random, sizeof random);
    assert(text.len < sizeof out->text);
    memcpy(out->text, text.buf, text.len + 1);
    hash_sha256_hex(text.buf, text.len, out->sha256);
    secret_wipe(text.buf, text.len);
    secret_wipe(random, sizeof random);
    str_release(&text);
}

/* Where the random part begins; NULL: the text does not look like one of that kind. */
static const char *random_within(enum bearer_kind kind, const char *text)
{
    static const char lower[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    static const char base64url[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    size_t prefix = strlen(prefixes[kind]);
    if (strncmp(text, prefixes[kind], prefix) != 0)
        return NULL;
    text += prefix;
    if (kind == BEARER_API_KEY) {
        if (strspn(text, lower) != ID_LENGTH || text[ID_LENGTH] != '_')
            return NULL;
        text += ID_LENGTH + 1;
    }
    return strspn(text, base64url) == RANDOM_LENGTH && text[RANDOM_LENGTH] == '\0' ? text : NULL;
}

bool bearer_read(enum bearer_kind kind, const char *text, char sha256[SHA256_HEX_SIZE])
{
    if (!random_within(kind, text))
        return false;
    hash_sha256_hex(text, strlen(text), sha256);
    return true;
}

void bearer_new_id(char out[API_KEY_ID_SIZE])
{
    static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz";
    unsigned char random[ID_LENGTH];
    secret_random(random, sizeof random);
    for (size_t i = 0; i < ID_LENGTH; i++)
        out[i] = letters[random[i] & 31];
    out[ID_LENGTH] = '\0';
}

bool bearer_id(const char *text, char out[API_KEY_ID_SIZE])
{
    const char *random = random_within(BEARER_API_KEY, text);
    if (!random)
        return false;
    memcpy(out, random - 1 - ID_LENGTH, ID_LENGTH);
    out[ID_LENGTH] = '\0';
    return true;
}
