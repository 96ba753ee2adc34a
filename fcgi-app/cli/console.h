/*
 * Where the operator stands: whoever may run approvalctl on the service's
 * machine calls use cases as "approvalctl". Commands that have parts (`user
 * add`, `user list`) are tables of verbs.
 */
#ifndef CLI_CONSOLE_H
#define CLI_CONSOLE_H

#include "base/json.h"
#include "command.h"
#include "options.h"
#include "service/usecase.h"

struct console {
    struct arena *arena; /* of the command */
    const struct command_world *world;
    struct service sv;
    struct logctx log;
    struct call call; /* for use cases; what they render is nothing */
};

/* Not to be copied or moved while open. The service's errors. */
int console_open(struct command_call *call, struct console *out, struct err *e);
void console_close(struct console *c);

struct verb {
    const char *name;      /* NULL: the command itself */
    const char *arguments; /* for the usage line; "" for none */
    unsigned options;      /* a bit for each enum option */
    size_t least, most;    /* operands */
    int (*run)(struct console *c, const struct options *o, struct err *e);
};
#define OPTION(name) (1u << OPTION_##name)
#define OPERANDS_ANY SIZE_MAX

/* Runs the verb that the first argument names, with the console open. ERR_BAD_REQUEST naming the
 * verbs, or how the one is used. */
int console_run(struct command_call *call, const char *command, const struct verb *verbs, size_t n,
                struct err *e);
/* The same for a command that is one verb. */
int console_run_one(struct command_call *call, const char *command, const struct verb *verb,
                    struct err *e);

/* A JSON object for a use case: begun, filled through w, ended. */
struct body {
    struct str text;
    struct jsonw w;
};
void body_begin(struct body *b);
void body_texts(struct body *b, const char *key, const struct texts *texts);
/* The tree lives in the console's arena. */
int body_end(struct console *c, struct body *b, const struct json **out, struct err *e);

/* Prints a column and what follows it: texts as "a,b", a time, and "-" for none. */
void print_text(const char *text, char after); /* NULL: none */
void print_texts(const char *const *texts, size_t n, char after);
void print_time(int64_t us, char after);

/* Prints a list page by page: one prints a page, sets page->after to its last id, which may live in
 * the arena, and *more. */
int print_pages(struct console *c,
                int (*one)(struct console *c, struct arena *arena, struct page *page, bool *more,
                           struct err *e),
                struct err *e);

/* Prints the link with which a user sets his password: what it is to stderr, the link alone on a
 * line to stdout. */
void print_setup_link(const struct console *c, const char *user_id, const char *token);

#endif
