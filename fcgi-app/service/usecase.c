#include "usecase.h"

#include "audit.h"
#include "base/json.h"
#include "crypto/hash.h"

struct run {
    struct service *sv;
    struct call *call;
    const struct usecase *usecase;
    const struct err *prepared; /* the refusal that prepare found, or NULL */
    struct answer *answer;
    char request_sha256[SHA256_HEX_SIZE]; /* of method, target and body; with a key */
};

static bool refusal(enum err_kind kind)
{
    return kind == ERR_FORBIDDEN || kind == ERR_CONFLICT || kind == ERR_STALE ||
           kind == ERR_INVALID;
}

static void render_result(struct run *r)
{
    struct str body = STR_INIT;
    r->call->render->result(&body, r->usecase->result);
    *r->answer = (struct answer){
        .status = r->call->render->status,
        .body = arena_strndup(r->call->arena, body.buf, body.len),
    };
    str_release(&body);
}

static void render_problem(struct run *r, const struct err *e)
{
    struct str body = STR_INIT;
    int status = r->call->render->problem(&body, e, r->call->request_id);
    *r->answer = (struct answer){
        .status = status,
        .problem = true,
        .body = arena_strndup(r->call->arena, body.buf, body.len),
    };
    str_release(&body);
}

/* Whose answers they are: those of an API key are for no other key of its user. */
static const char *caller_of(const struct call *c)
{
    const struct api_key_row *key = c->who->key;
    return key ? arena_printf(c->arena, "%s\n%s", c->who->subject, key->id) : c->who->subject;
}

/* 1: this key was answered before, and the answer is filled in; 0: it was not; -1: error. */
static int replay(struct run *r, struct session *s, int64_t now, struct err *e)
{
    const struct call *c = r->call;
    if (!c->idempotency_key)
        return 0;
    struct idempotency_row row;
    int found = store_idempotency_get(s, c->arena, caller_of(c), c->idempotency_key, now, &row, e);
    if (found <= 0)
        return found;
    if (strcmp(row.request_sha256, r->request_sha256) != 0)
        return err_set(e, ERR_INVALID,
                       "Idempotency-Key was used before with another request; use a new key for a "
                       "new request");
    *r->answer = (struct answer){
        .status = (int)row.status,
        .problem = row.status >= 400,
        .body = row.body,
        .replayed = true,
    };
    return 1;
}

static int keep_answer(struct run *r, struct session *s, int64_t now, struct err *e)
{
    const struct call *c = r->call;
    if (!c->idempotency_key)
        return 0;
    struct idempotency_row row = {
        .caller = caller_of(c),
        .key = c->idempotency_key,
        .request_sha256 = r->request_sha256,
        .status = r->answer->status,
        .content_type = r->answer->problem ? "application/problem+json" : "application/json",
        .body = r->answer->body,
        .created_at = now,
    };
    return store_idempotency_put(s, &row, e);
}

static enum outcome run_apply(struct session *s, int64_t now, void *arg, struct err *e)
{
    struct run *r = arg;
    int replayed = replay(r, s, now, e);
    if (replayed)
        return replayed > 0 ? OUTCOME_DONE : OUTCOME_BROKEN;
    if (r->prepared) {
        *e = *r->prepared;
        return OUTCOME_REFUSED;
    }
    if (r->usecase->apply(r->sv, r->call, s, now, r->usecase->arg, e) < 0)
        return refusal(e->kind) ? OUTCOME_REFUSED : OUTCOME_BROKEN;
    if (r->call->idempotency_key)
        render_result(r);
    return keep_answer(r, s, now, e) < 0 ? OUTCOME_BROKEN : OUTCOME_DONE;
}

/* While nobody is asked who he is, everybody is who he says. */
static bool acts_himself(const struct principal *who, const char *actor)
{
    return who->trusted || !actor || !strcmp(who->subject, actor);
}

static int audit_refusal(struct run *r, struct session *s, int64_t now, const struct err *reason,
                         struct err *e)
{
    const struct usecase *u = r->usecase;
    struct str payload = STR_INIT;
    struct jsonw w;
    jsonw_init(&w, &payload);
    jsonw_object(&w);
    jsonw_kstring(&w, "kind", err_kind_name(reason->kind));
    jsonw_kstring(&w, "reason", reason->message);
    jsonw_end(&w);
    bool himself = acts_himself(r->call->who, u->actor_id);
    struct audit_entry entry = {
        .entity_type = u->entity_type,
        .entity_id = u->entity_id,
        .action = arena_printf(r->call->arena, "%s.refused", u->audit_action),
        .actor_id = himself ? u->actor_id : r->call->who->subject,
        .acting_for = himself ? NULL : u->actor_id,
        .payload = payload.buf,
        .request_id = r->call->request_id,
        .client_address = r->call->client_address,
    };
    int rc = audit_add(r->sv, s, &entry, now, e);
    str_release(&payload);
    return rc;
}

static int run_refused(struct session *s, int64_t now, void *arg, const struct err *reason,
                       struct err *e)
{
    struct run *r = arg;
    const struct usecase *u = r->usecase;
    if (audit_refusal(r, s, now, reason, e) < 0)
        return -1;
    if (u->after_refusal && u->after_refusal(r->sv, r->call, s, now, u->arg, e) < 0)
        return -1;
    if (!r->call->idempotency_key)
        return 0;
    render_problem(r, reason);
    return keep_answer(r, s, now, e);
}

/* The first half: 1 answered from the record, 0 go on, -1 error. */
static int run_prepare(struct run *r, struct err *e)
{
    struct session *s = NULL;
    if (store_read_begin(r->sv->store, &s, e) < 0)
        return -1;
    int rc = replay(r, s, clock_now(r->sv->clock), e);
    if (rc == 0 && r->usecase->prepare) {
        rc = r->usecase->prepare(r->sv, r->call, s, r->usecase->arg, e);
        if (rc < 0 && refusal(e->kind)) {
            struct err *kept = arena_make(r->call->arena, struct err);
            *kept = *e;
            r->prepared = kept;
            rc = 0;
        }
    }
    store_read_end(&s);
    return rc;
}

static void hash_request(struct run *r)
{
    const struct call *c = r->call;
    struct str s = STR_INIT;
    str_addf(&s, "%s %s\n", c->method, c->target);
    str_addn(&s, c->body, c->body_len);
    hash_sha256_hex(s.buf, s.len, r->request_sha256);
    str_release(&s);
}

int usecase_run(struct service *sv, struct call *c, const struct usecase *u, struct answer *out,
                struct err *e)
{
    struct run r = {.sv = sv, .call = c, .usecase = u, .answer = out};
    *out = (struct answer){0};
    if (c->idempotency_key)
        hash_request(&r);
    int rc = run_prepare(&r, e);
    if (rc)
        return rc < 0 ? -1 : 0;

    struct write w = {.apply = run_apply, .refused = run_refused, .arg = &r};
    if (store_write(sv->store, &w, e) != OUTCOME_DONE)
        return -1;
    if (!out->body)
        render_result(&r);
    return 0;
}

struct refused {
    struct run run;
    const struct err *reason;
};

static enum outcome note_refusal(struct session *s, int64_t now, void *arg, struct err *e)
{
    struct refused *r = arg;
    return audit_refusal(&r->run, s, now, r->reason, e) < 0 ? OUTCOME_BROKEN : OUTCOME_DONE;
}

void usecase_refused(struct service *sv, struct call *c, const struct usecase *u,
                     const struct err *reason)
{
    struct refused r = {{.sv = sv, .call = c, .usecase = u}, reason};
    struct write w = {.apply = note_refusal, .arg = &r};
    struct err why = ERR_INIT;
    if (store_write(sv->store, &w, &why) != OUTCOME_DONE)
        log_warn(c->log, "refusal.unnoted", "A refusal could not be audited: %s", why.message);
}
