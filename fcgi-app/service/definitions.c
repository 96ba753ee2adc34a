#include "definitions.h"

#include <pthread.h>

#define KEPT_MAX 256 /* unused ones beyond this are dropped, the longest unused first */

struct entry {
    struct definitions *owner;
    struct arena *arena;
    struct definition definition;
    const char *workflow_id;
    int64_t revision;
    size_t users;
    struct entry *next; /* most recently used first */
};

struct definitions {
    pthread_mutex_t mutex;
    struct entry *entries;
    size_t count;
};

struct definitions *definitions_new(void)
{
    struct definitions *d = mem_alloc(sizeof *d);
    pthread_mutex_init(&d->mutex, NULL);
    return d;
}

static void entry_free(struct entry *e)
{
    arena_free(&e->arena);
    free(e);
}

void definitions_free(struct definitions **d)
{
    if (!*d)
        return;
    while ((*d)->entries) {
        struct entry *e = (*d)->entries;
        (*d)->entries = e->next;
        entry_free(e);
    }
    pthread_mutex_destroy(&(*d)->mutex);
    free(*d);
    *d = NULL;
}

/* Finds the entry and moves it to the front. Called with the mutex held. */
static struct entry *find(struct definitions *d, const char *workflow_id, int64_t revision)
{
    for (struct entry **at = &d->entries; *at; at = &(*at)->next) {
        struct entry *e = *at;
        if (e->revision != revision || strcmp(e->workflow_id, workflow_id) != 0)
            continue;
        *at = e->next;
        e->next = d->entries;
        d->entries = e;
        return e;
    }
    return NULL;
}

/* Drops the least recently used entry that nobody uses. Called with the mutex held. */
static void drop_one(struct definitions *d)
{
    struct entry **victim = NULL;
    for (struct entry **at = &d->entries; *at; at = &(*at)->next)
        if ((*at)->users == 0)
            victim = at;
    if (!victim)
        return;
    struct entry *e = *victim;
    *victim = e->next;
    d->count--;
    entry_free(e);
}

static void release(void *p)
{
    struct entry *e = p;
    struct definitions *d = e->owner;
    pthread_mutex_lock(&d->mutex);
    e->users--;
    if (d->count > KEPT_MAX)
        drop_one(d);
    pthread_mutex_unlock(&d->mutex);
}

/* The text and its tree are a hundred times what is kept of them, so they live apart. */
static int load_definition(struct session *s, struct arena *scratch, struct entry *entry,
                           struct err *e)
{
    struct version_row row;
    int found = store_version_get(s, scratch, entry->workflow_id, entry->revision, &row, e);
    if (found == 0)
        return err_set(e, ERR_INTERNAL, "workflow %s has no revision %lld", entry->workflow_id,
                       (long long)entry->revision);
    if (found < 0)
        return -1;
    const struct json *body = NULL;
    struct err why = ERR_INIT;
    if (json_parse_kept(scratch, row.definition, &body, &why) < 0 ||
        definition_parse(entry->arena, body, entry->workflow_id, &entry->definition, NULL, &why) <
            0)
        return err_set(e, ERR_INTERNAL, "revision %lld of workflow %s does not parse: %s",
                       (long long)entry->revision, entry->workflow_id, why.message);
    return 0;
}

static struct entry *load(struct session *s, const char *workflow_id, int64_t revision,
                          struct err *e)
{
    struct arena *scratch = arena_new();
    struct entry *entry = mem_alloc(sizeof *entry);
    entry->arena = arena_new();
    entry->workflow_id = arena_strdup(entry->arena, workflow_id);
    entry->revision = revision;
    if (load_definition(s, scratch, entry, e) < 0) {
        entry_free(entry);
        entry = NULL;
    }
    arena_free(&scratch);
    return entry;
}

int definitions_get(struct definitions *d, struct session *s, struct arena *arena,
                    const char *workflow_id, int64_t revision, const struct definition **out,
                    struct err *e)
{
    pthread_mutex_lock(&d->mutex);
    struct entry *entry = find(d, workflow_id, revision);
    if (!entry) {
        /* Loaded without the lock; when two did at once, the first stays. */
        pthread_mutex_unlock(&d->mutex);
        struct entry *mine = load(s, workflow_id, revision, e);
        if (!mine)
            return -1;
        pthread_mutex_lock(&d->mutex);
        entry = find(d, workflow_id, revision);
        if (entry) {
            entry_free(mine);
        } else {
            mine->owner = d;
            mine->next = d->entries;
            d->entries = mine;
            d->count++;
            entry = mine;
        }
    }
    entry->users++;
    pthread_mutex_unlock(&d->mutex);
    arena_defer(arena, release, entry);
    *out = &entry->definition;
    return 0;
}
