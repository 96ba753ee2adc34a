#include "approval_submit.h"

#include "base/id.h"
#include "crypto/hash.h"
#include "definitions.h"
#include "record.h"
#include "rules_file.h"

struct submission {
    const struct approval_submit *in;
    char payload_sha256[SHA256_HEX_SIZE];
    char id[ID_SIZE];
    int64_t revision; /* the newest, as it was last looked up */
    const struct definition *definition;
    struct approval approval; /* the result */
};

/* Finds the workflow's newest version; parses it only when it is not the one at hand. */
static int find_version(struct service *sv, struct call *c, struct session *s,
                        struct submission *sub, struct err *e)
{
    struct workflow_row w;
    int found = store_workflow_get(s, c->arena, sub->in->workflow_id, &w, e);
    if (found == 0)
        return err_set(e, ERR_NOT_FOUND, "Workflow not found");
    if (found < 0 || w.revision == sub->revision)
        return found < 0 ? -1 : 0;
    sub->revision = w.revision;
    return definitions_get(sv->definitions, s, c->arena, w.id, w.revision, &sub->definition, e);
}

static int prepare(struct service *sv, struct call *c, struct session *s, void *arg, struct err *e)
{
    struct submission *sub = arg;
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
    };
    struct rules_now rules = rules_file_now(sv->rules, c->arena);
    struct outside o = {
        .now = now,
        .rules = rules.rules,
        .rules_sha256 = rules.sha256,
        .payload = sub->in->payload,
    };
    struct effects fx = {0};
    if (engine_submit(c->arena, sub->definition, &o, &sub->approval, &fx, e) < 0 ||
        store_approval_insert(s, &sub->approval, e) < 0)
        return -1;
    return record_effects(s, c, &sub->approval, &fx, "approval.submitted", sub->in->requester_id,
                          now, e);
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
