#include "rules_evaluate.h"

#include "manual_only.h"
#include "rules_file.h"

int rules_evaluate(struct service *sv, struct arena *arena, const struct rules_evaluate *in,
                   struct rules_evaluation *out, struct err *e)
{
    struct switch_row manual_only;
    if (manual_only_read(sv, arena, &manual_only, e) < 0)
        return -1;
    rules_file_look(sv->rules);
    struct rules_now now = rules_file_now(sv->rules, arena);
    const char *subject = in->requester ? in->requester : in->who->subject;
    struct auto_facts facts = autorules_facts(arena, in->action_type, in->payload,
                                              principal_has(in->who, ROLE_SERVICE), subject);
    facts.manual_only = manual_only.on;
    out->verdict = autorules_explain(arena, now.rules, &facts, in->at, &out->how);
    out->rules_sha256 = now.sha256;
    return 0;
}
