#include "approval_verify.h"

#include "base/id.h"
#include "crypto/hash.h"
#include "definitions.h"
#include "engine/step.h"
#include "workflow_migrate.h"

#define PAGE 200

struct replay {
    struct service *sv;
    struct session *s;
    struct arena *arena;
    struct approval stored, facts;
    const struct event_row *events;
    size_t event_count, at; /* at: the event that is looked at */
    const struct payload_row *payloads;
    size_t payload_count;
    const struct definition *definition;
    const struct json *asked; /* of the call that is run again */
};

/* The answer that was recorded; the default where none was. */
static int ask(void *arg, struct arena *arena, const char *question, struct reply *out,
               struct err *e)
{
    (void)e;
    const struct replay *r = arg;
    const struct json *list = json_get(r->asked, question);
    if (!list)
        return 0;
    size_t n = json_array_size(list);
    const char **texts = arena_array(arena, n, sizeof *texts);
    for (size_t i = 0; i < n; i++)
        texts[i] = json_string(json_at(list, i), NULL);
    *out = (struct reply){texts, n};
    return 0;
}

static int parse(struct replay *r, const char *text, const struct json **out, struct err *e)
{
    return json_parse_kept(r->arena, text, out, e);
}

/* What the payload was in that round: it is kept under the round in which it was replaced. */
static struct payload_row payload_of(const struct replay *r, int64_t round)
{
    for (size_t i = 0; i < r->payload_count; i++)
        if (r->payloads[i].round >= round)
            return r->payloads[i];
    return (struct payload_row){
        .round = round, .sha256 = r->stored.payload_sha256, .payload = r->stored.payload};
}

static int find_definition(struct replay *r, int64_t revision, struct err *e)
{
    return definitions_get(r->sv->definitions, r->s, r->arena, r->stored.workflow_id, revision,
                           &r->definition, e);
}

/* The version it was submitted on is the one before its first migration. */
static int first_revision(struct replay *r, int64_t *revision, struct err *e)
{
    const struct json *data;
    *revision = r->stored.revision;
    for (size_t i = r->event_count; i-- > 0;) {
        if (strcmp(r->events[i].action, "migrated") != 0)
            continue;
        if (parse(r, r->events[i].data, &data, e) < 0)
            return -1;
        *revision = json_int(json_get(data, "from_revision"));
    }
    return 0;
}

static int submit_again(struct replay *r, const struct outside *o, struct effects *fx,
                        struct err *e)
{
    const struct approval *stored = &r->stored;
    struct payload_row payload = payload_of(r, 1);
    int64_t revision;
    if (first_revision(r, &revision, e) < 0 || find_definition(r, revision, e) < 0)
        return -1;
    r->facts = (struct approval){
        .id = stored->id,
        .workflow_id = stored->workflow_id,
        .revision = revision,
        .workflow_version = r->definition->version,
        .target_entity = stored->target_entity,
        .requester_id = stored->requester_id,
        .submitted_by = stored->submitted_by,
        .payload = payload.payload,
        .payload_sha256 = payload.sha256,
        .believed = stored->believed,
        .title = stored->title,
        .links = stored->links,
        .valid_for_us = stored->valid_for_us,
    };
    return engine_submit(r->arena, r->definition, o, &r->facts, fx, e);
}

static int migrate_again(struct replay *r, const struct event_row *row, const struct json *data,
                         const struct outside *o, struct effects *fx, struct err *e)
{
    int64_t revision = json_int(json_get(data, "revision"));
    const char *same;
    if (find_definition(r, revision, e) < 0 ||
        workflow_stages_same(r->s, r->arena, r->facts.workflow_id, r->facts.revision, revision,
                             &same, e) < 0)
        return -1;
    return engine_migrate(r->arena, r->definition, same, o, &r->facts, revision, row->actor_id, fx,
                          e);
}

static int act_again(struct replay *r, const struct event_row *row, const struct json *data,
                     int kind, const struct outside *o, struct effects *fx, struct err *e)
{
    struct action action = {
        .kind = (enum action_kind)kind,
        .actor = row->actor_id,
        .through = json_string(json_get(data, "through"), NULL),
        .assignee = json_string(json_get(data, "assignee"), NULL),
        .comment = json_string(json_get(data, "comment"), NULL),
        .admin = true, /* it was allowed then */
    };
    if (kind == ACTION_REASSIGN)
        action.from = json_string(json_get(data, "from"), NULL);
    if (kind == ACTION_CONSUME)
        action.payload_sha256 = r->facts.payload_sha256;
    if (kind == ACTION_EDIT || kind == ACTION_RESUBMIT) {
        struct payload_row next = payload_of(r, r->facts.round + 1);
        action.payload_text = next.payload;
        action.payload_new_sha256 = next.sha256;
        if (parse(r, next.payload, &action.payload, e) < 0)
            return -1;
    }
    return engine_act(r->arena, r->definition, o, &r->facts, &action, fx, e);
}

static int run_again(struct replay *r, const struct event_row *row, const struct json *data,
                     struct effects *fx, struct err *e)
{
    struct outside o = {.now = row->created_at, .ask = ask, .ask_arg = r, .replay = true};
    int kind = action_parse(row->action);
    bool by_system = row->actor_id && !strcmp(row->actor_id, ACTOR_SYSTEM);
    struct payload_row payload = payload_of(r, r->facts.round ? r->facts.round : 1);
    if (parse(r, payload.payload, &o.payload, e) < 0)
        return -1;
    if (!strcmp(row->action, "submitted"))
        return submit_again(r, &o, fx, e);
    if (!strcmp(row->action, "migrated"))
        return migrate_again(r, row, data, &o, fx, e);
    if (!strcmp(row->action, "slate_checked"))
        return engine_recheck(r->arena, r->definition, &o, &r->facts, fx, e);
    if (kind >= 0 && !by_system)
        return act_again(r, row, data, kind, &o, fx, e);
    return engine_tick(r->arena, r->definition, &o, &r->facts, fx, e);
}

static bool texts_equal(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

/* What was decided on is recorded with each decision. */
static bool same_payload(struct replay *r, const struct event_row *row, const struct event *ev)
{
    const struct json *data = NULL;
    struct err why = ERR_INIT;
    return parse(r, row->data, &data, &why) == 0 &&
           texts_equal(json_string(json_get(data, "payload_sha256"), NULL), ev->payload_sha256);
}

/* Whether the events of the call are those that were recorded from r->at on. */
static const char *compare_events(struct replay *r, const struct effects *fx)
{
    for (size_t i = 0; i < fx->event_count; i++) {
        const struct event *ev = &fx->events[i];
        if (r->at + i >= r->event_count)
            return arena_printf(r->arena, "event %lld (%s) is missing", (long long)ev->seq,
                                ev->action);
        const struct event_row *row = &r->events[r->at + i];
        if (row->seq != ev->seq || strcmp(row->action, ev->action) != 0 ||
            !texts_equal(row->stage_id, ev->stage_id) || !texts_equal(row->actor_id, ev->actor) ||
            row->visit != ev->visit)
            return arena_printf(r->arena, "event %lld is %s by %s, and not %s by %s",
                                (long long)row->seq, row->action, row->actor_id, ev->action,
                                ev->actor);
        if (!same_payload(r, row, ev))
            return arena_printf(r->arena, "event %lld (%s) was about another payload",
                                (long long)row->seq, row->action);
    }
    return NULL;
}

static bool tasks_equal(const struct task *a, const struct task *b)
{
    return a->no == b->no && !strcmp(a->stage_id, b->stage_id) && a->visit == b->visit &&
           a->place == b->place && a->parent == b->parent && !strcmp(a->user, b->user) &&
           !strcmp(a->via, b->via) && a->consult == b->consult && a->state == b->state &&
           a->vote == b->vote && a->opened_at == b->opened_at && a->ended_at == b->ended_at &&
           a->claimed_at == b->claimed_at;
}

static bool visits_equal(const struct visit *a, const struct visit *b)
{
    return a->no == b->no && !strcmp(a->stage_id, b->stage_id) && a->visit == b->visit &&
           a->round == b->round && a->outcome == b->outcome && a->entered_at == b->entered_at &&
           a->ended_at == b->ended_at;
}

static bool has_timer(const struct approval *a, const struct timer *t)
{
    for (size_t i = 0; i < a->timer_count; i++)
        if (a->timers[i].kind == t->kind && a->timers[i].level == t->level &&
            a->timers[i].due_at == t->due_at)
            return true;
    return false;
}

static const char *compare_lists(const struct approval *a, const struct approval *b)
{
    bool same = a->task_count == b->task_count;
    for (size_t i = 0; same && i < a->task_count; i++)
        same = tasks_equal(&a->tasks[i], &b->tasks[i]);
    if (!same)
        return "the tasks";
    same = a->visit_count == b->visit_count;
    for (size_t i = 0; same && i < a->visit_count; i++)
        same = visits_equal(&a->visits[i], &b->visits[i]);
    if (!same)
        return "the path";
    same = a->timer_count == b->timer_count;
    for (size_t i = 0; same && i < a->timer_count; i++)
        same = has_timer(b, &a->timers[i]);
    return same ? NULL : "the timers";
}

static const char *compare_facts(const struct approval *a, const struct approval *b)
{
    const struct {
        const char *what;
        bool same;
    } facts[] = {
        {"the status", a->status == b->status},
        {"the error", texts_equal(a->fault, b->fault)},
        {"what carries", texts_equal(a->carried, b->carried)},
        {"the stage", texts_equal(a->stage_id, b->stage_id) && a->visit == b->visit},
        {"the slate", texts_equal(a->slate_role, b->slate_role) && a->fallback == b->fallback},
        {"what is needed", a->needed == b->needed},
        {"the round", a->round == b->round},
        {"the seq", a->seq == b->seq},
        {"the times", a->created_at == b->created_at && a->updated_at == b->updated_at &&
                          a->sla_due_at == b->sla_due_at},
        {"the validity", a->valid_until == b->valid_until && a->consumed_at == b->consumed_at},
        {"the payload", !strcmp(a->payload_sha256, b->payload_sha256)},
        {"the version",
         a->revision == b->revision && !strcmp(a->workflow_version, b->workflow_version)},
        {"the owner", texts_equal(a->owner_id, b->owner_id)},
    };
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        if (!facts[i].same)
            return facts[i].what;
    return compare_lists(a, b);
}

static void differs(struct verified *out, const char *what)
{
    *out = (struct verified){VERIFY_DIFFERENT, what};
}

/* Whether a payload is what its hash says. */
static bool is_hash_of(const char *sha256, const char *payload)
{
    char hex[SHA256_HEX_SIZE];
    hash_sha256_hex(payload, strlen(payload), hex);
    return !strcmp(hex, sha256);
}

static const char *check_payloads(const struct replay *r)
{
    for (size_t i = 0; i < r->payload_count; i++)
        if (!is_hash_of(r->payloads[i].sha256, r->payloads[i].payload))
            return arena_printf(r->arena, "the payload of round %lld is not what its hash says",
                                (long long)r->payloads[i].round);
    return is_hash_of(r->stored.payload_sha256, r->stored.payload)
               ? NULL
               : "the payload is not what its hash says";
}

/* What can be told without running anything. */
static const char *check_records(const struct replay *r)
{
    if (!r->event_count || strcmp(r->events[0].action, "submitted") != 0)
        return "its history does not begin with its submission";
    return check_payloads(r);
}

/* Runs every recorded call; stops at the first difference. */
static int replay_all(struct replay *r, struct verified *out, struct err *e)
{
    const char *bad = check_records(r);
    if (bad) {
        differs(out, bad);
        return 0;
    }
    while (r->at < r->event_count) {
        const struct event_row *row = &r->events[r->at];
        const struct json *data;
        struct effects fx;
        struct err why = ERR_INIT;
        if (parse(r, row->data, &data, e) < 0)
            return -1;
        r->asked = json_get(data, "asked");
        if (json_int(json_get(data, "engine")) != ENGINE_REVISION) {
            *out = (struct verified){VERIFY_UNKNOWN, "it was recorded by another version"};
            return 0;
        }
        if (run_again(r, row, data, &fx, &why) < 0) {
            differs(out, arena_printf(r->arena, "event %lld (%s) cannot be done again: %s",
                                      (long long)row->seq, row->action, why.message));
            return 0;
        }
        const char *difference = compare_events(r, &fx);
        if (difference || !fx.event_count) {
            differs(out, difference ? difference
                                    : arena_printf(r->arena, "event %lld (%s) does nothing",
                                                   (long long)row->seq, row->action));
            return 0;
        }
        r->at += fx.event_count;
    }
    const char *what = compare_facts(&r->facts, &r->stored);
    if (what)
        differs(out, arena_printf(r->arena, "%s: the history gives something else", what));
    return 0;
}

static int load(struct replay *r, const char *id, struct err *e)
{
    struct event_row *events = NULL;
    struct payload_row *payloads = NULL;
    int found = store_approval_get(r->s, r->arena, id, &r->stored, e);
    if (found == 0)
        return err_set(e, ERR_NOT_FOUND, "Approval not found");
    if (found < 0 || store_event_list(r->s, r->arena, id, &events, &r->event_count, e) < 0 ||
        store_payload_list(r->s, r->arena, id, &payloads, &r->payload_count, e) < 0)
        return -1;
    r->events = events;
    r->payloads = payloads;
    return 0;
}

static int verify(struct service *sv, struct session *s, struct arena *arena, const char *id,
                  struct verified *out, struct err *e)
{
    struct replay r = {.sv = sv, .s = s, .arena = arena};
    *out = (struct verified){VERIFY_SAME, NULL};
    if (load(&r, id, e) < 0)
        return -1;
    return replay_all(&r, out, e);
}

int approval_verify(struct service *sv, struct arena *arena, const char *id, struct verified *out,
                    struct err *e)
{
    struct session *s = NULL;
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    int rc = verify(sv, s, arena, id, out, e);
    store_read_end(&s);
    return rc;
}

static void count(struct verified_all *out, enum verify_result result)
{
    out->same += result == VERIFY_SAME;
    out->unknown += result == VERIFY_UNKNOWN;
    out->different += result == VERIFY_DIFFERENT;
}

/* One page of them; *after moves on. */
static int verify_page(struct service *sv, struct arena *arena, const char **after,
                       void (*tell)(void *arg, const char *id, const struct verified *v), void *arg,
                       struct verified_all *out, size_t *n, struct err *e)
{
    const char *const *ids = NULL;
    struct session *s = NULL;
    struct page page = {.after = *after, .limit = PAGE};
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    int rc = store_approval_ids(s, arena, &page, &ids, n, e);
    for (size_t i = 0; rc == 0 && i < *n; i++) {
        struct verified v;
        rc = verify(sv, s, arena, ids[i], &v, e);
        if (rc == 0) {
            count(out, v.result);
            if (v.result != VERIFY_SAME)
                tell(arg, ids[i], &v);
        }
        *after = ids[i];
    }
    store_read_end(&s);
    return rc;
}

int approval_verify_all(struct service *sv,
                        void (*tell)(void *arg, const char *id, const struct verified *v),
                        void *arg, struct verified_all *out, struct err *e)
{
    char last[ID_SIZE] = "";
    size_t n = PAGE;
    int rc = 0;
    *out = (struct verified_all){0};
    while (rc == 0 && n == PAGE) {
        struct arena *arena = arena_new();
        const char *after = *last ? last : NULL;
        rc = verify_page(sv, arena, &after, tell, arg, out, &n, e);
        if (after && after != last)
            snprintf(last, sizeof last, "%s", after);
        arena_free(&arena);
    }
    return rc;
}
