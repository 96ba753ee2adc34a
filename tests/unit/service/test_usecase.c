#include "service/usecase.h"

#include "base/clock.h"
#include "base/str.h"
#include "check.h"
#include "office.h"
#include "service/audit.h"
#include "store/memory/memory.h"

#define NOW INT64_C(1767323045678901)

static struct clock fake;
static struct store *store;
static struct service sv;
static struct arena *arena;

static int set_up(void)
{
    fake = clock_fake(NOW);
    store = store_memory_open(&fake);
    arena = arena_new();
    office_open(&sv, store, &fake, NULL);
    return 0;
}

static void tear_down(void)
{
    arena_free(&arena);
    office_close(&sv);
    store_close(&store);
}

/* A use case that counts and, when told so, fails in one of its halves. */
struct counting {
    int prepared, applied;
    enum err_kind prepare_fails, apply_fails;
};

static int prepare(struct service *s, struct call *c, struct session *session, void *arg,
                   struct err *e)
{
    (void)s, (void)c, (void)session;
    struct counting *n = arg;
    n->prepared++;
    return n->prepare_fails ? err_set(e, n->prepare_fails, "prepare says no") : 0;
}

/* Leaves an audit entry, so that what is kept can be seen. */
static int apply(struct service *s, struct call *c, struct session *session, int64_t now, void *arg,
                 struct err *e)
{
    (void)c;
    struct counting *n = arg;
    n->applied++;
    struct audit_entry entry = {
        .entity_type = "thing", .entity_id = "thing-1", .action = "thing.done", .payload = "{}"};
    if (audit_add(s, session, &entry, now, e) < 0)
        return -1;
    return n->apply_fails ? err_set(e, n->apply_fails, "apply says no") : 0;
}

static void render_count(struct str *out, const void *result)
{
    const struct counting *n = result;
    str_addf(out, "{\"applied\":%d}", n->applied);
}

static int render_problem(struct str *out, const struct err *e, const char *request_id)
{
    str_addf(out, "%s %s", request_id, e->message);
    return 409;
}

static const struct render render = {201, render_count, render_problem};

static int run_as(const struct principal *who, struct counting *n, const char *key,
                  const char *body, struct answer *out, struct err *e)
{
    struct logctx *log = arena_make(arena, struct logctx);
    struct call c = {
        .arena = arena,
        .who = who,
        .log = log,
        .request_id = "req-1",
        .client_address = "192.0.2.1",
        .idempotency_key = key,
        .method = "POST",
        .target = "/things",
        .body = body,
        .body_len = strlen(body),
        .render = &render,
    };
    struct usecase u = {
        .entity_type = "thing",
        .audit_action = "thing.done",
        .entity_id = "thing-1",
        .actor_id = "alice",
        .prepare = prepare,
        .apply = apply,
        .arg = n,
        .result = n,
    };
    return usecase_run(&sv, &c, &u, out, e);
}

static int run(struct counting *n, const char *key, const char *body, struct answer *out,
               struct err *e)
{
    return run_as(&principal_anonymous, n, key, body, out, e);
}

/* "thing.done thing.done.refused …": what the audit log has. */
static const char *audited(void)
{
    struct session *s = NULL;
    struct err e = ERR_INIT;
    struct audit_row *rows = NULL;
    size_t n = 0;
    struct str text = STR_INIT;
    CHECK_INT(store_read_begin(store, &s, &e), 0);
    struct audit_filter f = {.entity_id = "thing-1", .limit = 100};
    int64_t next;
    CHECK_INT(store_audit_list(s, arena, &f, &rows, &n, &next, &e), 0);
    for (size_t i = 0; i < n; i++)
        str_addf(&text, "%s%s", i ? " " : "", rows[i].entry.action);
    store_read_end(&s);
    const char *result = arena_strdup(arena, text.buf);
    str_release(&text);
    return result;
}

static void test_done(void)
{
    struct counting n = {0};
    struct answer out;
    struct err e = ERR_INIT;
    set_up();
    CHECK_INT(run(&n, NULL, "{}", &out, &e), 0);
    CHECK_INT(out.status, 201);
    CHECK_STR(out.body, "{\"applied\":1}");
    CHECK(!out.replayed && !out.problem);
    CHECK_STR(audited(), "thing.done");
    tear_down();
}

static void test_refused_by_apply(void)
{
    struct counting n = {.apply_fails = ERR_CONFLICT};
    struct answer out;
    struct err e = ERR_INIT;
    set_up();
    CHECK_INT(run(&n, NULL, "{}", &out, &e), -1);
    CHECK_INT(e.kind, ERR_CONFLICT);
    CHECK_STR(e.message, "apply says no");
    CHECK_STR(audited(), "thing.done.refused");
    tear_down();
}

static void test_refused_by_prepare(void)
{
    struct counting n = {.prepare_fails = ERR_FORBIDDEN};
    struct answer out;
    struct err e = ERR_INIT;
    set_up();
    CHECK_INT(run(&n, NULL, "{}", &out, &e), -1);
    CHECK_INT(e.kind, ERR_FORBIDDEN);
    CHECK_INT(n.applied, 0);
    CHECK_STR(audited(), "thing.done.refused");
    tear_down();
}

/* Whoever acts for somebody else is named, too. */
static void test_who_was_refused(void)
{
    static const struct principal alice = {.subject = "alice"}, robot = {.subject = "robot"};
    static const struct {
        const struct principal *who;
        const char *actor, *acting_for;
    } rows[] = {
        {&principal_anonymous, "alice", NULL},
        {&alice, "alice", NULL},
        {&robot, "robot", "alice"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct counting n = {.apply_fails = ERR_FORBIDDEN};
        struct answer out;
        struct err e = ERR_INIT;
        struct audit_filter f = {.limit = 10};
        struct audit_list list;
        set_up();
        CHECK_INT(run_as(rows[i].who, &n, NULL, "{}", &out, &e), -1);
        CHECK_INT(audit_read_list(&sv, arena, &f, &list, &e), 0);
        CHECK_FATAL(list.count == 1);
        const struct audit_entry *entry = &list.rows[0].entry;
        CHECK_STR(entry->actor_id, rows[i].actor);
        CHECK_STR(entry->acting_for, rows[i].acting_for);
        CHECK_STR(entry->request_id, "req-1");
        CHECK_STR(entry->client_address, "192.0.2.1");
        tear_down();
    }
}

static void test_broken_keeps_nothing(void)
{
    static const enum err_kind kinds[] = {ERR_NOT_FOUND, ERR_BAD_REQUEST, ERR_UNAVAILABLE,
                                          ERR_INTERNAL};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct counting in_prepare = {.prepare_fails = kinds[i]},
                        in_apply = {.apply_fails = kinds[i]};
        struct answer out;
        struct err e = ERR_INIT;
        set_up();
        CHECK_INT(run(&in_prepare, "k1", "{}", &out, &e), -1);
        CHECK_INT(e.kind, kinds[i]);
        CHECK_INT(run(&in_apply, "k2", "{}", &out, &e), -1);
        CHECK_INT(e.kind, kinds[i]);
        CHECK_STR(audited(), "");
        /* Nothing is remembered either: the key may be used again. */
        struct counting good = {0};
        CHECK_INT(run(&good, "k2", "{}", &out, &e), 0);
        CHECK(!out.replayed);
        tear_down();
    }
}

static void test_replay(void)
{
    struct counting n = {0};
    struct answer out;
    struct err e = ERR_INIT;
    set_up();
    CHECK_INT(run(&n, "k", "{\"a\":1}", &out, &e), 0);
    CHECK(!out.replayed);
    CHECK_INT(run(&n, "k", "{\"a\":1}", &out, &e), 0);
    CHECK(out.replayed);
    CHECK_INT(out.status, 201);
    CHECK_STR(out.body, "{\"applied\":1}");
    CHECK_INT(n.applied, 1);
    CHECK_STR(audited(), "thing.done");
    tear_down();
}

static void test_key_with_another_body(void)
{
    struct counting n = {0};
    struct answer out;
    struct err e = ERR_INIT;
    set_up();
    CHECK_INT(run(&n, "k", "{\"a\":1}", &out, &e), 0);
    CHECK_INT(run(&n, "k", "{\"a\":2}", &out, &e), -1);
    CHECK_INT(e.kind, ERR_INVALID);
    CHECK_INT(n.applied, 1);
    CHECK_STR(audited(), "thing.done");
    tear_down();
}

static void test_refusals_are_replayed(void)
{
    struct counting n = {.apply_fails = ERR_CONFLICT};
    struct answer out;
    struct err e = ERR_INIT;
    set_up();
    CHECK_INT(run(&n, "k", "{}", &out, &e), -1);
    n.apply_fails = ERR_NONE;
    CHECK_INT(run(&n, "k", "{}", &out, &e), 0);
    CHECK(out.replayed && out.problem);
    CHECK_INT(out.status, 409);
    CHECK_STR(out.body, "req-1 apply says no");
    CHECK_STR(audited(), "thing.done.refused");
    tear_down();
}

static void test_keys_expire(void)
{
    struct counting n = {0};
    struct answer out;
    struct err e = ERR_INIT;
    set_up();
    CHECK_INT(run(&n, "k", "{}", &out, &e), 0);
    fake.fixed += IDEMPOTENCY_KEPT_US + US_PER_SECOND;
    CHECK_INT(run(&n, "k", "{}", &out, &e), 0);
    CHECK(!out.replayed);
    CHECK_INT(n.applied, 2);
    tear_down();
}

int main(void)
{
    static const struct test tests[] = {
        {"done", test_done},
        {"refused by apply: only its audit entry stays", test_refused_by_apply},
        {"refused by prepare: apply is not run", test_refused_by_prepare},
        {"a refusal names who acted for whom", test_who_was_refused},
        {"broken keeps nothing", test_broken_keeps_nothing},
        {"the same key and body: the first answer", test_replay},
        {"the same key with another body", test_key_with_another_body},
        {"refusals are replayed", test_refusals_are_replayed},
        {"keys expire", test_keys_expire},
    };
    return check_main("service/usecase", tests, sizeof tests / sizeof *tests);
}
