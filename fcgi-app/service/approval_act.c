#include "approval_act.h"

#include "crypto/hash.h"
#include "facts.h"
#include "outside.h"
#include "rules_file.h"
#include "title.h"
#include "visibility.h"

struct acting {
    struct action action;
    struct facts facts;
    char payload_sha256[SHA256_HEX_SIZE]; /* of the payload that it brings */
    struct approval_acted result;
};

/* A title that the requester gave stays his; one that was made is made anew. */
static int make_title(struct call *c, struct acting *a, struct err *e)
{
    const struct approval *facts = &a->facts.approval;
    const char *made;
    if (title_make(c->arena, a->facts.definition, facts, facts->payload, &made, e) < 0)
        return -1;
    if (facts->title && (!made || strcmp(made, facts->title) != 0))
        return 0;
    return title_make(c->arena, a->facts.definition, facts, a->action.payload_text,
                      &a->action.title, e);
}

/* That he may know of it and, where he acts as an administrator, is still one: his roles were read
 * when the request came in. */
static int check_caller(struct service *sv, struct call *c, struct session *s,
                        const struct acting *a, struct err *e)
{
    const struct principal *who = c->who;
    struct user_row user;
    if (visibility_approval(sv, s, c->arena, who, a->action.actor, &a->facts.approval, e) < 0)
        return -1;
    if (who->trusted || !a->action.admin)
        return 0;
    int found = store_user_get(s, c->arena, who->subject, &user, e);
    if (found > 0 && !user.removed_at && roles_of(user.roles, user.role_count) & 1u << ROLE_ADMIN)
        return 0;
    return found < 0 ? -1
                     : err_set(e, ERR_FORBIDDEN, "%s is no administrator any more", who->subject);
}

static int prepare(struct service *sv, struct call *c, struct session *s, void *arg, struct err *e)
{
    struct acting *a = arg;
    rules_file_look(sv->rules);
    if (facts_load(sv, c, s, &a->facts, e) < 0 || check_caller(sv, c, s, a, e) < 0)
        return -1;
    if (!a->action.payload)
        return 0;
    const struct payload_schema *schema = a->facts.definition->payload_schema;
    if (payload_schema_require(c->arena, schema, a->action.payload, e) < 0)
        return -1;
    return make_title(c, a, e);
}

static int apply(struct service *sv, struct call *c, struct session *s, int64_t now, void *arg,
                 struct err *e)
{
    struct acting *a = arg;
    struct facts *f = &a->facts;
    struct effects *fx = &a->result.effects;
    struct outside o;
    if (facts_refresh(sv, c, s, f, e) < 0 || check_caller(sv, c, s, a, e) < 0 ||
        outside_now(sv, s, c->arena, f->definition, f->payload, now, &o, e) < 0 ||
        engine_act(c->arena, f->definition, &o, &f->approval, &a->action, fx, e) < 0)
        return -1;
    a->result.approval = f->approval;
    const char *audit_action = arena_printf(c->arena, "approval.%s", action_name(a->action.kind));
    return facts_save(sv, c, s, f, fx, audit_action, a->action.actor, now, e);
}

/* A vote that came past a deadline brings about what was due. */
static int after_refusal(struct service *sv, struct call *c, struct session *s, int64_t now,
                         void *arg, struct err *e)
{
    struct acting *a = arg;
    return facts_tick(sv, c, s, &a->facts, now, e);
}

int approval_act(struct service *sv, struct call *c, const char *approval_id,
                 const struct action *action, struct answer *out, struct err *e)
{
    struct acting *a = arena_make(c->arena, struct acting);
    a->facts.id = approval_id;
    a->facts.wants_payload = action->payload != NULL;
    a->action = *action;
    if (action->payload_text) {
        hash_sha256_hex(action->payload_text, strlen(action->payload_text), a->payload_sha256);
        a->action.payload_new_sha256 = a->payload_sha256;
    }
    c->log->approval_id = approval_id;
    c->log->actor = action->actor;
    struct usecase u = {
        .entity_type = "approval",
        .audit_action = arena_printf(c->arena, "approval.%s", action_name(action->kind)),
        .entity_id = approval_id,
        .actor_id = action->actor,
        .prepare = prepare,
        .apply = apply,
        .after_refusal = after_refusal,
        .arg = a,
        .result = &a->result,
    };
    return usecase_run(sv, c, &u, out, e);
}
