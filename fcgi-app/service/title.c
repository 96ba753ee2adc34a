#include "title.h"

/* What a template may name, as one JSON text. */
static void write_facts(struct str *out, const struct definition *d, const struct approval *a,
                        const char *payload)
{
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_object(&w);
    jsonw_kraw(&w, "payload", payload);
    jsonw_kstring(&w, "target_entity", a->target_entity);
    jsonw_kstring(&w, "requester", a->requester_id);
    jsonw_key(&w, "workflow");
    jsonw_object(&w);
    jsonw_kstring(&w, "id", d->id);
    jsonw_kstring(&w, "name", d->name);
    jsonw_kstring(&w, "version", d->version);
    jsonw_end(&w);
    jsonw_end(&w);
}

/* One line of at most TITLE_MAX characters. */
static const char *one_line(struct arena *arena, struct str *text)
{
    size_t at = 0;
    for (size_t n = 0; at < text->len && n < TITLE_MAX; n++) {
        if ((unsigned char)text->buf[at] < ' ')
            text->buf[at] = ' ';
        size_t step = utf8_sequence(text->buf + at, text->len - at);
        at += step ? step : 1;
    }
    return arena_strndup(arena, text->buf, at);
}

int title_make(struct arena *arena, const struct definition *d, const struct approval *a,
               const char *payload, const char **out, struct err *e)
{
    struct mustache_options plain = {0};
    struct str text = STR_INIT;
    const struct json *facts = NULL;
    *out = NULL;
    if (!d->title)
        return 0;
    write_facts(&text, d, a, payload);
    int rc = json_parse_kept(arena, text.buf, &facts, e);
    str_clear(&text);
    if (rc == 0)
        rc = mustache_render(&text, d->title, facts, &plain, e);
    if (rc == 0)
        *out = one_line(arena, &text);
    str_release(&text);
    return rc < 0 ? err_prefix(e, "the workflow's title") : 0;
}
