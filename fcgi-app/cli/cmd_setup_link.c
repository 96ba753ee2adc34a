#include "console.h"

#include "service/setup_link.h"

#define FIRST_USER "admin"

static void print_first(const struct console *c, const char *user_id, const char *token)
{
    fprintf(stderr, "Nobody can sign in yet, so here is how to begin.\n");
    print_setup_link(c, user_id, token);
    fprintf(stderr,
            "%s is the administrator. 'approvalctl setup-link %s' makes a new link;\n"
            "for curl, TOKEN=$(approvalctl token issue %s) gives a token without any password.\n",
            user_id, user_id, user_id);
}

static int first(struct console *c, const char *user_id, struct err *e)
{
    struct bearer link;
    int made = setup_link_first(&c->sv, &c->call, user_id, &link, e);
    if (made > 0)
        print_first(c, user_id, link.text);
    return made < 0 ? -1 : 0;
}

static int run(struct console *c, const struct options *o, struct err *e)
{
    const char *user_id = o->operands.count ? o->operands.list[0] : NULL;
    struct bearer link;
    if (o->first)
        return first(c, user_id ? user_id : FIRST_USER, e);
    if (!user_id)
        return err_set(e, ERR_BAD_REQUEST,
                       "setup-link takes the user that the link is for, or "
                       "--first");
    if (setup_link_make(&c->sv, &c->call, user_id, &link, e) < 0)
        return -1;
    print_setup_link(c, user_id, link.text);
    return 0;
}

int cmd_setup_link(struct command_call *call, struct err *e)
{
    static const struct verb verb = {NULL, "[--first] [USER]", OPTION(FIRST), 0, 1, run};
    return console_run_one(call, "setup-link", &verb, e);
}
