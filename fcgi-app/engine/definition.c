#include "definition.h"

#include "stage.h"

#define DEFAULT_VERSION "1.0"

struct body {
    const char *id, *name, *version, *description, *created_by;
    const struct json *stages;
};

#define BODY(member) offsetof(struct body, member)

static const struct field fields[] = {
    {"id", FIELD_ID, 0, 1, ID_MAX, BODY(id)},
    {"name", FIELD_STRING, 0, 1, NAME_MAX_LENGTH, BODY(name)},
    {"version", FIELD_STRING, 0, 1, ID_MAX, BODY(version)},
    {"description", FIELD_STRING, 0, 0, 0, BODY(description)},
    {"created_by", FIELD_STRING, 0, 0, ID_MAX, BODY(created_by)},
    {"stages", FIELD_ARRAY, FIELD_REQUIRED, 1, DEFINITION_STAGES_MAX, BODY(stages)},
    LATER("calendar"),
    LATER("expires"),
    LATER("max_rounds"),
    LATER("max_visits"),
    LATER("owners"),
    LATER("payload_schema"),
    LATER("submit_by"),
    LATER("title"),
    LATER("transitions"),
    LATER("visible_to"),
};

static bool is_taken(const struct stage *stages, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(stages[i].id, id))
            return true;
    return false;
}

static struct stage *read_stages(const struct json *list, const char *workflow_id,
                                 struct problems *problems)
{
    struct arena *arena = problems->arena;
    struct stage *stages = arena_array(arena, json_array_size(list), sizeof *stages);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *at = pointer_index(arena, "/stages", i);
        stage_parse(json_at(list, i), at, workflow_id, i + 1, &stages[i], problems);
        if (is_taken(stages, i, stages[i].id))
            problems_add(problems, pointer_key(arena, at, "id"),
                         "\"%s\" is the id of another stage already", stages[i].id);
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

int definition_parse(struct arena *arena, const struct json *body, const char *default_id,
                     struct definition *out, struct err *e)
{
    struct problems *problems = arena_make(arena, struct problems);
    problems_init(problems, arena);
    const struct json *list = json_get(body, "stages");
    if (json_type(list) == JSON_ARRAY && !json_array_size(list))
        return err_set(e, ERR_BAD_REQUEST, "Workflow has no stages");

    struct body read = {.id = default_id, .version = DEFAULT_VERSION};
    fields_read(body, "", fields, sizeof fields / sizeof *fields, &read, problems);
    kept_check(body, "", "notifications", problems);
    kept_check(body, "", "analytics", problems);
    struct stage *stages = read_stages(read.stages, read.id, problems);
    if (problems_err(problems, e) < 0)
        return -1;
    size_t count = json_array_size(read.stages);
    sort_stages(stages, count);
    *out = (struct definition){
        .id = read.id,
        .name = read.name ? read.name : read.id,
        .version = read.version,
        .description = read.description,
        .created_by = read.created_by,
        .stages = stages,
        .stage_count = count,
    };
    return 0;
}

static struct stage stage_copy(struct arena *arena, const struct stage *s)
{
    struct stage copy = *s;
    const char **users = arena_array(arena, s->approver_count, sizeof *users);
    for (size_t i = 0; i < s->approver_count; i++)
        users[i] = arena_strdup(arena, s->approvers[i]);
    copy.approvers = users;
    copy.id = arena_strdup(arena, s->id);
    copy.name = arena_strdup(arena, s->name);
    copy.auto_action_type = arena_strdup(arena, s->auto_action_type);
    copy.source = NULL;
    return copy;
}

void definition_copy(struct arena *arena, const struct definition *d, struct definition *out)
{
    struct stage *stages = arena_array(arena, d->stage_count, sizeof *stages);
    for (size_t i = 0; i < d->stage_count; i++)
        stages[i] = stage_copy(arena, &d->stages[i]);
    *out = (struct definition){
        .id = arena_strdup(arena, d->id),
        .name = arena_strdup(arena, d->name),
        .version = arena_strdup(arena, d->version),
        .description = arena_strdup(arena, d->description),
        .created_by = arena_strdup(arena, d->created_by),
        .stages = stages,
        .stage_count = d->stage_count,
    };
}

int definition_stage(const struct definition *d, const char *id)
{
    for (size_t i = 0; i < d->stage_count; i++)
        if (!strcmp(d->stages[i].id, id))
            return (int)i;
    return -1;
}

bool definition_asks_rules(const struct definition *d)
{
    for (size_t i = 0; i < d->stage_count; i++)
        if (d->stages[i].auto_rules)
            return true;
    return false;
}
