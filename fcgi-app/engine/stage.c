#include "stage.h"

#include "base/clock.h"

#define DURATION_TEXT_MAX 100
#define QUORUM_MAX 1000
#define USER_PREFIX "user:"

/* What is read, before it is checked further. */
struct stage_body {
    const char *id, *name, *type;
    int64_t position;
    const struct json *approvers, *quorum, *sla, *auto_rules;
    bool allow_self_approval;
};

#define BODY(member) offsetof(struct stage_body, member)

static const struct field stage_fields[] = {
    {"id", FIELD_ID, 0, 1, ID_MAX, BODY(id)},
    {"name", FIELD_STRING, 0, 1, NAME_MAX_LENGTH, BODY(name)},
    {"type", FIELD_STRING, 0, 1, ID_MAX, BODY(type)},
    {"position", FIELD_INT, 0, INT64_MIN, INT64_MAX, BODY(position)},
    {"approvers", FIELD_ARRAY, 0, 0, STAGE_APPROVERS_MAX, BODY(approvers)},
    {"quorum", FIELD_ANY, 0, 0, 0, BODY(quorum)},
    {"sla", FIELD_OBJECT, 0, 0, 0, BODY(sla)},
    {"auto_rules", FIELD_OBJECT, 0, 0, 0, BODY(auto_rules)},
    {"allow_self_approval", FIELD_BOOL, 0, 0, 0, BODY(allow_self_approval)},
    LATER("actions"),
    LATER("calendar"),
    LATER("conditions"),
    LATER("covers"),
    LATER("distinct"),
    LATER("on_empty"),
    LATER("reject"),
    LATER("requires"),
    LATER("skip_repeat"),
    LATER("transitions"),
    LATER("vote_once"),
    LATER("weight"),
};

struct sla_body {
    const char *duration;
};

static const struct field sla_fields[] = {
    {"duration", FIELD_STRING, FIELD_REQUIRED, 1, DURATION_TEXT_MAX,
     offsetof(struct sla_body, duration)},
    LATER("remind"),
};

static const struct field auto_rules_fields[] = {
    {"action_type", FIELD_ID, 0, 1, ID_MAX, offsetof(struct stage, auto_action_type)},
    LATER("trust_payload"),
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

void kept_check(const struct json *object, const char *at, const char *member,
                struct problems *problems)
{
    const struct json *v = json_get(object, member);
    enum json_type type = json_type(v);
    if (v && type != JSON_OBJECT && type != JSON_ARRAY)
        problems_add(problems, pointer_key(problems->arena, at, member),
                     "must be an object or a list");
}

static const char *const stage_type_names[] = {
#define X(name, text) [STAGE_##name] = text,
    STAGE_TYPES(X)
#undef X
};
_Static_assert(sizeof stage_type_names / sizeof *stage_type_names == STAGE_TYPE_COUNT,
               "a name for each");

const char *stage_type_name(enum stage_type t)
{
    return stage_type_names[t];
}

static enum stage_type read_type(const char *text, const char *at, struct problems *problems)
{
    for (size_t i = 0; text && i < STAGE_TYPE_COUNT; i++)
        if (!strcmp(stage_type_names[i], text))
            return (enum stage_type)i;
    if (text)
        problems_add(problems, pointer_key(problems->arena, at, "type"),
                     "must be \"sequential\" or \"parallel\", not \"%s\"", text);
    return STAGE_SEQUENTIAL;
}

/* Length of a selector's word with its colon, as in "group:finance"; 0 for a plain id. */
static size_t selector_word(const char *text)
{
    size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz_");
    return n && text[n] == ':' ? n + 1 : 0;
}

/* NULL when there is a problem, which has been added then. */
static const char *read_approver(const struct json *v, const char *at, struct problems *problems)
{
    size_t n = 0;
    const char *text = json_string(v, &n);
    size_t word = text ? selector_word(text) : 0;
    if (json_type(v) == JSON_OBJECT || (word && strncmp(text, USER_PREFIX, word) != 0)) {
        problems_add(problems, at,
                     "selectors other than user ids (\"alice\" or \"user:alice\") are not "
                     "supported by this version yet");
        return NULL;
    }
    if (!text || !fields_is_id(text + word, n - word, ID_MAX)) {
        problems_add(problems, at,
                     "must be a user id: a string of 1 to %d characters, not blank, without "
                     "control characters",
                     ID_MAX);
        return NULL;
    }
    return text + word;
}

static bool is_listed(const struct stage *s, const char *user)
{
    for (size_t i = 0; i < s->approver_count; i++)
        if (!strcmp(s->approvers[i], user))
            return true;
    return false;
}

static void read_approvers(const struct json *list, const char *at, struct stage *out,
                           struct problems *problems)
{
    size_t n = json_array_size(list);
    const char **users = arena_array(problems->arena, n, sizeof *users);
    out->approvers = users;
    for (size_t i = 0; i < n; i++) {
        const char *here = pointer_index(problems->arena, at, i);
        const char *user = read_approver(json_at(list, i), here, problems);
        /* Who is listed twice is one person all the same; 0.4.0 took such lists. */
        if (user && !is_listed(out, user))
            users[out->approver_count++] = user;
    }
}

/* 0 counts as not given, as it did in 0.4.0. people is how many are listed, 0: nobody. */
static size_t read_quorum(const struct json *quorum, size_t people, const char *at,
                          struct problems *problems)
{
    int64_t n = json_int(quorum);
    if (!quorum)
        return 0;
    if (json_type(quorum) != JSON_INT || n < 0 || n > QUORUM_MAX)
        problems_add(problems, at,
                     "must be a whole number from 1 to %d: only a number of people is supported by "
                     "this version",
                     QUORUM_MAX);
    else if (people && (size_t)n > people)
        problems_add(problems, at, "asks for %lld people, but only %zu are listed as approvers",
                     (long long)n, people);
    return (size_t)n;
}

static int64_t read_sla(const struct json *sla, const char *at, struct problems *problems)
{
    struct sla_body body = {0};
    struct err e = ERR_INIT;
    int64_t us = 0;
    const struct json *duration;
    bool none = json_member(sla, "duration", &duration) && !duration; /* null, as 0.4.0 had it */
    if (none || !json_object_size(sla))
        return 0;
    fields_read(sla, at, sla_fields, COUNT(sla_fields), &body, problems);
    if (body.duration && duration_parse(body.duration, &us, &e) < 0)
        problems_add(problems, pointer_key(problems->arena, at, "duration"), "%s", e.message);
    return us;
}

void stage_parse(const struct json *body, const char *at, const char *workflow_id, size_t number,
                 struct stage *out, struct problems *problems)
{
    struct arena *arena = problems->arena;
    struct stage_body read = {.position = (int64_t)number};
    fields_read(body, at, stage_fields, COUNT(stage_fields), &read, problems);
    kept_check(body, at, "escalations", problems);
    const char *id = read.id ? read.id : arena_printf(arena, "%s-stage-%zu", workflow_id, number);
    *out = (struct stage){
        .id = id,
        .name = read.name ? read.name : id,
        .type = read_type(read.type, at, problems),
        .position = read.position,
        .sla_us = read_sla(read.sla, pointer_key(arena, at, "sla"), problems),
        .auto_rules = read.auto_rules != NULL,
        .allow_self_approval = read.allow_self_approval,
        .source = body,
    };
    read_approvers(read.approvers, pointer_key(arena, at, "approvers"), out, problems);
    out->quorum =
        read_quorum(read.quorum, out->approver_count, pointer_key(arena, at, "quorum"), problems);
    if (read.auto_rules)
        fields_read(read.auto_rules, pointer_key(arena, at, "auto_rules"), auto_rules_fields,
                    COUNT(auto_rules_fields), out, problems);
}
