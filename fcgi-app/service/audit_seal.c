#include "audit_chain.h"

#include "base/json.h"

#define PAGE 1000

struct sealing {
    struct service *sv;
    struct arena *arena;
    bool lost; /* the newest entry's key need not be known */
    struct audit_row newest;
};

/* ---- entries from before there was a key ---- */

struct unsealed {
    char digest[AUDIT_MAC_SIZE];
    int64_t entries, last;
};

static int digest_page(struct session *s, struct arena *arena, struct unsealed *u, size_t *n,
                       struct err *e)
{
    struct audit_filter f = {.after_id = u->last, .limit = PAGE};
    struct audit_row *rows = NULL;
    int64_t next;
    if (store_audit_list(s, arena, &f, &rows, n, &next, e) < 0)
        return -1;
    for (size_t i = 0; i < *n; i++) {
        if (rows[i].mac || rows[i].key_id)
            return err_set(e, ERR_INTERNAL,
                           "the newest entries of the audit log have no mac, though entry %lld "
                           "has: see what 'approvalctl audit verify' says of it",
                           (long long)rows[i].id);
        audit_digest(u->digest, &rows[i]);
        u->entries++;
        u->last = rows[i].id;
    }
    return 0;
}

static int digest_all(struct session *s, struct unsealed *u, struct err *e)
{
    struct arena *arena = arena_new();
    size_t n = 1;
    int rc = 0;
    while (rc == 0 && n) {
        rc = digest_page(s, arena, u, &n, e);
        arena_reset(arena);
    }
    arena_free(&arena);
    return rc;
}

static int add(struct session *s, struct sealing *g, const char *action, const char *payload,
               int64_t now, struct err *e)
{
    struct audit_entry entry = {
        .entity_type = AUDIT_ENTITY,
        .entity_id = AUDIT_LOG,
        .action = action,
        .actor_id = ACTOR_SYSTEM,
        .payload = payload,
    };
    return audit_append(s, g->sv->audit_keys, &g->newest, &entry, now, e);
}

static int seal(struct session *s, struct sealing *g, int64_t now, struct err *e)
{
    struct unsealed u = {.last = INT64_MIN};
    if (digest_all(s, &u, e) < 0)
        return -1;
    struct str payload = STR_INIT;
    audit_seal_payload(&payload, u.entries, u.digest);
    int rc = add(s, g, AUDIT_SEALED, payload.buf, now, e);
    str_release(&payload);
    return rc;
}

/* ---- another key ---- */

static bool replaces(struct arena *arena, const struct audit_row *row, const char *key_id)
{
    const struct json *payload = NULL;
    struct err why = ERR_INIT;
    if (json_parse_kept(arena, row->entry.payload, &payload, &why) < 0)
        return false;
    const char *from = json_string(json_get(payload, "from"), NULL);
    return from && !strcmp(from, key_id);
}

/* Somebody may still have a key that was replaced: what it made later would prove nothing. */
static int check_unused(struct session *s, struct sealing *g, struct err *e)
{
    const char *key_id = g->sv->audit_keys->id;
    struct audit_filter f = {.entity_type = AUDIT_ENTITY,
                             .entity_id = AUDIT_LOG,
                             .action = AUDIT_KEY_CHANGED,
                             .limit = PAGE};
    do {
        struct audit_row *rows = NULL;
        size_t n = 0;
        if (store_audit_list(s, g->arena, &f, &rows, &n, &f.after_id, e) < 0)
            return -1;
        for (size_t i = 0; i < n; i++)
            if (replaces(g->arena, &rows[i], key_id))
                return err_set(e, ERR_INVALID,
                               "APPROVAL_AUDIT_KEY: the key %s was replaced by entry %lld of the "
                               "audit log and cannot be used for new entries again",
                               key_id, (long long)rows[i].id);
    } while (f.after_id);
    return 0;
}

static int take_over(struct session *s, struct sealing *g, int64_t now, struct err *e)
{
    const char *from = g->newest.key_id, *to = g->sv->audit_keys->id;
    bool known = audit_key_find(g->sv, from) != NULL;
    if (!known && !g->lost)
        return err_set(e, ERR_INVALID,
                       "entry %lld of the audit log is under the key %s, which is neither "
                       "APPROVAL_AUDIT_KEY (that is %s) nor among APPROVAL_AUDIT_OLD_KEYS; where "
                       "it is lost, 'approvalctl audit rekey' goes on without it",
                       (long long)g->newest.id, from, to);
    if (check_unused(s, g, e) < 0)
        return -1;
    struct str payload = STR_INIT;
    struct jsonw w;
    jsonw_init(&w, &payload);
    jsonw_object(&w);
    jsonw_kstring(&w, "from", from);
    jsonw_kstring(&w, "to", to);
    if (!known)
        jsonw_kbool(&w, "lost", true);
    jsonw_end(&w);
    int rc = add(s, g, AUDIT_KEY_CHANGED, payload.buf, now, e);
    str_release(&payload);
    return rc;
}

/* ---- both ---- */

/* 1: there is something to do, 0: there is not. */
static int look(struct session *s, struct sealing *g, struct err *e)
{
    struct audit_row *newest = &g->newest;
    int found = store_audit_head(s, g->arena, newest, e);
    if (found <= 0)
        return found;
    return !newest->mac || !newest->key_id || strcmp(newest->key_id, g->sv->audit_keys->id) != 0;
}

static enum outcome apply(struct session *s, int64_t now, void *arg, struct err *e)
{
    struct sealing *g = arg;
    int rc = look(s, g, e);
    if (rc > 0 && g->newest.mac && g->newest.key_id)
        rc = take_over(s, g, now, e);
    else if (rc > 0)
        rc = seal(s, g, now, e);
    return rc < 0 ? OUTCOME_BROKEN : OUTCOME_DONE;
}

/* Most starts find nothing to do, and none of those waits for writers. */
static int run(struct sealing *g, struct err *e)
{
    struct session *s = NULL;
    if (!g->sv->audit_key_count)
        return err_set(e, ERR_INTERNAL, "there is no key for the audit log");
    if (store_read_begin(g->sv->store, &s, e) < 0)
        return -1;
    int rc = look(s, g, e);
    store_read_end(&s);
    if (rc <= 0)
        return rc;
    struct write w = {.apply = apply, .arg = g};
    return store_write(g->sv->store, &w, e) == OUTCOME_DONE ? 0 : -1;
}

int audit_seal(struct service *sv, struct arena *arena, struct err *e)
{
    struct sealing g = {.sv = sv, .arena = arena};
    return run(&g, e);
}

int audit_rekey(struct service *sv, struct arena *arena, struct err *e)
{
    struct sealing g = {.sv = sv, .arena = arena, .lost = true};
    return run(&g, e);
}
