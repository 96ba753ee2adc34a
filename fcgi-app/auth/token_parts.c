#include "token_parts.h"

#include "base/base64.h"

#include <string.h>

/* Anybody may send a header; what others say in it needs no more than this. */
static const struct json_limits limits[] = {
    [TOKEN_HEADER] = {.max_bytes = TOKEN_SIZE_MAX, .max_depth = 8, .max_values = 64},
    [TOKEN_CLAIMS] = {.max_bytes = TOKEN_SIZE_MAX, .max_depth = 16, .max_values = 1024},
};

static const char *const alg_names[] = {
    [TOKEN_HS256] = "HS256",
    [TOKEN_RS256] = "RS256",
    [TOKEN_ES256] = "ES256",
};

const char *token_alg_name(enum token_alg alg)
{
    return alg_names[alg];
}

bool token_alg_find(const struct json *name, enum token_alg *alg)
{
    const char *text = token_text(name);
    for (size_t i = 0; text && i < sizeof alg_names / sizeof *alg_names; i++) {
        if (strcmp(text, alg_names[i]) != 0)
            continue;
        *alg = (enum token_alg)i;
        return true;
    }
    return false;
}

const char *token_text(const struct json *v)
{
    size_t len = 0;
    const char *text = json_string(v, &len);
    return text && len && strlen(text) == len ? text : NULL;
}

int token_split(struct arena *arena, const char *token, struct token_parts *out, struct err *e)
{
    if (strnlen(token, TOKEN_SIZE_MAX + 1) > TOKEN_SIZE_MAX)
        return err_set(e, ERR_UNAUTHENTICATED, "the token is longer than %d bytes", TOKEN_SIZE_MAX);
    *out = (struct token_parts){.token = token};
    const char *p = token;
    for (size_t i = 0; i < TOKEN_PART_COUNT; i++) {
        bool last = i + 1 == TOKEN_PART_COUNT;
        size_t n = strcspn(p, ".");
        if (n == 0 || (p[n] == '\0') != last)
            return err_set(e, ERR_UNAUTHENTICATED, "the token is not of three parts");
        out->text[i] = p;
        out->bytes[i] = base64url_decode(arena, p, n, &out->len[i]);
        if (!out->bytes[i])
            return err_set(e, ERR_UNAUTHENTICATED, "the token is not base64url without padding");
        p += n + 1;
    }
    out->signed_len = (size_t)(out->text[TOKEN_SIGNATURE] - token) - 1;
    return 0;
}

int token_object(struct arena *arena, const struct token_parts *parts, enum token_part which,
                 const struct json **out, struct err *e)
{
    const struct json *v = NULL;
    struct err why = ERR_INIT; /* names what is in the token: not for the caller */
    if (json_parse(arena, (const char *)parts->bytes[which], parts->len[which], &limits[which], &v,
                   &why) ||
        json_type(v) != JSON_OBJECT)
        return err_set(e, ERR_UNAUTHENTICATED, "the token's %s are not an acceptable JSON object",
                       which == TOKEN_HEADER ? "header parameters" : "claims");
    *out = v;
    return 0;
}

/* RFC 7515, section 4.1.9: "application/" may be left out; media types know no case. */
static int typ_read(const struct json *header, struct token_header *out, struct err *e)
{
    static const char media[] = "application/";
    const struct json *v;
    out->typ_bare = true;
    if (!json_member(header, "typ", &v))
        return 0;
    const char *typ = token_text(v), *kind = typ;
    if (kind && strncasecmp(kind, media, sizeof media - 1) == 0)
        kind += sizeof media - 1;
    if (!kind || (strcasecmp(kind, "JWT") != 0 && strcasecmp(kind, "at+jwt") != 0))
        return err_set(e, ERR_UNAUTHENTICATED, "the token is of another type than JWT and at+jwt");
    out->typ_bare = strcasecmp(typ, "JWT") == 0;
    return 0;
}

int token_header_read(struct arena *arena, const struct token_parts *parts,
                      struct token_header *out, struct err *e)
{
    const struct json *header = NULL, *v;
    *out = (struct token_header){.kid = NULL};
    if (token_object(arena, parts, TOKEN_HEADER, &header, e))
        return -1;
    if (!token_alg_find(json_get(header, "alg"), &out->alg))
        return err_set(e, ERR_UNAUTHENTICATED, "the token's algorithm is none that is taken here");
    if (json_member(header, "crit", &v) || json_member(header, "b64", &v))
        return err_set(e, ERR_UNAUTHENTICATED, "the token asks for extensions");
    if (json_member(header, "kid", &v) && !(out->kid = json_string(v, &out->kid_len)))
        return err_set(e, ERR_UNAUTHENTICATED, "the token's kid is not a text");
    return typ_read(header, out, e);
}
