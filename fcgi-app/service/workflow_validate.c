#include "workflow_validate.h"

#include "workflow_check.h"

int workflow_validate(struct service *sv, struct arena *arena, const struct json *body,
                      struct workflow_report *out, struct err *e)
{
    struct problems *errors = problems_new(arena), *warnings = problems_new(arena);
    struct definition d;
    struct session *s = NULL;
    struct err why = ERR_INIT;
    *out = (struct workflow_report){.errors = errors, .warnings = warnings};
    if (definition_parse(arena, body, "workflow", &d, warnings, &why) < 0) {
        if (why.problems)
            out->errors = why.problems;
        else
            problems_add(errors, "/stages", "%s", why.message);
        return 0;
    }
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    int rc = workflow_check(sv, s, arena, &d, errors, warnings, e);
    store_read_end(&s);
    out->valid = !errors->count;
    return rc;
}
