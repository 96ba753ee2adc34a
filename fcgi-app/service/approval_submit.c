#include "approval_submit.h"

#include "base/id.h"
#include "crypto/hash.h"
#include "definitions.h"
#include "holder.h"
#include "outside.h"
#include "record.h"
#include "rules_file.h"
#include "title.h"
#include "visibility.h"

struct submission {
    const struct approval_submit *in;
    char payload_sha256[SHA256_HEX_SIZE];
    char id[ID_SIZE];
    int64_t revision; /* the newest, as it was last looked up */
    const struct definition *definition;
    const char *title;
    struct approval approval; /* the result */
};

/* What the version asks of a submission; looked at again only when the version is another. */
static int check_version(struct call *c, struct submission *sub, struct err *e)
{
    const struct definition *d = sub->definition;
    const struct approval_submit *in = sub->in;
    struct approval a = {.target_entity = in->target_entity, .requester_id = in->requester_id};
    if (payload_schema_require(c->arena, d->payload_schema, in->payload, e) < 0)
        return -1;
    sub->title = in->title;
    return in->title ? 0 : title_make(c->arena, d, &a, in->payload_text, &sub->title, e);
}

/* Finds the workflow's newest version; parses it only when it is not the one at hand. */
static int find_version(struct service *sv, struct call *c, struct session *s,
                        struct submission *sub, struct err *e)
{
    struct workflow_row w;
    int found = store_workflow_get(s, c->arena, sub->in->workflow_id, &w, e);
    if (found > 0)
        found = visibility_workflow(s, c->arena, c->who, &w, e);
    if (found == 0)
        return err_set(e, ERR_NOT_FOUND, "Workflow not found");
    if (found < 0)
        return -1;
    if (strcmp(w.status, WORKFLOW_ACTIVE) != 0)
        return err_set(e, ERR_CONFLICT, "workflow %s is %s and takes no submissions", w.id,
                       w.status);
    if (w.revision == sub->revision)
        return 0;
    sub->revision = w.revision;
    if (definitions_get(sv->definitions, s, c->arena, w.id, w.revision, &sub->definition, e) < 0)
        return -1;
    return check_version(c, sub, e);
}

/* Whom somebody else names is a user: what nobody is called would be nobody's separation of
 * duties. */
static int check_requester(struct call *c, struct session *s, const struct submission *sub,
                           struct err *e)
{
    struct user_row user;
    if (!sub->in->through)
        return 0;
    int found = holder_user(s, c->arena, sub->in->requester_id, &user, e);
    if (found)
        return found < 0 ? -1 : 0;
    struct problems *problems = problems_new(c->arena);
    problems_add(problems, "/requester_id", "is no user that there is");
    return problems_err(problems, e);
}

static int prepare(struct service *sv, struct call *c, struct session *s, void *arg, struct err *e)
{
    struct submission *sub = arg;
    if (check_requester(c, s, sub, e) < 0)
        return -1;
    if (find_version(sv, c, s, sub, e) < 0)
        return -1;
    rules_file_look(sv->rules);
    return 0;
}

static int apply(struct service *sv, struct call *c, struct session *s, int64_t now, void *arg,
                 struct err *e)
{
    struct submission *sub = arg;
    if (find_version(sv, c, s, sub, e) < 0)
        return -1;
    sub->approval = (struct approval){
        .id = sub->id,
        .workflow_id = sub->in->workflow_id,
        .revision = sub->revision,
        .workflow_version = sub->definition->version,
        .target_entity = sub->in->target_entity,
        .requester_id = sub->in->requester_id,
        .payload = sub->in->payload_text,
        .payload_sha256 = sub->payload_sha256,
        .submitted_by = sub->in->through,
        .believed = principal_has(c->who, ROLE_SERVICE),
        .title = sub->title,
        .links = sub->in->links,
        .valid_for_us = sub->in->valid_for_us,
    };
    struct outside o;
    if (outside_now(sv, s, c->arena, sub->definition, sub->in->payload, now, &o, e) < 0)
        return -1;
    struct effects fx = {0};
    if (engine_submit(c->arena, sub->definition, &o, &sub->approval, &fx, e) < 0 ||
        store_approval_insert(s, &sub->approval, e) < 0)
        return -1;
    return record_effects(sv, s, c, &sub->approval, &fx, "approval.submitted",
                          sub->in->requester_id, now, e);
}

int approval_submit(struct service *sv, struct call *c, const struct approval_submit *in,
                    struct answer *out, struct err *e)
{
    struct submission *sub = arena_make(c->arena, struct submission);
    sub->in = in;
    id_new(sub->id, "appr-", clock_now(sv->clock));
    hash_sha256_hex(in->payload_text, strlen(in->payload_text), sub->payload_sha256);
    c->log->approval_id = sub->id;
    c->log->actor = in->requester_id;
    struct usecase u = {
        .entity_type = "approval",
        .audit_action = "approval.submitted",
        .entity_id = sub->id,
        .actor_id = in->requester_id,
        .prepare = prepare,
        .apply = apply,
        .arg = sub,
        .result = &sub->approval,
    };
    return usecase_run(sv, c, &u, out, e);
}
