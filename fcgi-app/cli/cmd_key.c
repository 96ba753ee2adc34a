#include "console.h"

#include "base/clock.h"
#include "service/api_keys.h"

#define US_PER_DAY (INT64_C(86400) * US_PER_SECOND)

static void optional_texts(struct body *body, const char *key, const struct texts *texts)
{
    if (texts->count)
        body_texts(body, key, texts);
}

static void print_made(const struct api_key_made *made)
{
    char at[TIME_TEXT_SIZE];
    fprintf(stderr, "The key %s signs in %s", made->row.id, made->row.user_id);
    if (made->row.expires_at)
        fprintf(stderr, " until %s", time_text(made->row.expires_at, at));
    fprintf(stderr, ". It is shown this once:\n");
    puts(made->key);
}

static int create(struct console *c, const struct options *o, struct err *e)
{
    const struct json *json;
    struct api_key_made made;
    struct body body;
    char at[TIME_TEXT_SIZE];
    if (!o->name)
        return err_set(e, ERR_BAD_REQUEST, "key create needs --name: what the key is for");
    body_begin(&body);
    jsonw_kstring(&body.w, "user_id", o->operands.list[0]);
    jsonw_kstring(&body.w, "name", o->name);
    optional_texts(&body, "roles", &o->roles);
    optional_texts(&body, "workflows", &o->workflows);
    optional_texts(&body, "act_as", &o->act_as);
    if (o->days)
        jsonw_kstring(&body.w, "expires_at",
                      time_text(clock_now(c->sv.clock) + o->days * US_PER_DAY, at));
    if (body_end(c, &body, &json, e) < 0 || api_key_create(&c->sv, &c->call, json, &made, e) < 0)
        return -1;
    print_made(&made);
    return 0;
}

static void print_key(const struct api_key_row *key)
{
    print_text(key->id, '\t');
    print_text(key->user_id, '\t');
    print_text(key->name, '\t');
    print_texts(key->roles, key->role_count, '\t');
    print_texts(key->workflows, key->workflow_count, '\t');
    print_texts(key->act_as, key->act_as_count, '\t');
    print_time(key->expires_at, '\t');
    print_time(key->used_at, '\t');
    print_time(key->revoked_at, '\n');
}

static int list_page(struct console *c, struct arena *arena, struct page *page, bool *more,
                     struct err *e)
{
    struct api_key_list found;
    if (api_key_read_list(&c->sv, arena, page, &found, e) < 0)
        return -1;
    for (size_t i = 0; i < found.count; i++)
        print_key(&found.rows[i]);
    *more = found.more;
    page->after = found.count ? found.rows[found.count - 1].id : NULL;
    return 0;
}

static int list(struct console *c, const struct options *o, struct err *e)
{
    (void)o;
    puts("id\tuser\tname\troles\tworkflows\tact as\texpires\tlast used\trevoked");
    return print_pages(c, list_page, e);
}

static int revoke(struct console *c, const struct options *o, struct err *e)
{
    struct answer answer;
    if (api_key_revoke(&c->sv, &c->call, o->operands.list[0], &answer, e) < 0)
        return -1;
    printf("%s is revoked\n", o->operands.list[0]);
    return 0;
}

int cmd_key(struct command_call *call, struct err *e)
{
    static const struct verb verbs[] = {
        {"create",
         "USER --name NAME [--role ROLE]... [--workflow ID]... [--act-as USER]... [--days N]",
         OPTION(NAME) | OPTION(ROLE) | OPTION(WORKFLOW) | OPTION(ACT_AS) | OPTION(DAYS), 1, 1,
         create},
        {"list", "", 0, 0, 0, list},
        {"revoke", "ID", 0, 1, 1, revoke},
    };
    return console_run(call, "key", verbs, sizeof verbs / sizeof *verbs, e);
}
