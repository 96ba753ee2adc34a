#include "audit_chain.h"

#include "crypto/secret.h"

#include <errno.h>
#include <stdlib.h>

#define PAGE 500

struct walk {
    struct service *sv;
    struct arena *arena; /* of the result */
    struct audit_check *out;
    int64_t target;               /* the newest entry when it began */
    int64_t last;                 /* id of the last entry that was found good */
    char mac[AUDIT_MAC_SIZE];     /* of that one */
    bool chained;                 /* it has one */
    const struct audit_key *key;  /* of that one; NULL: not known */
    bool *replaced;               /* by index: keys that others came after */
    char digest[AUDIT_MAC_SIZE];  /* of entries that have no mac */
    int64_t unsealed, first, gap; /* how many, the first, and the first that is not there */
};

/* Returns false. */
__attribute__((format(printf, 3, 4))) static bool bad(struct walk *w, int64_t id, const char *fmt,
                                                      ...)
{
    va_list ap;
    va_start(ap, fmt);
    w->out->ok = false;
    w->out->first_bad = id;
    w->out->reason = arena_vprintf(w->arena, fmt, ap);
    va_end(ap);
    return false;
}

static bool missing(struct walk *w, int64_t id)
{
    return bad(w, id, "entry %lld is not there: it was removed", (long long)id);
}

/* ---- one entry ---- */

static bool check_place(struct walk *w, const struct audit_row *row)
{
    if (row->id < 1)
        return bad(w, row->id, "entry %lld was inserted: numbers begin at 1", (long long)row->id);
    return row->id == w->last + 1 || missing(w, w->last + 1);
}

static bool check_key(struct walk *w, const struct audit_row *row, const struct audit_key *key)
{
    if (!key)
        return bad(w, row->id, "entry %lld is under the key %s, which is not among the audit keys",
                   (long long)row->id, row->key_id);
    if (w->replaced[key - w->sv->audit_keys])
        return bad(w, row->id, "entry %lld is under the key %s, which was replaced before it",
                   (long long)row->id, row->key_id);
    if (w->key && w->key != key)
        w->replaced[w->key - w->sv->audit_keys] = true;
    w->key = key;
    return true;
}

static bool check_mac(struct walk *w, const struct audit_row *row, const struct audit_key *key)
{
    char mac[AUDIT_MAC_SIZE];
    audit_mac(key, w->chained ? w->mac : NULL, row, mac);
    if (!secret_equal(mac, row->mac))
        return bad(w, row->id,
                   "entry %lld is not what was written there: it was changed, inserted or moved",
                   (long long)row->id);
    memcpy(w->mac, mac, sizeof mac);
    w->chained = true;
    return true;
}

/* ---- entries from before there was a key ---- */

static bool add_unsealed(struct walk *w, const struct audit_row *row)
{
    if (w->chained || row->mac || row->key_id)
        return bad(w, row->id, "entry %lld has no mac, or none of a key", (long long)row->id);
    if (!w->unsealed++)
        w->first = row->id;
    if (row->id != w->last + 1 && !w->gap)
        w->gap = w->last + 1;
    audit_digest(w->digest, row);
    w->last = row->id;
    return true;
}

static bool is_seal(const struct audit_row *row)
{
    return !strcmp(row->entry.action, AUDIT_SEALED) &&
           !strcmp(row->entry.entity_type, AUDIT_ENTITY) &&
           !strcmp(row->entry.entity_id, AUDIT_LOG);
}

/* Its mac has been found good, so what it says holds. */
static bool check_sealed(struct walk *w, const struct audit_row *row)
{
    struct str payload = STR_INIT;
    audit_seal_payload(&payload, w->unsealed, w->digest);
    bool same = is_seal(row) && !strcmp(payload.buf, row->entry.payload);
    str_release(&payload);
    if (!w->gap && row->id != w->last + 1)
        w->gap = w->last + 1;
    if (same)
        return true;
    return w->gap ? missing(w, w->gap)
                  : bad(w, row->id,
                        "entry %lld seals those before it, %lld to %lld, and one of them was "
                        "changed or inserted",
                        (long long)row->id, (long long)w->first, (long long)w->last);
}

static bool check_row(struct walk *w, const struct audit_row *row)
{
    w->out->entries++;
    if (!row->mac || !row->key_id)
        return add_unsealed(w, row);
    const struct audit_key *key = audit_key_find(w->sv, row->key_id);
    bool sealing = !w->chained && w->unsealed;
    if ((!sealing && !check_place(w, row)) || !check_key(w, row, key) || !check_mac(w, row, key) ||
        (sealing && !check_sealed(w, row)))
        return false;
    w->last = row->id;
    return true;
}

/* ---- all of them ---- */

static int list(struct walk *w, struct arena *arena, int64_t after, size_t limit,
                struct audit_list *out, struct err *e)
{
    struct audit_filter f = {.after_id = after, .limit = limit};
    return audit_read_list(w->sv, arena, &f, out, e);
}

/* Whether there is more to be looked at. */
static int check_page(struct walk *w, struct arena *arena, size_t limit, bool *more, struct err *e)
{
    struct audit_list rows;
    int64_t after = w->last ? w->last : INT64_MIN; /* so that nobody hides below 1 */
    if (list(w, arena, after, limit, &rows, e) < 0)
        return -1;
    *more = rows.count ? true : missing(w, w->last + 1);
    for (size_t i = 0; *more && i < rows.count; i++)
        *more = check_row(w, &rows.rows[i]);
    *more = *more && w->last < w->target;
    return 0;
}

static int limit_reached(struct walk *w, const struct audit_span *span, struct err *e)
{
    if (w->unsealed && !w->chained)
        return err_set(e, ERR_INVALID,
                       "more than %lld entries are sealed together, which is more than may be "
                       "looked at here; use 'approvalctl audit verify'",
                       (long long)span->limit);
    w->out->next_from = w->last;
    return 0;
}

static int check_pages(struct walk *w, const struct audit_span *span, struct err *e)
{
    struct arena *arena = arena_new();
    bool more = w->last < w->target;
    int rc = 0;
    while (rc == 0 && more) {
        int64_t left = span->limit ? span->limit - w->out->entries : PAGE;
        if (left <= 0)
            break;
        rc = check_page(w, arena, left < PAGE ? (size_t)left : PAGE, &more, e);
        arena_reset(arena);
    }
    arena_free(&arena);
    return rc == 0 && more ? limit_reached(w, span, e) : rc;
}

/* What only the end of the log can tell. */
static void check_end(struct walk *w)
{
    const struct audit_key *present = w->sv->audit_keys;
    if (w->unsealed && !w->chained)
        bad(w, w->first, "entries %lld to %lld have no mac and nothing seals them",
            (long long)w->first, (long long)w->last);
    else if (w->key && w->key != present)
        bad(w, w->last,
            "entry %lld, the newest, is under the key %s and not under the present one, %s: the "
            "end of the log was removed, or nothing was started since the key was replaced",
            (long long)w->last, w->key->id, present->id);
}

/* ---- where it begins, and a head that was kept ---- */

static int read_one(struct walk *w, int64_t id, struct audit_row *out, struct err *e)
{
    struct audit_list rows;
    if (list(w, w->arena, id - 1, 1, &rows, e) < 0)
        return -1;
    if (!rows.count || rows.rows[0].id != id)
        return 0;
    *out = rows.rows[0];
    return 1;
}

static int begin_at(struct walk *w, int64_t from, struct err *e)
{
    struct audit_row row;
    int found = read_one(w, from, &row, e);
    if (found < 0)
        return -1;
    if (!found) {
        missing(w, from);
        return 0;
    }
    if (!row.mac || !row.key_id || strlen(row.mac) != sizeof w->mac - 1)
        return err_set(e, ERR_INVALID,
                       "entry %lld has no mac of its own; begin at a later one, or at the start",
                       (long long)from);
    memcpy(w->mac, row.mac, sizeof w->mac);
    w->chained = true;
    w->key = audit_key_find(w->sv, row.key_id);
    w->last = from;
    return 0;
}

static int head_parse(const char *text, int64_t *id, const char **mac, struct err *e)
{
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    bool digits = *text >= '0' && *text <= '9';
    if (!digits || errno || n < 1 || *end != ':' || strlen(end + 1) != AUDIT_MAC_SIZE - 1 ||
        end[1 + strspn(end + 1, "0123456789abcdef")])
        return err_set(
            e, ERR_INVALID,
            "a head is the number of an entry, a colon and the 64 hex digits of its mac");
    *id = n;
    *mac = end + 1;
    return 0;
}

static int check_kept(struct walk *w, const char *text, struct err *e)
{
    int64_t id = 0;
    const char *mac = "";
    struct audit_row row;
    if (head_parse(text, &id, &mac, e) < 0)
        return -1;
    int found = w->out->ok ? read_one(w, id, &row, e) : 0;
    if (found < 0 || !w->out->ok)
        return found;
    if (!found)
        bad(w, w->out->head.id + 1,
            "entry %lld is not there: the log ends before entry %lld, whose mac was kept",
            (long long)w->out->head.id + 1, (long long)id);
    else if (!row.mac || !secret_equal(row.mac, mac))
        bad(w, id, "entry %lld does not have the mac that was kept: the log was written anew",
            (long long)id);
    return 0;
}

int audit_verify(struct service *sv, struct arena *arena, const struct audit_span *span,
                 struct audit_check *out, struct err *e)
{
    struct walk w = {
        .sv = sv,
        .arena = arena,
        .out = out,
        .replaced = arena_array(arena, sv->audit_key_count + 1, sizeof *w.replaced),
    };
    *out = (struct audit_check){.ok = true};
    if (!sv->audit_key_count)
        return err_set(e, ERR_INVALID, "the audit log cannot be checked without its key");
    if (audit_head_read(sv, arena, &out->head, e) < 0 ||
        (span->from && begin_at(&w, span->from, e) < 0))
        return -1;
    w.target = out->head.id;
    if (out->ok && check_pages(&w, span, e) < 0)
        return -1;
    if (out->ok && !out->next_from)
        check_end(&w);
    return span->kept ? check_kept(&w, span->kept, e) : 0;
}
