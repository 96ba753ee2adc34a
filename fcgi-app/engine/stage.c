#include "stage.h"

#define QUORUM_MAX 1000
#define COVERS_MAX 100
#define ACTIONS_ALL (~0u)

/* What is read, before it is checked further. */
struct stage_body {
    const char *id, *name, *type, *on_empty, *skip_repeat, *calendar;
    int64_t position;
    const struct json *approvers, *quorum, *requires, *reject, *sla, *escalations, *auto_rules;
    const struct json *conditions, *actions, *covers;
    bool allow_self_approval, vote_once, distinct;
};

#define BODY(member) offsetof(struct stage_body, member)

static const struct field stage_fields[] = {
    {"id", FIELD_ID, 0, 1, ID_MAX, BODY(id)},
    {"name", FIELD_STRING, 0, 1, NAME_MAX_LENGTH, BODY(name)},
    {"type", FIELD_STRING, 0, 1, ID_MAX, BODY(type)},
    {"position", FIELD_INT, 0, INT64_MIN, INT64_MAX, BODY(position)},
    {"approvers", FIELD_ARRAY, 0, 0, STAGE_APPROVERS_MAX, BODY(approvers)},
    {"quorum", FIELD_ANY, 0, 0, 0, BODY(quorum)},
    {"requires", FIELD_ANY, 0, 0, 0, BODY(requires)},
    {"distinct", FIELD_BOOL, 0, 0, 0, BODY(distinct)},
    {"reject", FIELD_ANY, 0, 0, 0, BODY(reject)},
    {"vote_once", FIELD_BOOL, 0, 0, 0, BODY(vote_once)},
    {"allow_self_approval", FIELD_BOOL, 0, 0, 0, BODY(allow_self_approval)},
    {"skip_repeat", FIELD_STRING, 0, 1, ID_MAX, BODY(skip_repeat)},
    {"on_empty", FIELD_STRING, 0, 1, ID_MAX, BODY(on_empty)},
    {"actions", FIELD_ARRAY, 0, 0, 100, BODY(actions)},
    {"conditions", FIELD_ANY, 0, 0, 0, BODY(conditions)},
    {"covers", FIELD_ARRAY, 0, 0, COVERS_MAX, BODY(covers)},
    {"calendar", FIELD_ID, 0, 1, ID_MAX, BODY(calendar)},
    {"sla", FIELD_OBJECT, 0, 0, 0, BODY(sla)},
    {"escalations", FIELD_ANY, 0, 0, 0, BODY(escalations)},
    {"auto_rules", FIELD_OBJECT, 0, 0, 0, BODY(auto_rules)},
    {"transitions", FIELD_ANY, FIELD_LATER, 0, 0, 0},
    {"weight", FIELD_ANY, FIELD_LATER, 0, 0, 0},
};

struct auto_rules_body {
    const char *action_type;
    bool trust_payload;
};

static const struct field auto_rules_fields[] = {
    {"action_type", FIELD_ID, 0, 1, ID_MAX, offsetof(struct auto_rules_body, action_type)},
    {"trust_payload", FIELD_BOOL, 0, 0, 0, offsetof(struct auto_rules_body, trust_payload)},
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

#define X(name, text) [STAGE_##name] = text,
static const char *const stage_type_names[] = {STAGE_TYPES(X)};
#undef X
#define X(name, text) [ON_EMPTY_##name] = text,
static const char *const on_empty_names[] = {ON_EMPTIES(X)};
#undef X
#define X(name, text) [SKIP_REPEAT_##name] = text,
static const char *const skip_repeat_names[] = {SKIP_REPEATS(X)};
#undef X
_Static_assert(COUNT(stage_type_names) == STAGE_TYPE_COUNT, "a name for each");
_Static_assert(COUNT(on_empty_names) == ON_EMPTY_COUNT, "a name for each");
_Static_assert(COUNT(skip_repeat_names) == SKIP_REPEAT_COUNT, "a name for each");

const char *stage_type_name(enum stage_type t)
{
    return stage_type_names[t];
}

void kept_check(const struct json *object, const char *at, const char *member,
                struct problems *problems)
{
    const struct json *v = json_get(object, member);
    enum json_type type = json_type(v);
    if (v && type != JSON_OBJECT && type != JSON_ARRAY)
        problems_add(problems, pointer_key(problems->arena, at, member),
                     "must be an object or a list");
}

int word_read(const char *text, const char *const *names, int count, int def, const char *at,
              struct problems *problems)
{
    if (!text)
        return def;
    struct str all = STR_INIT;
    for (int i = 0; i < count; i++) {
        if (!strcmp(names[i], text)) {
            str_release(&all);
            return i;
        }
        if (*names[i])
            str_addf(&all, "%s\"%s\"", all.len ? ", " : "", names[i]);
    }
    problems_add(problems, at, "must be one of %s, not \"%s\"", all.buf, text);
    str_release(&all);
    return def;
}

struct unknown {
    const struct parsing *p;
    const char *at;
    const struct field *fields;
    size_t n;
    const char *const *others; /* ends with NULL */
};

static bool is_known(const struct unknown *u, const char *key)
{
    for (size_t i = 0; i < u->n; i++)
        if (!strcmp(u->fields[i].name, key))
            return true;
    for (const char *const *other = u->others; *other; other++)
        if (!strcmp(*other, key))
            return true;
    return false;
}

static bool warn_unknown(const char *key, const struct json *v, void *arg)
{
    (void)v;
    const struct unknown *u = arg;
    struct problems *warnings = u->p->warnings;
    if (!is_known(u, key))
        problems_add(warnings, pointer_key(warnings->arena, u->at, key),
                     "nobody reads a member of this name");
    return true;
}

void unknown_members_warn(const struct parsing *p, const struct json *object, const char *at,
                          const struct field *fields, size_t n, const char *const *others)
{
    struct unknown u = {p, at, fields, n, others};
    if (p->warnings)
        json_each(object, warn_unknown, &u);
}

/* People that are named one by one; 0 where a selector may name any number of them. */
static size_t people_named(const struct stage *s)
{
    for (size_t i = 0; i < s->approver_count; i++)
        if (s->approvers[i].kind == SELECTOR_GROUP || s->approvers[i].kind == SELECTOR_ROLE)
            return 0;
    return s->approver_count;
}

static void check_count(const struct stage *s, int64_t n, const char *at, struct problems *problems)
{
    size_t people = people_named(s);
    if (n < 0 || n > QUORUM_MAX)
        problems_add(problems, at, "must be from 1 to %d people", QUORUM_MAX);
    else if (people && (size_t)n > people)
        problems_add(problems, at, "asks for %lld people, but the approvers name only %zu",
                     (long long)n, people);
}

/* "60%": 1 to 100. */
static bool read_percent(const char *text, size_t *n)
{
    char *end;
    if (*text < '0' || *text > '9')
        return false;
    unsigned long percent = strtoul(text, &end, 10);
    *n = percent;
    return !strcmp(end, "%") && percent >= 1 && percent <= 100;
}

static bool read_quorum_word(const char *text, struct quorum *out)
{
    static const struct {
        const char *word;
        struct quorum quorum;
    } words[] = {
        {"any", {QUORUM_COUNT, 1}},
        {"all", {QUORUM_ALL, 0}},
        {"majority", {QUORUM_MAJORITY, 0}},
    };
    for (size_t i = 0; i < COUNT(words); i++)
        if (!strcmp(words[i].word, text)) {
            *out = words[i].quorum;
            return true;
        }
    out->kind = QUORUM_PERCENT;
    return read_percent(text, &out->n);
}

/* 0 counts as not given, as it did in 0.4.0. */
static void read_quorum(const struct json *v, const char *at, struct stage *s,
                        struct problems *problems)
{
    const char *text = json_string(v, NULL);
    if (!v)
        return;
    if (json_type(v) == JSON_INT) {
        check_count(s, json_int(v), at, problems);
        if (json_int(v) > 0)
            s->quorum = (struct quorum){QUORUM_COUNT, (size_t)json_int(v)};
    } else if (!text || !read_quorum_word(text, &s->quorum)) {
        problems_add(problems, at,
                     "must be a number of people, a percentage from \"1%%\" to \"100%%\", \"any\", "
                     "\"all\" or \"majority\"");
    } else if (s->type == STAGE_SEQUENTIAL && s->quorum.kind != QUORUM_COUNT) {
        problems_add(problems, at, "must be a number of people in a sequential stage");
    } else if (!s->approver_count && s->quorum.kind != QUORUM_COUNT) {
        problems_add(problems, at, "must be a number of people where no approvers are listed");
    }
}

static void read_requires(const struct parsing *p, const struct stage_body *body, const char *at,
                          struct stage *s)
{
    struct problems *problems = p->problems;
    if (!body->requires) {
        if (body->distinct)
            problems_add(problems, pointer_key(problems->arena, at, "distinct"),
                         "says something about requires, which is not there");
        return;
    }
    const char *here = pointer_key(problems->arena, at, "requires");
    if (s->type != STAGE_PARALLEL)
        problems_add(problems, here, "needs a stage of type \"parallel\"");
    if (s->quorum.kind != QUORUM_NONE)
        problems_add(problems, here, "and quorum exclude each other: a stage has one of them");
    s->requires = requires_parse(p->arena, body->requires, body->distinct, here, problems);
    struct err why = ERR_INIT;
    struct arena *scratch = arena_new();
    if (s->requires && requires_possible(scratch, s->requires, &why) < 0)
        problems_add(problems, here, "can never be satisfied: %s", why.message);
    arena_free(&scratch);
}

static void read_reject(const struct json *v, const char *at, struct stage *s,
                        struct problems *problems)
{
    const char *text = json_string(v, NULL);
    if (!v || (text && !strcmp(text, "any")))
        s->reject = (struct reject){REJECT_ANY, 1};
    else if (text && !strcmp(text, "impossible"))
        s->reject = (struct reject){REJECT_IMPOSSIBLE, 0};
    else if (json_type(v) == JSON_INT && json_int(v) >= 1 && json_int(v) <= QUORUM_MAX)
        s->reject = (struct reject){REJECT_COUNT, (size_t)json_int(v)};
    else
        problems_add(problems, at,
                     "must be \"any\", \"impossible\" or a number of rejections from 1 to %d",
                     QUORUM_MAX);
}

/* Names that no action has were taken by 0.4 and allow nothing; that is probably not meant. */
static unsigned read_actions(const struct parsing *p, const struct json *list, const char *at)
{
    unsigned allowed = 0;
    for (int kind = 0; kind < ACTION_COUNT; kind++)
        if (!action_is_limited((enum action_kind)kind))
            allowed |= 1u << kind;
    if (!json_array_size(list))
        return ACTIONS_ALL;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string(json_at(list, i), NULL);
        const char *here = pointer_index(p->problems->arena, at, i);
        int kind = text ? action_parse(text) : -1;
        if (!text)
            problems_add(p->problems, here, "must be the name of an action");
        else if (kind >= 0)
            allowed |= 1u << kind;
        else if (p->warnings)
            problems_add(p->warnings, here, "there is no action \"%s\"", text);
    }
    return allowed;
}

static void read_covers(const struct parsing *p, const struct json *list, const char *at,
                        struct stage *s)
{
    size_t n = json_array_size(list);
    const char **covers = arena_array(p->arena, n, sizeof *covers);
    for (size_t i = 0; i < n; i++) {
        size_t len = 0;
        const char *text = json_string(json_at(list, i), &len);
        if (!text || strlen(text) != len || (*text && *text != '/'))
            problems_add(p->problems, pointer_index(p->problems->arena, at, i),
                         "must be a JSON pointer into the payload, such as \"/amount\"");
        covers[i] = arena_strdup(p->arena, text);
    }
    s->covers = covers;
    s->cover_count = n;
}

static void read_auto_rules(const struct parsing *p, const struct json *v, const char *at,
                            struct stage *s)
{
    struct auto_rules_body body = {0};
    if (!v)
        return;
    fields_read(v, at, auto_rules_fields, COUNT(auto_rules_fields), &body, p->problems);
    s->auto_rules = true;
    s->auto_action_type = arena_strdup(p->arena, body.action_type);
    s->trust_payload = body.trust_payload;
}

/* "Group:finance" is the id of a person, and probably not meant to be. */
static void warn_of_words(const struct parsing *p, const struct json *approvers, const char *at)
{
    for (size_t i = 0; i < json_array_size(approvers) && p->warnings; i++) {
        const char *text = json_string(json_at(approvers, i), NULL);
        bool word = text && text[strspn(text, "abcdefghijklmnopqrstuvwxyz_")] == ':';
        if (text && !word && strchr(text, ':'))
            problems_add(p->warnings, pointer_index(p->warnings->arena, at, i),
                         "\"%s\" is taken for the id of a person", text);
    }
}

void stage_parse(const struct parsing *p, const struct json *body, const char *at,
                 const char *workflow_id, size_t number, struct stage *out)
{
    static const char *const others[] = {"description", "escalations", NULL};
    struct arena *arena = p->arena, *scratch = p->problems->arena;
    struct stage_body read = {.position = (int64_t)number};
    fields_read(body, at, stage_fields, COUNT(stage_fields), &read, p->problems);
    unknown_members_warn(p, body, at, stage_fields, COUNT(stage_fields), others);
    const char *id = read.id ? arena_strdup(arena, read.id)
                             : arena_printf(arena, "%s-stage-%zu", workflow_id, number);
    *out = (struct stage){
        .id = id,
        .name = read.name ? arena_strdup(arena, read.name) : id,
        .index = number - 1,
        .type = (enum stage_type)word_read(read.type, stage_type_names, STAGE_TYPE_COUNT,
                                           STAGE_SEQUENTIAL, pointer_key(scratch, at, "type"),
                                           p->problems),
        .position = read.position,
        .vote_once = read.vote_once,
        .allow_self_approval = read.allow_self_approval,
        .skip_repeat = (enum skip_repeat)word_read(
            read.skip_repeat, skip_repeat_names, SKIP_REPEAT_COUNT, SKIP_REPEAT_OFF,
            pointer_key(scratch, at, "skip_repeat"), p->problems),
        .on_empty = (enum on_empty)word_read(read.on_empty, on_empty_names, ON_EMPTY_COUNT,
                                             ON_EMPTY_ESCALATE,
                                             pointer_key(scratch, at, "on_empty"), p->problems),
        .calendar = read.calendar ? arena_strdup(arena, read.calendar) : p->calendar,
    };
    selector_list_parse(arena, read.approvers, pointer_key(scratch, at, "approvers"),
                        STAGE_APPROVERS_MAX, &out->approvers, &out->approver_count, p->problems);
    warn_of_words(p, read.approvers, pointer_key(scratch, at, "approvers"));
    read_quorum(read.quorum, pointer_key(scratch, at, "quorum"), out, p->problems);
    read_requires(p, &read, at, out);
    read_reject(read.reject, pointer_key(scratch, at, "reject"), out, p->problems);
    out->actions = read_actions(p, read.actions, pointer_key(scratch, at, "actions"));
    read_covers(p, read.covers, pointer_key(scratch, at, "covers"), out);
    read_auto_rules(p, read.auto_rules, pointer_key(scratch, at, "auto_rules"), out);
    enum json_type type = json_type(read.conditions);
    bool list = type == JSON_ARRAY || type == JSON_OBJECT;
    if (!list || json_array_size(read.conditions) + json_object_size(read.conditions))
        out->conditions =
            read.conditions ? condition_compile(arena, read.conditions,
                                                pointer_key(scratch, at, "conditions"), p->problems)
                            : NULL;
    stage_parse_times(p, read.sla, read.escalations, at, out);
}
