#include "definition.h"

#include "stage.h"

#define DEFAULT_VERSION "1.0"
#define ROUNDS_MAX 1000
#define VISITS_MAX 100

struct body {
    const char *id, *name, *version, *description, *created_by, *title, *expires, *calendar;
    int64_t max_rounds, max_visits;
    const struct json *stages, *transitions, *owners, *submit_by, *visible_to, *payload_schema;
};

#define BODY(member) offsetof(struct body, member)

static const struct field fields[] = {
    {"id", FIELD_ID, 0, 1, ID_MAX, BODY(id)},
    {"name", FIELD_STRING, 0, 1, NAME_MAX_LENGTH, BODY(name)},
    {"version", FIELD_STRING, 0, 1, ID_MAX, BODY(version)},
    {"description", FIELD_STRING, 0, 0, 0, BODY(description)},
    {"created_by", FIELD_STRING, 0, 0, ID_MAX, BODY(created_by)},
    {"title", FIELD_STRING, 0, 1, TITLE_MAX, BODY(title)},
    {"expires", FIELD_STRING, 0, 1, DURATION_TEXT_MAX, BODY(expires)},
    {"calendar", FIELD_ID, 0, 1, ID_MAX, BODY(calendar)},
    {"max_rounds", FIELD_INT, 0, 1, ROUNDS_MAX, BODY(max_rounds)},
    {"max_visits", FIELD_INT, 0, 1, VISITS_MAX, BODY(max_visits)},
    {"stages", FIELD_ARRAY, FIELD_REQUIRED, 1, DEFINITION_STAGES_MAX, BODY(stages)},
    {"transitions", FIELD_ARRAY, 0, 0, DEFINITION_TRANSITIONS_MAX, BODY(transitions)},
    {"owners", FIELD_ANY, 0, 0, 0, BODY(owners)},
    {"submit_by", FIELD_ANY, 0, 0, 0, BODY(submit_by)},
    {"visible_to", FIELD_ANY, 0, 0, 0, BODY(visible_to)},
    {"payload_schema", FIELD_ANY, 0, 0, 0, BODY(payload_schema)},
};

struct transition_body {
    const char *from, *to, *on;
    const struct json *condition;
};

#define TRANSITION(member) offsetof(struct transition_body, member)
static const struct field transition_fields[] = {
    {"from", FIELD_ID, FIELD_REQUIRED, 1, 2 * ID_MAX, TRANSITION(from)},
    {"to", FIELD_ID, FIELD_REQUIRED, 1, 2 * ID_MAX, TRANSITION(to)},
    {"on", FIELD_STRING, FIELD_REQUIRED, 1, ID_MAX, TRANSITION(on)},
    {"condition", FIELD_ANY, 0, 0, 0, TRANSITION(condition)},
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

#define X(name, text) [END_##name] = text,
static const char *const end_names[] = {STAGE_ENDS(X)};
#undef X
_Static_assert(COUNT(end_names) == END_COUNT, "a name for each");

const char *stage_end_name(enum stage_end end)
{
    return end_names[end];
}

static bool is_taken(const struct stage *stages, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(stages[i].id, id))
            return true;
    return false;
}

static struct stage *read_stages(const struct parsing *p, const struct json *list,
                                 const char *workflow_id)
{
    struct arena *scratch = p->problems->arena;
    struct stage *stages = arena_array(p->arena, json_array_size(list), sizeof *stages);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *at = pointer_index(scratch, "/stages", i);
        stage_parse(p, json_at(list, i), at, workflow_id, i + 1, &stages[i]);
        if (is_taken(stages, i, stages[i].id))
            problems_add(p->problems, pointer_key(scratch, at, "id"),
                         "\"%s\" is the id of another stage already", stages[i].id);
        if (*stages[i].id == '$')
            problems_add(p->problems, pointer_key(scratch, at, "id"), "must not begin with \"$\"");
    }
    return stages;
}

/* By position; stages of one position keep their order. */
static void sort_stages(struct stage *stages, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct stage s = stages[i];
        size_t j = i;
        for (; j > 0 && stages[j - 1].position > s.position; j--)
            stages[j] = stages[j - 1];
        stages[j] = s;
    }
}

static int stage_named(const struct parsing *p, const struct definition *d, const char *id,
                       const char *at)
{
    int i = id ? definition_stage(d, id) : -1;
    if (id && i < 0)
        problems_add(p->problems, at, "there is no stage \"%s\"", id);
    return i;
}

static void read_target(const struct parsing *p, const struct definition *d, const char *to,
                        const char *at, struct transition *out)
{
    static const struct {
        const char *word;
        enum target_kind kind;
    } words[] = {
        {"$approved", TARGET_APPROVED},
        {"$rejected", TARGET_REJECTED},
        {"$returned", TARGET_RETURNED},
    };
    for (size_t i = 0; to && i < COUNT(words); i++)
        if (!strcmp(words[i].word, to)) {
            out->to = words[i].kind;
            return;
        }
    if (to && *to == '$') {
        problems_add(p->problems, at,
                     "must be the id of a stage, \"$approved\", \"$rejected\" or \"$returned\"");
        return;
    }
    int stage = stage_named(p, d, to, at);
    out->to = TARGET_STAGE;
    out->stage = stage < 0 ? 0 : (size_t)stage;
}

static void read_transition(const struct parsing *p, const struct definition *d,
                            const struct json *v, const char *at, struct transition *out)
{
    struct transition_body body = {0};
    struct arena *scratch = p->problems->arena;
    fields_read(v, at, transition_fields, COUNT(transition_fields), &body, p->problems);
    int from = stage_named(p, d, body.from, pointer_key(scratch, at, "from"));
    out->from = from < 0 ? 0 : (size_t)from;
    out->on = (enum stage_end)word_read(body.on, end_names, END_COUNT, END_APPROVE,
                                        pointer_key(scratch, at, "on"), p->problems);
    read_target(p, d, body.to, pointer_key(scratch, at, "to"), out);
    if (out->on == END_WITHDRAW && out->to == TARGET_APPROVED)
        problems_add(
            p->problems, pointer_key(scratch, at, "to"),
            "must not be \"$approved\": nobody approves his own request by withdrawing it");
    if (body.condition)
        out->condition = condition_compile(p->arena, body.condition,
                                           pointer_key(scratch, at, "condition"), p->problems);
}

static void warn_of_skipping(const struct parsing *p, const struct definition *d)
{
    for (size_t i = 0; i < d->stage_count; i++)
        if (!d->stages[i].conditions)
            return;
    if (p->warnings && d->stage_count)
        problems_add(p->warnings, "/stages",
                     "every stage has conditions: a payload that meets none of them is approved "
                     "without anybody being asked");
}

static void read_transitions(const struct parsing *p, const struct json *list, struct definition *d)
{
    size_t n = json_array_size(list);
    struct transition *all = arena_array(p->arena, n, sizeof *all);
    for (size_t i = 0; i < n; i++)
        read_transition(p, d, json_at(list, i),
                        pointer_index(p->problems->arena, "/transitions", i), &all[i]);
    warn_of_skipping(p, d);
    d->transitions = all;
    d->transition_count = n;
}

static void read_people(const struct parsing *p, const struct body *read, struct definition *d)
{
    const struct {
        const char *at;
        const struct json *v;
        const struct selector **out;
        size_t *count;
    } lists[] = {
        {"/owners", read->owners, &d->owners, &d->owner_count},
        {"/submit_by", read->submit_by, &d->submit_by, &d->submit_by_count},
        {"/visible_to", read->visible_to, &d->visible_to, &d->visible_to_count},
    };
    for (size_t i = 0; i < COUNT(lists); i++)
        if (lists[i].v)
            selector_list_parse(p->arena, lists[i].v, lists[i].at, SELECTORS_MAX, lists[i].out,
                                lists[i].count, p->problems);
}

static void read_title(const struct parsing *p, const char *text, struct definition *d)
{
    struct err why = ERR_INIT;
    if (text && mustache_compile(p->arena, text, strlen(text), &d->title, &why) < 0)
        problems_add(p->problems, "/title", "%s", why.message);
}

static void read_body(const struct parsing *p, const struct body *read, struct definition *d)
{
    struct arena *arena = p->arena;
    *d = (struct definition){
        .id = arena_strdup(arena, read->id),
        .name = arena_strdup(arena, read->name ? read->name : read->id),
        .version = arena_strdup(arena, read->version),
        .description = arena_strdup(arena, read->description),
        .created_by = arena_strdup(arena, read->created_by),
        .calendar = p->calendar,
        .max_rounds = read->max_rounds,
        .max_visits = read->max_visits,
    };
    read_title(p, read->title, d);
    duration_member(p, read->expires, d->calendar, "/expires", &d->expires);
    read_people(p, read, d);
    if (read->payload_schema)
        d->payload_schema =
            payload_schema_compile(arena, read->payload_schema, "/payload_schema", p->problems);
    struct stage *stages = read_stages(p, read->stages, d->id);
    d->stage_count = json_array_size(read->stages);
    sort_stages(stages, d->stage_count);
    d->stages = stages;
    read_transitions(p, read->transitions, d);
}

/* Pointers are made for every member and thrown away with scratch; what is wrong outlives it. */
static int parse(struct arena *arena, struct arena *scratch, const struct json *body,
                 const char *default_id, struct definition *out, struct problems *warnings,
                 struct err *e)
{
    static const char *const others[] = {"notifications", "analytics", NULL};
    struct problems problems;
    problems_init(&problems, scratch);
    struct body read = {
        .id = default_id,
        .version = DEFAULT_VERSION,
        .max_rounds = MAX_ROUNDS_DEFAULT,
        .max_visits = MAX_VISITS_DEFAULT,
    };
    fields_read(body, "", fields, COUNT(fields), &read, &problems);
    kept_check(body, "", "notifications", &problems);
    kept_check(body, "", "analytics", &problems);
    struct parsing p = {arena, &problems, warnings, arena_strdup(arena, read.calendar)};
    unknown_members_warn(&p, body, "", fields, COUNT(fields), others);
    read_body(&p, &read, out);
    return problems_err(problems_copy(&problems, arena), e);
}

int definition_parse(struct arena *arena, const struct json *body, const char *default_id,
                     struct definition *out, struct problems *warnings, struct err *e)
{
    const struct json *list = json_get(body, "stages");
    if (json_type(list) == JSON_ARRAY && !json_array_size(list))
        return err_set(e, ERR_BAD_REQUEST, "Workflow has no stages");
    struct arena *scratch = arena_new();
    int rc = parse(arena, scratch, body, default_id, out, warnings, e);
    arena_free(&scratch);
    return rc;
}

int definition_stage(const struct definition *d, const char *id)
{
    for (size_t i = 0; i < d->stage_count; i++)
        if (!strcmp(d->stages[i].id, id))
            return (int)i;
    return -1;
}

static bool names_payload(const struct selector *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].kind == SELECTOR_PAYLOAD)
            return true;
    return false;
}

static bool stage_reads_payload(const struct stage *s)
{
    size_t n = 0;
    const struct selector *required = s->requires ? requires_selectors(s->requires, &n) : NULL;
    if (s->auto_rules || s->conditions || s->cover_count || names_payload(required, n) ||
        names_payload(s->approvers, s->approver_count))
        return true;
    for (size_t i = 0; i < s->escalation_count; i++)
        if (names_payload(s->escalations[i].targets, s->escalations[i].target_count))
            return true;
    return false;
}

bool definition_reads_payload(const struct definition *d)
{
    for (size_t i = 0; i < d->transition_count; i++)
        if (d->transitions[i].condition)
            return true;
    for (size_t i = 0; i < d->stage_count; i++)
        if (stage_reads_payload(&d->stages[i]))
            return true;
    return names_payload(d->owners, d->owner_count);
}

bool definition_asks_rules(const struct definition *d)
{
    for (size_t i = 0; i < d->stage_count; i++)
        if (d->stages[i].auto_rules)
            return true;
    return false;
}
