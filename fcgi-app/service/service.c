#include "service.h"

#include "audit.h"
#include "auth/token_cache.h"
#include "definitions.h"
#include "issuer_keys.h"
#include "rules_file.h"

static int read_keys(struct service *sv, const struct settings *s, struct err *e)
{
    struct audit_keys keys = audit_keys_read(sv->arena, s->audit_key, s->audit_old_keys);
    sv->audit_keys = keys.list;
    sv->audit_key_count = keys.count;
    if (!*s->audit_key)
        return err_set(e, ERR_INVALID,
                       "APPROVAL_AUDIT_KEY is not set: nothing can be done without a key for the "
                       "audit log ('approvalctl secrets' makes one)");
    if (s->auth && !*s->jwt_secret)
        return err_set(e, ERR_INVALID,
                       "APPROVAL_JWT_SECRET is not set: nobody can sign in without it "
                       "('approvalctl secrets' makes one)");
    sv->token_key = (struct token_key){
        .alg = TOKEN_HS256,
        .bytes = s->jwt_secret,
        .len = strlen(s->jwt_secret),
    };
    return 0;
}

int service_init(struct service *sv, struct store *store, const struct clock *clock,
                 const struct settings *settings, struct err *e)
{
    struct zones *zones = zones_new(NULL);
    *sv = (struct service){
        .store = store,
        .clock = clock,
        .settings = settings,
        .definitions = definitions_new(),
        .rules = rules_file_open(settings->rules_path, zones),
        .zones = zones,
        .tokens = token_cache_new(),
        .arena = arena_new(),
    };
    if (read_keys(sv, settings, e) == 0 &&
        site_read(sv->arena, settings->public_url, settings->public_port, &sv->site, e) == 0 &&
        issuer_keys_open(settings->jwt_public_keys, settings->oidc_issuer, &sv->issuers, e) == 0)
        return 0;
    service_release(sv);
    return -1;
}

void service_release(struct service *sv)
{
    issuer_keys_close(&sv->issuers);
    definitions_free(&sv->definitions);
    rules_file_close(&sv->rules);
    zones_free(&sv->zones);
    token_cache_free(&sv->tokens);
    arena_free(&sv->arena);
}
