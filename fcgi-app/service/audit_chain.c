#include "audit_chain.h"

#include "base/json.h"
#include "crypto/hash.h"
#include "crypto/hmac.h"

_Static_assert(AUDIT_MAC_SIZE == HMAC_HEX_SIZE, "a mac is an HMAC in hex");
_Static_assert(AUDIT_MAC_SIZE == SHA256_HEX_SIZE, "and a digest is as long");

/* ---- keys ---- */

static void key_make(struct arena *arena, const char *bytes, size_t len, struct audit_key *out)
{
    static const char what[] = "approval audit key";
    char hex[HMAC_HEX_SIZE];
    hmac_sha256_hex(bytes, len, what, sizeof what - 1, hex);
    memcpy(out->id, hex, sizeof out->id - 1);
    out->id[sizeof out->id - 1] = '\0';
    out->bytes = arena_strndup(arena, bytes, len);
    out->len = len;
}

struct audit_keys audit_keys_read(struct arena *arena, const char *key, const char *old_keys)
{
    if (!*key)
        return (struct audit_keys){0};
    size_t lines = 1;
    for (const char *c = old_keys; *c; c++)
        lines += *c == '\n';
    struct audit_key *list = arena_array(arena, lines + 1, sizeof *list);
    size_t n = 0;
    key_make(arena, key, strlen(key), &list[n++]);
    for (const char *line = old_keys; *line;) {
        size_t len = strcspn(line, "\r\n");
        if (len)
            key_make(arena, line, len, &list[n++]);
        line += len + (line[len] != '\0');
    }
    return (struct audit_keys){list, n};
}

const struct audit_key *audit_key_find(const struct service *sv, const char *id)
{
    for (size_t i = 0; i < sv->audit_key_count; i++)
        if (!strcmp(sv->audit_keys[i].id, id))
            return &sv->audit_keys[i];
    return NULL;
}

/* ---- canonical content ---- */

static void part(struct str *out, const char *text)
{
    if (!text) {
        str_addch(out, '-');
        return;
    }
    size_t n = strlen(text);
    str_add_int(out, (long long)n);
    str_addch(out, ':');
    str_addn(out, text, n);
}

static void part_int(struct str *out, int64_t n)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)n);
    part(out, text);
}

void audit_canonical(struct str *out, const char *previous, const struct audit_row *row)
{
    const struct audit_entry *entry = &row->entry;
    part(out, previous);
    part_int(out, row->id);
    part_int(out, row->created_at);
    part(out, entry->actor_id);
    part(out, entry->acting_for);
    part(out, entry->client_address);
    part(out, entry->request_id);
    part(out, entry->entity_type);
    part(out, entry->entity_id);
    part(out, entry->action);
    part(out, entry->payload);
    part(out, row->key_id);
}

void audit_mac(const struct audit_key *key, const char *previous, const struct audit_row *row,
               char out[AUDIT_MAC_SIZE])
{
    struct str content = STR_INIT;
    audit_canonical(&content, previous, row);
    hmac_sha256_hex(key->bytes, key->len, content.buf, content.len, out);
    str_release(&content);
}

void audit_digest(char digest[AUDIT_MAC_SIZE], const struct audit_row *row)
{
    struct str content = STR_INIT;
    audit_canonical(&content, *digest ? digest : NULL, row);
    hash_sha256_hex(content.buf, content.len, digest);
    str_release(&content);
}

void audit_seal_payload(struct str *out, int64_t entries, const char *digest)
{
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_object(&w);
    jsonw_kint(&w, "entries", entries);
    jsonw_kstring(&w, "sha256", digest);
    jsonw_end(&w);
}

int audit_append(struct session *s, const struct audit_key *key, const struct audit_row *newest,
                 const struct audit_entry *entry, int64_t now, struct err *e)
{
    char mac[AUDIT_MAC_SIZE];
    struct audit_row row = {
        .id = newest ? newest->id + 1 : 1,
        .entry = *entry,
        .created_at = now,
        .key_id = key->id,
    };
    audit_mac(key, newest ? newest->mac : NULL, &row, mac);
    row.mac = mac;
    return store_audit_add(s, &row, e);
}
