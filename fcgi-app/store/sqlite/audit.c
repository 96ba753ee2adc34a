#include "operations.h"

static int audit_row(struct query *q, struct arena *a, void *out)
{
    *(struct audit_row *)out = (struct audit_row){
        .id = query_get_int(q, 0),
        .entry.entity_type = query_get_visible(q, a, 1),
        .entry.entity_id = query_get_visible(q, a, 2),
        .entry.action = query_get_visible(q, a, 3),
        .entry.actor_id = query_get_visible(q, a, 4),
        .entry.request_id = query_get_visible(q, a, 5),
        .created_at = query_get_int(q, 6),
        .entry.payload = query_get_visible(q, a, 7),
        .entry.acting_for = query_get_visible(q, a, 8),
        .entry.client_address = query_get_visible(q, a, 9),
        .key_id = query_get_visible(q, a, 10),
        .mac = query_get_visible(q, a, 11),
    };
    return 0;
}

/* Before anything of it is copied. */
static bool is_asked_for(struct query *q, const struct audit_filter *f)
{
    struct audit_entry entry = {
        .entity_type = query_peek_text(q, 1),
        .entity_id = query_peek_text(q, 2),
        .action = query_peek_text(q, 3),
        .actor_id = query_peek_text(q, 4),
        .acting_for = query_peek_text(q, 8),
    };
    return store_audit_matches(f, &entry);
}

/* Ids between the two, neither included. */
struct range {
    int64_t above, below;
};

/* Time does not go back from entry to entry, so the first one of a time is found by halving. *id
 * gets one that entries from then on are not below, and earlier ones are. */
static int first_of(struct conn *c, int64_t at, int64_t *id, struct err *e)
{
    int64_t low = 1, high = INT64_MAX;
    while (low < high) {
        struct query q;
        int64_t middle = low + (high - low) / 2;
        query_open(&q, c, SQL_AUDIT_FROM, e);
        query_int(&q, middle);
        int rc = query_row(&q);
        int64_t found = rc > 0 ? query_get_int(&q, 0) : high;
        bool earlier = found < high && query_get_int(&q, 1) < at;
        query_close(&q);
        if (rc < 0)
            return -1;
        if (earlier)
            low = found + 1;
        else
            high = middle;
    }
    *id = low;
    return 0;
}

static int range_of(struct conn *c, const struct audit_filter *f, struct range *r, struct err *e)
{
    *r = (struct range){.above = 0, .below = INT64_MAX};
    if (f->after_id && f->newest_first)
        r->below = f->after_id;
    else if (f->after_id)
        r->above = f->after_id;
    int64_t from = r->above + 1, before = r->below;
    if ((f->from && first_of(c, f->from, &from, e) < 0) ||
        (f->before && first_of(c, f->before, &before, e) < 0))
        return -1;
    if (from - 1 > r->above)
        r->above = from - 1;
    if (before < r->below)
        r->below = before;
    return 0;
}

static void search_open(struct query *q, struct conn *c, const struct audit_filter *f,
                        const struct range *r, struct err *e)
{
    static const enum sql statements[][2] = {
        {SQL_AUDIT_LIST, SQL_AUDIT_LIST_DOWN},
        {SQL_AUDIT_ENTITY, SQL_AUDIT_ENTITY_DOWN},
        {SQL_AUDIT_ACTOR, SQL_AUDIT_ACTOR_DOWN},
    };
    const char *key = f->entity_id ? f->entity_id : f->actor_id;
    query_open(q, c, statements[f->entity_id ? 1 : f->actor_id ? 2 : 0][f->newest_first], e);
    query_int(q, r->above);
    query_int(q, r->below);
    if (key)
        query_text(q, key);
}

int sqlite_audit_list(struct session *s, struct arena *a, const struct audit_filter *f,
                      struct audit_row **rows, size_t *n, int64_t *next, struct err *e)
{
    struct conn *c = sqlite_conn(s);
    struct query q;
    struct range range;
    size_t looked_at = 0;
    int64_t last = f->after_id;
    int rc;
    *rows = NULL;
    *n = 0;
    if (range_of(c, f, &range, e) < 0)
        return -1;
    search_open(&q, c, f, &range, e);
    while ((rc = query_row(&q)) > 0 && *n < f->limit && looked_at++ < AUDIT_SCAN_MAX) {
        last = query_get_int(&q, 0);
        if (!is_asked_for(&q, f))
            continue;
        *rows = query_more(a, *rows, *n, sizeof **rows);
        audit_row(&q, a, &(*rows)[(*n)++]);
    }
    query_close(&q);
    *next = rc > 0 ? last : 0;
    return rc < 0 ? -1 : 0;
}

int sqlite_audit_head(struct session *s, struct arena *a, struct audit_row *out, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_AUDIT_HEAD, e);
    return query_one(&q, a, audit_row, out);
}

/* A trigger refuses any id but the next. */
int sqlite_audit_add(struct session *s, const struct audit_row *r, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_AUDIT_INSERT, e);
    query_int(&q, r->id);
    query_text(&q, r->entry.entity_type);
    query_text(&q, r->entry.entity_id);
    query_text(&q, r->entry.action);
    query_text(&q, r->entry.actor_id);
    query_text(&q, r->entry.acting_for);
    query_text(&q, r->entry.request_id);
    query_text(&q, r->entry.client_address);
    query_int(&q, r->created_at);
    query_text(&q, r->entry.payload);
    query_text(&q, r->key_id);
    query_text(&q, r->mac);
    return query_run(&q);
}
