#include "console.h"

#include "service/identity.h"
#include "service/setup_link.h"
#include "service/users.h"
#include "view/view_directory.h"

/* A role that only workflows know is good, but often enough it is a slip of the hand. */
static void note_strange_roles(const char *const *roles, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (roles_of(&roles[i], 1))
            continue;
        fprintf(stderr,
                "note: '%s' opens nothing here, only workflows can ask for it; roles that "
                "do are",
                roles[i]);
        for (int r = 0; r < ROLE_COUNT; r++)
            fprintf(stderr, " %s", role_name((enum role)r));
        fputc('\n', stderr);
    }
}

static int add(struct console *c, const struct options *o, struct err *e)
{
    const char *id = o->operands.list[0];
    const struct json *json;
    struct answer answer;
    struct body body;
    body_begin(&body);
    jsonw_kstring(&body.w, "id", id);
    jsonw_kstring(&body.w, "name", o->name);
    jsonw_kstring(&body.w, "email", o->email);
    body_texts(&body, "roles", &o->roles);
    if (body_end(c, &body, &json, e) < 0 || user_create(&c->sv, &c->call, json, &answer, e) < 0)
        return -1;
    note_strange_roles(o->roles.list, o->roles.count);
    printf("%s is added\n", id);
    return 0;
}

static void print_user(const struct user_row *u)
{
    print_text(u->id, '\t');
    print_texts(u->roles, u->role_count, '\t');
    print_text(u->name, '\t');
    print_text(u->email, '\n');
}

static int list_page(struct console *c, struct arena *arena, struct page *page, bool *more,
                     struct err *e)
{
    struct user_list found;
    if (user_read_list(&c->sv, arena, c->call.who, page, &found, e) < 0)
        return -1;
    for (size_t i = 0; i < found.count; i++)
        print_user(&found.rows[i]);
    *more = found.more;
    page->after = found.count ? found.rows[found.count - 1].id : NULL;
    return 0;
}

static int list(struct console *c, const struct options *o, struct err *e)
{
    (void)o;
    return print_pages(c, list_page, e);
}

static int show(struct console *c, const struct options *o, struct err *e)
{
    struct user_row user;
    struct str text = STR_INIT;
    if (user_read_one(&c->sv, c->arena, c->call.who, o->operands.list[0], &user, e) < 0)
        return -1;
    view_user(&text, &user);
    puts(text.buf);
    str_release(&text);
    return 0;
}

static int roles(struct console *c, const struct options *o, struct err *e)
{
    struct texts wanted = {o->operands.list + 1, o->operands.count - 1};
    const char *id = o->operands.list[0];
    const struct json *json;
    struct answer answer;
    struct body body;
    if (o->none == (wanted.count > 0))
        return err_set(e, ERR_BAD_REQUEST,
                       "user roles takes all roles that %s is to have, or "
                       "--none",
                       id);
    body_begin(&body);
    body_texts(&body, "roles", &wanted);
    if (body_end(c, &body, &json, e) < 0 || user_change(&c->sv, &c->call, id, json, &answer, e) < 0)
        return -1;
    note_strange_roles(wanted.list, wanted.count);
    printf("%s now has the roles ", id);
    print_texts(wanted.list, wanted.count, '\n');
    return 0;
}

static int remove_user(struct console *c, const struct options *o, struct err *e)
{
    struct answer answer;
    if (user_remove(&c->sv, &c->call, o->operands.list[0], &answer, e) < 0)
        return -1;
    printf("%s is removed\n", o->operands.list[0]);
    return 0;
}

static int link_identity(struct console *c, const struct options *o, struct err *e)
{
    const char *const *operands = o->operands.list;
    if (identity_link(&c->sv, &c->call, operands[1], operands[2], operands[0], e) < 0)
        return -1;
    printf("%s of %s is %s\n", operands[2], operands[1], operands[0]);
    return 0;
}

static int setup_link(struct console *c, const struct options *o, struct err *e)
{
    struct bearer link;
    if (setup_link_make(&c->sv, &c->call, o->operands.list[0], &link, e) < 0)
        return -1;
    print_setup_link(c, o->operands.list[0], link.text);
    return 0;
}

int cmd_user(struct command_call *call, struct err *e)
{
    static const struct verb verbs[] = {
        {"add", "ID [--name NAME] [--email ADDRESS] [--role ROLE]...",
         OPTION(NAME) | OPTION(EMAIL) | OPTION(ROLE), 1, 1, add},
        {"list", "", 0, 0, 0, list},
        {"show", "ID", 0, 1, 1, show},
        {"roles", "ID (ROLE... | --none)", OPTION(NONE), 1, OPERANDS_ANY, roles},
        {"remove", "ID", 0, 1, 1, remove_user},
        {"link", "ID ISSUER SUBJECT", 0, 3, 3, link_identity},
        {"setup-link", "ID", 0, 1, 1, setup_link},
    };
    return console_run(call, "user", verbs, sizeof verbs / sizeof *verbs, e);
}
