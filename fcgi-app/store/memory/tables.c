#include "tables.h"

#define TEXTS_MAX 15
#define LISTS_MAX 3

/* Where a row's list of strings is, and that list's length (0 and 0: it has none). */
struct list_at {
    size_t names, count;
};

/* A row's size, where its strings are, and its lists. */
struct shape {
    size_t size, texts;
    size_t text[TEXTS_MAX];
    struct list_at lists[LISTS_MAX];
};

#define AT(type, member) offsetof(struct type, member)
#define TEXTS(...) .texts = sizeof((size_t[]){__VA_ARGS__}) / sizeof(size_t), .text = {__VA_ARGS__}
#define ROW(type, ...)                           \
    {                                            \
        .size = sizeof(type), TEXTS(__VA_ARGS__) \
    }
#define LIST(type, names, count)                                   \
    {                                                              \
        offsetof(struct type, names), offsetof(struct type, count) \
    }

static const struct shape shapes[] = {
    [WORKFLOWS] =
        ROW(struct workflow_row, AT(workflow_row, id), AT(workflow_row, name),
            AT(workflow_row, version), AT(workflow_row, status), AT(workflow_row, visible_to)),
    [VERSIONS] =
        ROW(struct version_row, AT(version_row, workflow_id), AT(version_row, version),
            AT(version_row, definition), AT(version_row, sha256), AT(version_row, created_by)),
    [STAGES] = ROW(struct stage_row, AT(stage_row, id), AT(stage_row, name),
                   AT(stage_row, stage_type), AT(stage_row, config)),
    [APPROVALS] =
        ROW(struct approval, AT(approval, id), AT(approval, workflow_id),
            AT(approval, workflow_version), AT(approval, target_entity), AT(approval, requester_id),
            AT(approval, stage_id), AT(approval, slate_role), AT(approval, payload),
            AT(approval, payload_sha256), AT(approval, submitted_by), AT(approval, owner_id),
            AT(approval, title), AT(approval, links), AT(approval, fault), AT(approval, carried)),
    [TASKS] = ROW(struct task, AT(task, stage_id), AT(task, user), AT(task, via)),
    [VISITS] = ROW(struct visit, AT(visit, stage_id)),
    [TIMERS] = {.size = sizeof(struct timer)},
    [PAYLOADS] = ROW(struct payload_row, AT(payload_row, sha256), AT(payload_row, payload)),
    [EVENTS] = ROW(struct event_row, AT(event_row, action), AT(event_row, stage_id),
                   AT(event_row, actor_id), AT(event_row, data)),
    [AUDIT] = ROW(struct audit_row, AT(audit_row, entry.entity_type),
                  AT(audit_row, entry.entity_id), AT(audit_row, entry.action),
                  AT(audit_row, entry.actor_id), AT(audit_row, entry.acting_for),
                  AT(audit_row, entry.payload), AT(audit_row, entry.request_id),
                  AT(audit_row, entry.client_address), AT(audit_row, key_id), AT(audit_row, mac)),
    [OUTBOX] = ROW(struct outbox_row, AT(outbox_row, event), AT(outbox_row, approval_id),
                   AT(outbox_row, data)),
    [IDEMPOTENCY] = ROW(struct idempotency_row, AT(idempotency_row, caller),
                        AT(idempotency_row, key), AT(idempotency_row, request_sha256),
                        AT(idempotency_row, content_type), AT(idempotency_row, body)),
    [USERS] = {.size = sizeof(struct user_row),
               TEXTS(AT(user_row, id), AT(user_row, name), AT(user_row, email), AT(user_row, phone),
                     AT(user_row, manager), AT(user_row, owner), AT(user_row, time_zone),
                     AT(user_row, deputy)),
               .lists = {LIST(user_row, roles, role_count)}},
    [GROUPS] = {.size = sizeof(struct group_row),
                TEXTS(AT(group_row, id), AT(group_row, name)),
                .lists = {LIST(group_row, members, member_count)}},
    [CALENDARS] = ROW(struct calendar_row, AT(calendar_row, id), AT(calendar_row, definition)),
    [SWITCHES] = ROW(struct switch_row, AT(switch_row, name), AT(switch_row, changed_by),
                     AT(switch_row, reason)),
    [PASSWORDS] = ROW(struct password_row, AT(password_row, user_id), AT(password_row, hash)),
    [ATTEMPTS] = ROW(struct attempt_row, AT(attempt_row, name_sha256), AT(attempt_row, address)),
    [TICKETS] = ROW(struct ticket_row, AT(ticket_row, sha256), AT(ticket_row, kind),
                    AT(ticket_row, user_id), AT(ticket_row, family)),
    [API_KEYS] = {.size = sizeof(struct api_key_row),
                  TEXTS(AT(api_key_row, id), AT(api_key_row, sha256), AT(api_key_row, user_id),
                        AT(api_key_row, name), AT(api_key_row, created_by)),
                  .lists = {LIST(api_key_row, roles, role_count),
                            LIST(api_key_row, workflows, workflow_count),
                            LIST(api_key_row, act_as, act_as_count)}},
    [IDENTITIES] = ROW(struct identity_row, AT(identity_row, issuer), AT(identity_row, subject),
                       AT(identity_row, user_id)),
    [KEY_SETS] = ROW(struct key_set_row, AT(key_set_row, issuer), AT(key_set_row, keys)),
};
_Static_assert(sizeof shapes / sizeof *shapes == TABLE_COUNT, "a shape for each table");

#define FOREVER INT64_MAX

void tables_init(struct tables *t)
{
    *t = (struct tables){.arena = arena_new()};
}

void tables_release(struct tables *t)
{
    for (size_t id = 0; id < TABLE_COUNT; id++)
        free(t->table[id].versions);
    free(t->undo);
    arena_free(&t->arena);
}

void tables_mark(struct tables *t)
{
    t->undo_n = 0;
    for (size_t id = 0; id < TABLE_COUNT; id++)
        t->table[id].mark = t->table[id].n;
}

void tables_undo(struct tables *t)
{
    for (; t->undo_n > 0; t->undo_n--) {
        const struct ended *ended = &t->undo[t->undo_n - 1];
        t->table[ended->table].versions[ended->index].until = FOREVER;
    }
    for (size_t id = 0; id < TABLE_COUNT; id++)
        t->table[id].n = t->table[id].mark;
}

static void list_copy(struct arena *arena, void *row, const struct list_at *at)
{
    const char ***list = (const char ***)(void *)((char *)row + at->names);
    size_t n;
    memcpy(&n, (char *)row + at->count, sizeof n);
    const char **copy = arena_array(arena, n, sizeof *copy);
    for (size_t i = 0; i < n; i++)
        copy[i] = arena_strdup(arena, (*list)[i]);
    *list = copy;
}

void row_copy(struct arena *arena, enum table_id id, void *to, const void *from)
{
    memcpy(to, from, shapes[id].size);
    for (size_t i = 0; i < shapes[id].texts; i++) {
        const char **text = (const char **)(void *)((char *)to + shapes[id].text[i]);
        *text = arena_strdup(arena, *text);
    }
    for (size_t i = 0; i < LISTS_MAX && shapes[id].lists[i].count; i++)
        list_copy(arena, to, &shapes[id].lists[i]);
}

size_t row_size(enum table_id id)
{
    return shapes[id].size;
}

bool version_visible(const struct version *v, int64_t sees)
{
    return v->from <= sees && sees < v->until;
}

struct version *tables_find(struct tables *t, int64_t sees, enum table_id id, const char *key,
                            int64_t no)
{
    struct table *table = &t->table[id];
    for (size_t i = table->n; i-- > 0;) {
        struct version *v = &table->versions[i];
        if ((no == ANY_NO || v->no == no) && version_visible(v, sees) && strcmp(v->key, key) == 0)
            return v;
    }
    return NULL;
}

void *tables_add(struct tables *t, int64_t sees, enum table_id id, const char *key, int64_t no,
                 const void *row)
{
    struct table *table = &t->table[id];
    if (table->n == table->room) {
        table->room = table->room ? 2 * table->room : 16;
        table->versions = mem_realloc(table->versions, table->room * sizeof *table->versions);
    }
    struct version *v = &table->versions[table->n++];
    *v = (struct version){
        .key = arena_strdup(t->arena, key),
        .no = no,
        .row = arena_alloc(t->arena, shapes[id].size),
        .from = sees,
        .until = FOREVER,
    };
    row_copy(t->arena, id, v->row, row);
    return v->row;
}

void tables_end(struct tables *t, int64_t sees, enum table_id id, struct version *v)
{
    if (t->undo_n == t->undo_room) {
        t->undo_room = t->undo_room ? 2 * t->undo_room : 16;
        t->undo = mem_realloc(t->undo, t->undo_room * sizeof *t->undo);
    }
    t->undo[t->undo_n++] =
        (struct ended){.table = id, .index = (size_t)(v - t->table[id].versions)};
    v->until = sees;
}

int64_t tables_next(const struct tables *t, enum table_id id)
{
    return (int64_t)t->table[id].n + 1;
}

static int by_no(const void *a, const void *b)
{
    const struct version *x = a, *y = b;
    return (x->no > y->no) - (x->no < y->no);
}

static int by_key(const void *a, const void *b)
{
    const struct version *x = a, *y = b;
    return strcmp(x->key, y->key);
}

static bool selected(const struct version *v, const struct selection *s)
{
    if (s->key ? strcmp(v->key, s->key) != 0 : s->above && strcmp(v->key, s->above) <= 0)
        return false;
    return v->no > s->after && (!s->keep || s->keep(v->row, s->arg));
}

struct version *tables_select(const struct tables *t, int64_t sees, struct arena *arena,
                              enum table_id id, const struct selection *s, size_t *n)
{
    const struct table *table = &t->table[id];
    struct version *found = arena_array(arena, table->n, sizeof *found);
    *n = 0;
    for (size_t i = 0; i < table->n; i++)
        if (version_visible(&table->versions[i], sees) && selected(&table->versions[i], s))
            found[(*n)++] = table->versions[i];
    if (*n)
        qsort(found, *n, sizeof *found, s->by_key ? by_key : by_no);
    if (*n > s->limit)
        *n = s->limit;
    return found;
}
