#include "view_health.h"

#include "base/json.h"

static void check_value(struct jsonw *w, const char *name, const char *status,
                        const char *complaint)
{
    jsonw_key(w, name);
    jsonw_array(w);
    jsonw_object(w);
    jsonw_kstring(w, "status", status);
    if (complaint)
        jsonw_kstring(w, "output", complaint);
    jsonw_end(w);
    jsonw_end(w);
}

void view_health(struct str *out, const struct health *h)
{
    const char *rules = h->rules_complaint ? "warn" : "pass";
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_object(&w);
    jsonw_kstring(&w, "status", h->database ? rules : "fail");
    jsonw_kstring(&w, "version", APPROVAL_VERSION);
    jsonw_key(&w, "checks");
    jsonw_object(&w);
    check_value(&w, "database", h->database ? "pass" : "fail", h->database_complaint);
    check_value(&w, "rules", rules, h->rules_complaint);
    jsonw_end(&w);
    jsonw_end(&w);
}
