#include "approval_act.h"

#include "base/json.h"
#include "definitions.h"
#include "record.h"
#include "rules_file.h"

struct acting {
    const char *id;
    const struct action *action;
    const struct definition *definition;
    const struct json *payload; /* parsed only where a stage asks the rules */
    bool spent;                 /* the engine has worked on the facts that were loaded */
    struct approval_acted result;
};

static int load_facts(struct call *c, struct session *s, struct acting *a, struct err *e)
{
    a->spent = false;
    int found = store_approval_get(s, c->arena, a->id, &a->result.approval, e);
    if (found == 0)
        return err_set(e, ERR_NOT_FOUND, "Approval not found");
    return found < 0 ? -1 : 0;
}

static int parse_payload(struct call *c, struct acting *a, struct err *e)
{
    if (!definition_asks_rules(a->definition))
        return 0;
    const char *text = a->result.approval.payload;
    struct json_limits limits = {.max_bytes = SIZE_MAX, .max_depth = JSON_DEPTH_MAX};
    if (json_parse(c->arena, text, strlen(text), &limits, &a->payload, e) < 0)
        return err_set(e, ERR_INTERNAL, "the stored payload of %s is not JSON", a->id);
    return 0;
}

static int prepare(struct service *sv, struct call *c, struct session *s, void *arg, struct err *e)
{
    struct acting *a = arg;
    if (load_facts(c, s, a, e) < 0)
        return -1;
    const struct approval *facts = &a->result.approval;
    if (definitions_get(sv->definitions, s, c->arena, facts->workflow_id, facts->revision,
                        &a->definition, e) < 0)
        return -1;
    rules_file_look(sv->rules);
    return parse_payload(c, a, e);
}

/* Makes sure that the facts at hand are those of now. */
static int refresh(struct call *c, struct session *s, struct acting *a, struct err *e)
{
    int64_t seq = 0;
    int found = store_approval_seq(s, a->id, &seq, e);
    if (found < 0)
        return -1;
    if (found && !a->spent && seq == a->result.approval.seq)
        return 0;
    return load_facts(c, s, a, e);
}

static int apply(struct service *sv, struct call *c, struct session *s, int64_t now, void *arg,
                 struct err *e)
{
    struct acting *a = arg;
    if (refresh(c, s, a, e) < 0)
        return -1;
    struct approval *facts = &a->result.approval;
    struct effects *fx = &a->result.effects;
    struct rules_now rules = rules_file_now(sv->rules, c->arena);
    struct outside o = {
        .now = now,
        .rules = rules.rules,
        .rules_sha256 = rules.sha256,
        .payload = a->payload,
    };
    int64_t seq = facts->seq;
    a->spent = true;
    *fx = (struct effects){0};
    if (engine_act(c->arena, a->definition, &o, facts, a->action, fx, e) < 0)
        return -1;
    if (fx->repeat)
        return 0;
    if (store_approval_update(s, facts, seq, e) < 0)
        return -1;
    const char *audit_action = arena_printf(c->arena, "approval.%s", action_name(a->action->kind));
    return record_effects(s, c, facts, fx, audit_action, a->action->actor, now, e);
}

int approval_act(struct service *sv, struct call *c, const char *approval_id,
                 const struct action *action, struct answer *out, struct err *e)
{
    struct acting *a = arena_make(c->arena, struct acting);
    a->id = approval_id;
    a->action = action;
    c->log->approval_id = approval_id;
    c->log->actor = action->actor;
    struct usecase u = {
        .entity_type = "approval",
        .audit_action = arena_printf(c->arena, "approval.%s", action_name(action->kind)),
        .entity_id = approval_id,
        .actor_id = action->actor,
        .prepare = prepare,
        .apply = apply,
        .arg = a,
        .result = &a->result,
    };
    return usecase_run(sv, c, &u, out, e);
}
