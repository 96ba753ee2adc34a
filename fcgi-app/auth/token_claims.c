#include "token_parts.h"

#include <string.h>

#define US_PER_SECOND 1000000
#define SECONDS_MAX INT64_C(253402300799) /* the last of the year 9999 */

/* A NumericDate (RFC 7519, section 2) in microseconds. 1 read, 0 not there, -1 no such thing. */
static int time_read(const struct json *claims, const char *name, int64_t *us)
{
    const struct json *v;
    if (!json_member(claims, name, &v))
        return 0;
    if (json_type(v) == JSON_INT) {
        int64_t seconds = json_int(v);
        if (seconds < 0 || seconds > SECONDS_MAX)
            return -1;
        *us = seconds * US_PER_SECOND;
        return 1;
    }
    double seconds = json_double(v);
    if (json_type(v) != JSON_DOUBLE || !(seconds >= 0 && seconds <= (double)SECONDS_MAX))
        return -1;
    *us = (int64_t)(seconds * US_PER_SECOND);
    return 1;
}

static int times_check(const struct json *claims, int64_t now, struct token_claims *out,
                       struct err *e)
{
    int64_t not_before = 0;
    int exp = time_read(claims, "exp", &out->expires_at);
    if (exp < 0 || time_read(claims, "nbf", &not_before) < 0 ||
        time_read(claims, "iat", &out->issued_at) < 0)
        return err_set(e, ERR_UNAUTHENTICATED, "a time in the token is not a number of seconds");
    if (!exp)
        return err_set(e, ERR_UNAUTHENTICATED, "the token does not say when it expires (exp)");
    if (now - out->expires_at > TOKEN_LEEWAY_US)
        return err_set(e, ERR_UNAUTHENTICATED, "the token has expired");
    if (not_before - now > TOKEN_LEEWAY_US || out->issued_at - now > TOKEN_LEEWAY_US)
        return err_set(e, ERR_UNAUTHENTICATED, "the token is not valid yet");
    return 0;
}

/* C0, DEL, and C1 as UTF-8 has them: such a name would not survive a log or a page. */
static bool has_control(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        if (*p < 0x20 || *p == 0x7F || (*p == 0xC2 && p[1] < 0xA0))
            return true;
    return false;
}

static int subject_check(const struct json *claims, struct token_claims *out, struct err *e)
{
    out->subject = token_text(json_get(claims, "sub"));
    if (!out->subject || has_control(out->subject))
        return err_set(e, ERR_UNAUTHENTICATED, "the token names nobody (sub)");
    return 0;
}

int token_issuer_read(const struct json *claims, const char **out, struct err *e)
{
    const struct json *v;
    *out = NULL;
    if (json_member(claims, "iss", &v) && !(*out = token_text(v)))
        return err_set(e, ERR_UNAUTHENTICATED, "the token's issuer is not a text (iss)");
    return 0;
}

static int issuer_check(const struct json *claims, const char *wanted, struct token_claims *out,
                        struct err *e)
{
    if (token_issuer_read(claims, &out->issuer, e))
        return -1;
    if (wanted && (!out->issuer || strcmp(out->issuer, wanted) != 0))
        return err_set(e, ERR_UNAUTHENTICATED, "the token is of another issuer (iss)");
    return 0;
}

static int audience_check(const struct json *claims, const char *wanted, struct err *e)
{
    const struct json *aud;
    bool found = false, list;
    if (json_member(claims, "aud", &aud)) {
        list = json_type(aud) == JSON_ARRAY;
        for (size_t i = 0, n = list ? json_array_size(aud) : 1; i < n; i++) {
            const char *text = token_text(list ? json_at(aud, i) : aud);
            if (!text)
                return err_set(e, ERR_UNAUTHENTICATED, "the token's audience is no text (aud)");
            found = found || (wanted && strcmp(text, wanted) == 0);
        }
    }
    if (wanted && !found)
        return err_set(e, ERR_UNAUTHENTICATED, "the token is meant for somebody else (aud)");
    return 0;
}

int token_claims_read(struct arena *arena, const struct token_parts *parts,
                      const struct token_rules *rules, struct token_claims *out, struct err *e)
{
    struct token_claims claims = {.all = NULL};
    if (token_object(arena, parts, TOKEN_CLAIMS, &claims.all, e) ||
        times_check(claims.all, rules->now, &claims, e) || subject_check(claims.all, &claims, e) ||
        issuer_check(claims.all, rules->issuer, &claims, e) ||
        audience_check(claims.all, rules->audience, e))
        return -1;
    *out = claims;
    return 0;
}
