#include "console.h"

#include "service/groups.h"
#include "view/view_directory.h"

static int add(struct console *c, const struct options *o, struct err *e)
{
    struct texts members = {o->operands.list + 1, o->operands.count - 1};
    const char *id = o->operands.list[0];
    const struct json *json;
    struct answer answer;
    struct body body;
    body_begin(&body);
    jsonw_kstring(&body.w, "id", id);
    jsonw_kstring(&body.w, "name", o->name);
    body_texts(&body, "members", &members);
    if (body_end(c, &body, &json, e) < 0 || group_create(&c->sv, &c->call, json, &answer, e) < 0)
        return -1;
    printf("%s is added\n", id);
    return 0;
}

static void print_group(const struct group_row *g)
{
    print_text(g->id, '\t');
    print_texts(g->members, g->member_count, '\t');
    print_text(g->name, '\n');
}

static int list_page(struct console *c, struct arena *arena, struct page *page, bool *more,
                     struct err *e)
{
    struct group_list found;
    if (group_read_list(&c->sv, arena, page, &found, e) < 0)
        return -1;
    for (size_t i = 0; i < found.count; i++)
        print_group(&found.rows[i]);
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
    struct group_row group;
    struct str text = STR_INIT;
    if (group_read_one(&c->sv, c->arena, o->operands.list[0], &group, e) < 0)
        return -1;
    view_group(&text, &group);
    puts(text.buf);
    str_release(&text);
    return 0;
}

static int members(struct console *c, const struct options *o, struct err *e)
{
    struct texts wanted = {o->operands.list + 1, o->operands.count - 1};
    const char *id = o->operands.list[0];
    const struct json *json;
    struct answer answer;
    struct body body;
    if (o->none == (wanted.count > 0))
        return err_set(e, ERR_BAD_REQUEST,
                       "group members takes all members that %s is to have, "
                       "or --none",
                       id);
    body_begin(&body);
    body_texts(&body, "members", &wanted);
    if (body_end(c, &body, &json, e) < 0 ||
        group_change(&c->sv, &c->call, id, json, &answer, e) < 0)
        return -1;
    printf("%s now has the members ", id);
    print_texts(wanted.list, wanted.count, '\n');
    return 0;
}

static int remove_group(struct console *c, const struct options *o, struct err *e)
{
    struct answer answer;
    if (group_remove(&c->sv, &c->call, o->operands.list[0], &answer, e) < 0)
        return -1;
    printf("%s is removed\n", o->operands.list[0]);
    return 0;
}

int cmd_group(struct command_call *call, struct err *e)
{
    static const struct verb verbs[] = {
        {"add", "ID [--name NAME] [MEMBER]...", OPTION(NAME), 1, OPERANDS_ANY, add},
        {"list", "", 0, 0, 0, list},
        {"show", "ID", 0, 1, 1, show},
        {"members", "ID (MEMBER... | --none)", OPTION(NONE), 1, OPERANDS_ANY, members},
        {"remove", "ID", 0, 1, 1, remove_group},
    };
    return console_run(call, "group", verbs, sizeof verbs / sizeof *verbs, e);
}
