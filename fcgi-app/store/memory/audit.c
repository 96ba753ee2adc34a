#include "operations.h"

/* What a list looks at: what SQLite's index would give, so that both look at as many. */
static bool is_looked_at(const void *row, const void *arg)
{
    const struct audit_row *r = row;
    const struct audit_filter *f = arg;
    struct audit_filter key = {.entity_id = f->entity_id,
                               .actor_id = f->entity_id ? NULL : f->actor_id};
    if (f->after_id && (f->newest_first ? r->id >= f->after_id : r->id <= f->after_id))
        return false;
    return r->created_at >= f->from && (!f->before || r->created_at < f->before) &&
           store_audit_matches(&key, &r->entry);
}

int memory_audit_list(struct session *s, struct arena *a, const struct audit_filter *f,
                      struct audit_row **rows, size_t *n, int64_t *next, struct err *e)
{
    (void)e;
    struct memory_store *m = memory_enter(s);
    struct selection sel = {.keep = is_looked_at, .arg = f, .limit = SIZE_MAX};
    size_t count, i;
    const struct version *found = memory_select(m, s, a, AUDIT, &sel, &count);
    struct audit_row *all = arena_array(a, count, sizeof *all);
    int64_t last = f->after_id;
    *n = 0;
    for (i = 0; i < count && i < AUDIT_SCAN_MAX && *n < f->limit; i++) {
        const struct audit_row *row = found[f->newest_first ? count - 1 - i : i].row;
        last = row->id;
        if (store_audit_matches(f, &row->entry))
            row_copy(a, AUDIT, &all[(*n)++], row);
    }
    *rows = all;
    *next = i < count ? last : 0;
    return memory_leave(m, 0);
}

int memory_audit_head(struct session *s, struct arena *a, struct audit_row *out, struct err *e)
{
    (void)e;
    struct memory_store *m = memory_enter(s);
    const struct table *table = &m->tables.table[AUDIT];
    size_t i = table->n;
    while (i > 0 && !version_visible(&table->versions[i - 1], memory_sees(s)))
        i--;
    if (i > 0)
        row_copy(a, AUDIT, out, table->versions[i - 1].row);
    return memory_leave(m, i > 0);
}

int memory_audit_add(struct session *s, const struct audit_row *r, struct err *e)
{
    struct memory_store *m = memory_enter(s);
    if (r->id != tables_next(&m->tables, AUDIT))
        return memory_leave(m, memory_broken_key(e, "an audit entry that is not the next"));
    memory_add(m, s, AUDIT, r->entry.entity_id, r->id, r);
    return memory_leave(m, 0);
}
