#include "signing.h"

#include "check.h"
#include "base/base64.h"
#include "crypto/hash.h"
#include "crypto/password.h"
#include "office.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <unistd.h>

struct principal caller;
static EVP_PKEY *issuer_key;

static void set_up_over(const char *const *more, const char *extra)
{
    size_t n = 0;
    set_up();
    office_close(&sv);
    while (more && more[n])
        n++;
    const char **settings = arena_array(arena, n + 3, sizeof *settings);
    for (size_t i = 0; i < n; i++)
        settings[i] = more[i];
    settings[n++] = "APPROVAL_AUTH=on";
    settings[n] = extra;
    office_open(&sv, store, &fake, settings);
    caller = (struct principal){0};
}

void signing_set_up(const char *const *more)
{
    set_up_over(more, NULL);
}

static void make_issuer_key(void)
{
    if (!issuer_key)
        issuer_key = EVP_RSA_gen(2048);
    CHECK_FATAL(issuer_key != NULL);
}

void signing_set_up_issuer(const char *const *more)
{
    char path[] = "/tmp/test_signing.XXXXXX";
    int fd = mkstemp(path);
    FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
    CHECK_FATAL(f != NULL);
    make_issuer_key();
    CHECK_FATAL(PEM_write_PUBKEY(f, issuer_key) == 1);
    fclose(f);
    struct arena *own = arena_new();
    set_up_over(more, arena_printf(own, "APPROVAL_JWT_PUBLIC_KEYS=%s", path));
    arena_free(&own);
    unlink(path);
}

/* ---- users ---- */

void signing_user(const char *id, const char *roles)
{
    CHECK_STR(add_user(arena_printf(arena, "{'id':'%s','roles':[%s]}", id, roles)), "ok");
}

static int put_password(struct session *s, int64_t now, void *arg, struct err *e)
{
    static char hash[PASSWORD_HASH_SIZE]; /* made once, since it takes long */
    if (!*hash && password_hash(PASSWORD, hash, e) < 0)
        return -1;
    struct password_row row = {.user_id = arg, .hash = hash, .changed_at = now};
    return store_password_put(s, &row, e);
}

void signing_password(const char *id)
{
    write_with(put_password, arena_strdup(arena, id));
}

struct call call_of(const struct principal *who)
{
    struct call c = call();
    c.who = who;
    return c;
}

struct call call_from(const char *address)
{
    static const struct principal nobody = {.subject = "anonymous"};
    struct call c = call_of(&nobody);
    c.client_address = address;
    return c;
}

/* ---- tokens ---- */

static const char *claims_of(const char *members, int64_t age)
{
    const char *issued = age == NOT_SAID ? ""
                                         : arena_printf(arena, "'iat':%lld,",
                                                        (long long)((fake.fixed - age) / SECOND));
    return quoted(arena_printf(arena, "{%s'exp':%lld,%s}", issued,
                               (long long)((fake.fixed + HOUR) / SECOND), members));
}

const char *token_of(const char *members, int64_t age)
{
    struct str token = STR_INIT;
    struct err e = ERR_INIT;
    token_sign(&token, &sv.token_key, claims_of(members, age), &e);
    CHECK_STR(e.message, "");
    const char *text = arena_strdup(arena, token.buf);
    str_release(&token);
    return text;
}

const char *token_of_issuer(const char *members, int64_t age, const char *kid)
{
    const char *header =
        quoted(arena_printf(arena, "{'alg':'RS256','typ':'JWT'%s%s%s}", kid ? ",'kid':'" : "",
                            kid ? kid : "", kid ? "'" : ""));
    unsigned char signature[512];
    size_t n = sizeof signature;
    const char *claims = claims_of(members, age);
    struct str token = STR_INIT;
    base64url_add(&token, header, strlen(header));
    str_addch(&token, '.');
    base64url_add(&token, claims, strlen(claims));
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    CHECK_FATAL(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, issuer_key) == 1);
    CHECK_FATAL(EVP_DigestSign(ctx, signature, &n, (const unsigned char *)token.buf, token.len) ==
                1);
    EVP_MD_CTX_free(ctx);
    str_addch(&token, '.');
    base64url_add(&token, signature, n);
    const char *text = arena_strdup(arena, token.buf);
    str_release(&token);
    return text;
}

/* ---- letting in ---- */

const char *let_in(const struct credentials *c)
{
    struct principal who;
    refusal = (struct err)ERR_INIT;
    int rc = authenticate(&sv, arena, c, &who, &refusal);
    if (rc < 0)
        return outcome(rc, &refusal);
    caller = who;
    const char *text = who.subject;
    for (int r = 0; r < ROLE_COUNT; r++)
        if (who.roles & 1u << r)
            text = arena_printf(arena, "%s %s", text, role_name((enum role)r));
    return text;
}

const char *let_in_with(const char *bearer)
{
    struct credentials c = {
        .authorization = arena_printf(arena, "Bearer %s", bearer),
        .request_id = "req-1",
    };
    return let_in(&c);
}

const char *let_in_by(const char *cookie)
{
    struct credentials c = {
        .cookie = arena_printf(arena, "a=b; %s=%s", cookie_name(&sv.site), cookie),
        .request_id = "req-1",
    };
    return let_in(&c);
}

/* ---- rows ---- */

static struct session *reading(void)
{
    struct session *s = NULL;
    struct err e = ERR_INIT;
    CHECK_FATAL(store_read_begin(store, &s, &e) == 0);
    return s;
}

struct user_row user_stored(const char *id)
{
    struct user_row row = {0};
    struct err e = ERR_INIT;
    struct session *s = reading();
    CHECK_INT(store_user_get(s, arena, id, &row, &e), 1);
    store_read_end(&s);
    return row;
}

static const char *sha256_of(const char *text)
{
    char *sha256 = arena_alloc(arena, SHA256_HEX_SIZE);
    hash_sha256_hex(text, strlen(text), sha256);
    return sha256;
}

struct attempt_row attempt_stored(const char *name, const char *address)
{
    struct attempt_row row = {0};
    struct err e = ERR_INIT;
    struct session *s = reading();
    CHECK(store_attempt_get(s, arena, sha256_of(name), address, &row, &e) >= 0);
    store_read_end(&s);
    return row;
}

static int put_attempt(struct session *s, int64_t now, void *arg, struct err *e)
{
    (void)now;
    return store_attempt_put(s, arg, e);
}

void attempt_keep(const char *name, const char *address, const struct attempt_row *row)
{
    struct attempt_row own = *row;
    own.name_sha256 = sha256_of(name);
    own.address = address;
    write_with(put_attempt, &own);
}

struct ticket_row ticket_stored(const char *text)
{
    struct ticket_row row = {0};
    struct err e = ERR_INIT;
    struct session *s = reading();
    CHECK_INT(store_ticket_get(s, arena, sha256_of(text), &row, &e), 1);
    store_read_end(&s);
    return row;
}

const char *audit_text(void)
{
    struct audit_row *rows = NULL;
    size_t n = 0;
    int64_t next;
    struct err e = ERR_INIT;
    struct audit_filter f = {.limit = 1000};
    struct session *s = reading();
    CHECK_INT(store_audit_list(s, arena, &f, &rows, &n, &next, &e), 0);
    store_read_end(&s);
    const char *text = "";
    for (size_t i = 0; i < n; i++)
        text = arena_printf(arena, "%s%s %s %s %s %s\n", text, rows[i].entry.action,
                            rows[i].entry.entity_type, rows[i].entry.entity_id,
                            rows[i].entry.actor_id ? rows[i].entry.actor_id : "-",
                            rows[i].entry.payload);
    return text;
}
