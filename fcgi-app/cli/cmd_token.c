#include "console.h"

#include "service/tokens.h"

static int issue(struct console *c, const struct options *o, struct err *e)
{
    struct tokens tokens;
    if (tokens_by_operator(&c->sv, &c->call, o->operands.list[0], o->minutes, &tokens, e) < 0)
        return -1;
    fprintf(stderr, "A token for %s, good for %lld minutes:\n", tokens.user_id,
            (long long)tokens.expires_in / 60);
    puts(tokens.access);
    return 0;
}

static int revoke(struct console *c, const struct options *o, struct err *e)
{
    if (tokens_end_all(&c->sv, &c->call, o->operands.list[0], e) < 0)
        return -1;
    printf("%s is signed out everywhere; API keys still hold\n", o->operands.list[0]);
    return 0;
}

int cmd_token(struct command_call *call, struct err *e)
{
    static const struct verb verbs[] = {
        {"issue", "USER [--minutes N]", OPTION(MINUTES), 1, 1, issue},
        {"revoke", "USER", 0, 1, 1, revoke},
    };
    return console_run(call, "token", verbs, sizeof verbs / sizeof *verbs, e);
}
