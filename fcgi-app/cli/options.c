#include "options.h"

#include "base/str.h"

#include <errno.h>

enum kind { KIND_TEXT, KIND_LIST, KIND_NUMBER, KIND_FLAG };

static const struct row {
    const char *name;
    enum kind kind;
    size_t offset; /* in struct options */
    int64_t max;   /* of a number; the least is 1 */
} rows[] = {
    [OPTION_NAME] = {"--name", KIND_TEXT, offsetof(struct options, name), 0},
    [OPTION_EMAIL] = {"--email", KIND_TEXT, offsetof(struct options, email), 0},
    [OPTION_ROLE] = {"--role", KIND_LIST, offsetof(struct options, roles), 0},
    [OPTION_WORKFLOW] = {"--workflow", KIND_LIST, offsetof(struct options, workflows), 0},
    [OPTION_ACT_AS] = {"--act-as", KIND_LIST, offsetof(struct options, act_as), 0},
    [OPTION_DAYS] = {"--days", KIND_NUMBER, offsetof(struct options, days), 3650},
    [OPTION_MINUTES] = {"--minutes", KIND_NUMBER, offsetof(struct options, minutes), 525600},
    [OPTION_FIRST] = {"--first", KIND_FLAG, offsetof(struct options, first), 0},
    [OPTION_NONE] = {"--none", KIND_FLAG, offsetof(struct options, none), 0},
};
_Static_assert(sizeof rows / sizeof *rows == OPTION_COUNT, "a row for each option");

struct reader {
    struct arena *arena;
    int argc;
    char **argv;
    int at; /* of the argument in hand */
    unsigned allowed, seen;
    struct options *out;
};

static void list_add(struct reader *r, struct texts *texts, const char *text)
{
    const char **grown = arena_array(r->arena, texts->count + 1, sizeof *grown);
    for (size_t i = 0; i < texts->count; i++)
        grown[i] = texts->list[i];
    grown[texts->count] = text;
    *texts = (struct texts){grown, texts->count + 1};
}

/* The row that arg is for; *value is what follows its "=", or NULL. */
static const struct row *row_find(const struct reader *r, const char *arg, const char **value)
{
    size_t n = strcspn(arg, "=");
    *value = arg[n] ? arg + n + 1 : NULL;
    for (unsigned i = 0; i < OPTION_COUNT; i++)
        if (r->allowed & 1u << i && strlen(rows[i].name) == n && !strncmp(rows[i].name, arg, n))
            return &rows[i];
    return NULL;
}

static int number_read(const struct row *row, const char *text, int64_t *out, struct err *e)
{
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || n < 1 || n > row->max)
        return err_set(e, ERR_BAD_REQUEST, "%s takes a whole number from 1 to %lld, not '%s'",
                       row->name, (long long)row->max, text);
    *out = n;
    return 0;
}

static int value_read(struct reader *r, const struct row *row, const char *value, struct err *e)
{
    void *target = (char *)r->out + row->offset;
    if (!value && ++r->at < r->argc)
        value = r->argv[r->at];
    if (!value)
        return err_set(e, ERR_BAD_REQUEST, "%s lacks its value", row->name);
    if (row->kind == KIND_NUMBER)
        return number_read(row, value, target, e);
    if (row->kind == KIND_LIST)
        list_add(r, target, value);
    else
        *(const char **)target = value;
    return 0;
}

static int option_read(struct reader *r, struct err *e)
{
    const char *value, *arg = r->argv[r->at];
    const struct row *row = row_find(r, arg, &value);
    if (!row)
        return err_set(e, ERR_BAD_REQUEST, "there is no option '%s' here", arg);
    unsigned bit = 1u << (row - rows);
    if (r->seen & bit && row->kind != KIND_LIST)
        return err_set(e, ERR_BAD_REQUEST, "%s was given twice", row->name);
    r->seen |= bit;
    if (row->kind != KIND_FLAG)
        return value_read(r, row, value, e);
    if (value)
        return err_set(e, ERR_BAD_REQUEST, "%s takes no value", row->name);
    *(bool *)((char *)r->out + row->offset) = true;
    return 0;
}

int options_read(struct arena *arena, int argc, char **argv, unsigned allowed, struct options *out,
                 struct err *e)
{
    struct reader r = {.arena = arena, .argc = argc, .argv = argv, .allowed = allowed, .out = out};
    bool ended = false;
    *out = (struct options){0};
    for (int i = 0; i < argc; i++)
        if (!utf8_valid(argv[i], strlen(argv[i])))
            return err_set(e, ERR_BAD_REQUEST, "argument %d is not UTF-8", i + 1);
    for (; r.at < argc; r.at++) {
        const char *arg = argv[r.at];
        if (ended || strncmp(arg, "--", 2) != 0)
            list_add(&r, &out->operands, arg);
        else if (!arg[2])
            ended = true;
        else if (option_read(&r, e) < 0)
            return -1;
    }
    return 0;
}
