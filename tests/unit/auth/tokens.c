#include "tokens.h"

#include "base/base64.h"
#include "crypto/hmac.h"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/pem.h>

const struct token_key tokens_secret = {
    .kid = NULL, .alg = TOKEN_HS256, .bytes = TOKENS_SECRET, .len = sizeof TOKENS_SECRET - 1};
const struct token_keys tokens_ours = {.list = &tokens_secret, .count = 1};
const struct token_rules tokens_rules = {.now = TOKENS_NOW * 1000000};

void tokens_pair_make(struct tokens_pair *pair, enum token_alg alg, const char *kid)
{
    char *text = NULL;
    BIO *out = BIO_new(BIO_s_mem());
    pair->key = alg == TOKEN_RS256 ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
    if (!out || !pair->key || PEM_write_bio_PUBKEY(out, pair->key) != 1)
        abort(); /* before any test, where checks are not possible yet */
    size_t n = (size_t)BIO_get_mem_data(out, &text);
    char *pem = mem_alloc(n + 1);
    memcpy(pem, text, n);
    BIO_free(out);
    pair->public = (struct token_key){.kid = kid, .alg = alg, .bytes = pem, .len = n};
}

void tokens_pair_release(struct tokens_pair *pair)
{
    EVP_PKEY_free(pair->key);
    free((char *)(uintptr_t)pair->public.bytes);
}

static char *take(struct arena *arena, struct str *s)
{
    char *text = arena_strndup(arena, s->buf, s->len);
    str_release(s);
    return text;
}

char *tokens_body(struct arena *arena, const char *header, const char *claims)
{
    struct str s = STR_INIT;
    base64url_add(&s, header, strlen(header));
    str_addch(&s, '.');
    base64url_add(&s, claims, strlen(claims));
    return take(arena, &s);
}

char *tokens_with(struct arena *arena, const char *body, const void *signature, size_t n)
{
    struct str s = STR_INIT;
    str_addf(&s, "%s.", body);
    base64url_add(&s, signature, n);
    return take(arena, &s);
}

char *tokens_hmac(struct arena *arena, const char *header, const char *claims, const void *secret,
                  size_t n)
{
    unsigned char mac[HMAC_SIZE];
    char *body = tokens_body(arena, header, claims);
    hmac_sha256(secret, n, body, strlen(body), mac);
    return tokens_with(arena, body, mac, sizeof mac);
}

unsigned char *tokens_signature_raw(struct arena *arena, EVP_PKEY *key, const char *body, size_t *n)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    *n = 1024;
    unsigned char *out = arena_alloc(arena, *n);
    bool done = ctx && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestSign(ctx, out, n, (const unsigned char *)body, strlen(body)) == 1;
    EVP_MD_CTX_free(ctx);
    CHECK_FATAL(done);
    return out;
}

unsigned char *tokens_signature(struct arena *arena, EVP_PKEY *key, const char *body, size_t *n)
{
    unsigned char *der = tokens_signature_raw(arena, key, body, n);
    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC)
        return der;
    const unsigned char *p = der;
    int half = (EVP_PKEY_get_bits(key) + 7) / 8;
    unsigned char *out = arena_alloc(arena, 2 * (size_t)half);
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &p, (long)*n);
    CHECK_FATAL(pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair), out, half) == half &&
                BN_bn2binpad(ECDSA_SIG_get0_s(pair), out + half, half) == half);
    ECDSA_SIG_free(pair);
    *n = 2 * (size_t)half;
    return out;
}

char *tokens_signed(struct arena *arena, const char *header, const char *claims, EVP_PKEY *key)
{
    size_t n = 0;
    char *body = tokens_body(arena, header, claims);
    unsigned char *signature = tokens_signature(arena, key, body, &n);
    return tokens_with(arena, body, signature, n);
}

char *tokens_claiming(struct arena *arena, const char *claims)
{
    return tokens_hmac(arena, TOKENS_HEADER, claims, tokens_secret.bytes, tokens_secret.len);
}

char *tokens_heading(struct arena *arena, const char *header)
{
    return tokens_hmac(arena, header, TOKENS_CLAIMS, tokens_secret.bytes, tokens_secret.len);
}

bool tokens_accepted(const char *token, const struct token_keys *keys,
                     const struct token_rules *rules)
{
    struct arena *arena = arena_new();
    struct token_claims claims = {.subject = NULL};
    enum token_trouble trouble;
    struct err e = ERR_INIT;
    bool good = token_verify(arena, token, keys, rules, &claims, &trouble, &e) == 0;
    if (!good)
        fprintf(stderr, "refused: %.200s: %s\n", token, e.message);
    good = good && claims.subject && !strcmp(claims.subject, "maria") && claims.all;
    arena_free(&arena);
    return good;
}

bool tokens_refused(const char *token, const struct token_keys *keys,
                    const struct token_rules *rules, enum token_trouble wanted, const char *words)
{
    static const char untouched[] = "untouched";
    struct arena *arena = arena_new();
    struct token_claims claims = {.subject = untouched};
    enum token_trouble trouble = wanted == TOKEN_REFUSED ? TOKEN_UNKNOWN_KID : TOKEN_REFUSED;
    struct err e = ERR_INIT;
    bool good = token_verify(arena, token, keys, rules, &claims, &trouble, &e) == -1 &&
                e.kind == ERR_UNAUTHENTICATED && trouble == wanted && claims.subject == untouched &&
                strstr(e.message, words);
    if (!good)
        fprintf(stderr, "not refused for \"%s\": %.200s: %s (trouble %d)\n", words, token,
                e.message, (int)trouble);
    arena_free(&arena);
    return good;
}
