#include "stage.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

#define X(name, text) [THEN_##name] = text,
static const char *const then_names[] = {THENS(X)};
#undef X
_Static_assert(COUNT(then_names) == THEN_COUNT, "a name for each");

struct sla_body {
    const char *duration;
    const struct json *remind;
};

static const struct field sla_fields[] = {
    {"duration", FIELD_STRING, FIELD_REQUIRED, 1, DURATION_TEXT_MAX,
     offsetof(struct sla_body, duration)},
    {"remind", FIELD_ARRAY, 0, 0, STAGE_LEVELS_MAX, offsetof(struct sla_body, remind)},
};

struct level_body {
    const char *timeout, *mode, *then;
    const struct json *target;
};

static const struct field level_fields[] = {
    {"timeout", FIELD_STRING, FIELD_REQUIRED, 1, DURATION_TEXT_MAX,
     offsetof(struct level_body, timeout)},
    {"target", FIELD_ANY, 0, 0, 0, offsetof(struct level_body, target)},
    {"mode", FIELD_STRING, 0, 1, ID_MAX, offsetof(struct level_body, mode)},
    {"then", FIELD_STRING, 0, 1, ID_MAX, offsetof(struct level_body, then)},
};

void duration_member(const struct parsing *p, const char *text, const char *calendar,
                     const char *at, struct duration *out)
{
    struct err why = ERR_INIT;
    if (!text)
        return;
    if (duration_read(text, out, &why) < 0)
        problems_add(p->problems, at, "%s", why.message);
    else if (out->unit != DURATION_ELAPSED && !calendar)
        problems_add(p->problems, at, "counts business time: a calendar must be named");
}

/* "50%" of the SLA, or a duration after the entry. */
static void read_reminder(const struct parsing *p, const struct json *v, const char *at,
                          const struct stage *s, struct reminder *out)
{
    const char *text = json_string(v, NULL);
    size_t n = text ? strlen(text) : 0;
    if (!text) {
        problems_add(p->problems, at, "must be a duration or a percentage of the SLA");
    } else if (n && text[n - 1] == '%') {
        char *end;
        long percent = *text >= '0' && *text <= '9' ? strtol(text, &end, 10) : 0;
        if (percent < 1 || percent > 1000 || strcmp(end, "%") != 0)
            problems_add(p->problems, at, "must be from \"1%%\" to \"1000%%\" of the SLA");
        out->percent = percent;
    } else {
        duration_member(p, text, s->calendar, at, &out->after);
    }
}

static void read_sla(const struct parsing *p, const struct json *sla, const char *at,
                     struct stage *s)
{
    struct sla_body body = {0};
    struct arena *scratch = p->problems->arena;
    const struct json *duration;
    bool none = json_member(sla, "duration", &duration) && !duration; /* null, as 0.4.0 had it */
    if (none || !json_object_size(sla))
        return;
    fields_read(sla, at, sla_fields, COUNT(sla_fields), &body, p->problems);
    duration_member(p, body.duration, s->calendar, pointer_key(scratch, at, "duration"), &s->sla);
    const char *list = pointer_key(scratch, at, "remind");
    size_t n = json_array_size(body.remind);
    struct reminder *reminders = arena_array(p->arena, n, sizeof *reminders);
    for (size_t i = 0; i < n; i++)
        read_reminder(p, json_at(body.remind, i), pointer_index(scratch, list, i), s,
                      &reminders[i]);
    s->reminders = reminders;
    s->reminder_count = n;
}

static void read_level(const struct parsing *p, const struct json *v, const char *at,
                       const struct stage *s, struct escalation *out)
{
    struct level_body body = {0};
    struct arena *scratch = p->problems->arena;
    fields_read(v, at, level_fields, COUNT(level_fields), &body, p->problems);
    duration_member(p, body.timeout, s->calendar, pointer_key(scratch, at, "timeout"),
                    &out->timeout);
    if (body.target)
        selector_list_parse(p->arena, body.target, pointer_key(scratch, at, "target"),
                            SELECTORS_MAX, &out->targets, &out->target_count, p->problems);
    static const char *const modes[] = {"add", "replace"};
    out->replace = word_read(body.mode, modes, 2, 0, pointer_key(scratch, at, "mode"), p->problems);
    out->then = (enum then)word_read(body.then, then_names, THEN_COUNT, THEN_NONE,
                                     pointer_key(scratch, at, "then"), p->problems);
    if (!out->target_count && out->then == THEN_NONE && p->warnings)
        problems_add(p->warnings, at, "has neither target nor then: administrators are asked");
}

/* A level is looked at by its time; levels that are listed out of order are a slip. */
static void check_order(const struct parsing *p, const struct stage *s, const char *at)
{
    for (size_t i = 1; i < s->escalation_count; i++) {
        const struct duration *a = &s->escalations[i - 1].timeout, *b = &s->escalations[i].timeout;
        if (a->unit == b->unit && (b->us < a->us || b->days < a->days))
            problems_add(p->problems, pointer_index(p->problems->arena, at, i),
                         "must not come before the level above it");
    }
}

void stage_parse_times(const struct parsing *p, const struct json *sla,
                       const struct json *escalations, const char *at, struct stage *out)
{
    struct arena *scratch = p->problems->arena;
    const char *here = pointer_key(scratch, at, "escalations");
    read_sla(p, sla, pointer_key(scratch, at, "sla"), out);
    bool list = json_type(escalations) == JSON_ARRAY;
    size_t n = list ? json_array_size(escalations) : json_object_size(escalations) ? 1 : 0;
    if (escalations && !list && json_type(escalations) != JSON_OBJECT)
        problems_add(p->problems, here, "must be an object or a list of levels");
    if (n > STAGE_LEVELS_MAX) {
        problems_add(p->problems, here, "must have at most %d levels", STAGE_LEVELS_MAX);
        return;
    }
    struct escalation *levels = arena_array(p->arena, n, sizeof *levels);
    for (size_t i = 0; i < n; i++)
        read_level(p, list ? json_at(escalations, i) : escalations,
                   list ? pointer_index(scratch, here, i) : here, out, &levels[i]);
    out->escalations = levels;
    out->escalation_count = n;
    check_order(p, out, here);
}
