#include "view_rules.h"

#include "base/json.h"

static void step_value(struct jsonw *w, const struct auto_step *step)
{
    jsonw_object(w);
    jsonw_kstring(w, "rule", step->rule);
    jsonw_kstring(w, "value", step->value);
    jsonw_kbool(w, "matched", step->matched);
    jsonw_kstring(w, "effect", auto_effect_name(step->effect));
    jsonw_end(w);
}

void view_rules_evaluation(struct str *out, const struct rules_evaluation *evaluation)
{
    const struct auto_verdict *verdict = &evaluation->verdict;
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_object(&w);
    jsonw_kstring(&w, "decision", verdict->approve ? "approve" : "manual");
    jsonw_kstring(&w, "rule", verdict->rule);
    jsonw_kstring(&w, "value", verdict->value);
    jsonw_kbool(&w, "alarm", verdict->alarm);
    jsonw_kstring(&w, "rules_sha256", evaluation->rules_sha256);
    jsonw_key(&w, "explanation");
    jsonw_array(&w);
    for (size_t i = 0; i < evaluation->how.count; i++)
        step_value(&w, &evaluation->how.steps[i]);
    jsonw_end(&w);
    jsonw_end(&w);
}
