/*
 * What the parts of JSONLogic share: the operators, compiled rules, and one
 * evaluation with what it has left to spend. logic.h is the contract.
 */
#ifndef ENGINE_LOGIC_NODE_H
#define ENGINE_LOGIC_NODE_H

#include "value.h"

#define LOGIC_ANY SIZE_MAX /* no upper limit of arguments */

/* Operators: name, fewest and most arguments, function. The eager ones see their arguments
 * evaluated; the lazy ones evaluate what they need, as often as they need it. */
#define LOGIC_EAGER(X)                                        \
    X(VAR, "var", 0, 2, logic_var)                            \
    X(MISSING, "missing", 0, LOGIC_ANY, logic_missing)        \
    X(MISSING_SOME, "missing_some", 2, 2, logic_missing_some) \
    X(EQUAL, "==", 2, 2, logic_equal)                         \
    X(SAME, "===", 2, 2, logic_same)                          \
    X(NOT_EQUAL, "!=", 2, 2, logic_not_equal)                 \
    X(NOT_SAME, "!==", 2, 2, logic_not_same)                  \
    X(NOT, "!", 1, 1, logic_not)                              \
    X(TRUTH, "!!", 1, 1, logic_truth)                         \
    X(GREATER, ">", 2, 2, logic_greater)                      \
    X(GREATER_OR_EQUAL, ">=", 2, 2, logic_greater_or_equal)   \
    X(LESS, "<", 2, 3, logic_less)                            \
    X(LESS_OR_EQUAL, "<=", 2, 3, logic_less_or_equal)         \
    X(MAX, "max", 1, LOGIC_ANY, logic_max)                    \
    X(MIN, "min", 1, LOGIC_ANY, logic_min)                    \
    X(ADD, "+", 1, LOGIC_ANY, logic_add)                      \
    X(SUBTRACT, "-", 1, 2, logic_subtract)                    \
    X(MULTIPLY, "*", 1, LOGIC_ANY, logic_multiply)            \
    X(DIVIDE, "/", 2, 2, logic_divide)                        \
    X(REMAINDER, "%", 2, 2, logic_remainder)                  \
    X(MERGE, "merge", 0, LOGIC_ANY, logic_merge)              \
    X(IN, "in", 2, 2, logic_in)                               \
    X(CAT, "cat", 0, LOGIC_ANY, logic_cat)                    \
    X(SUBSTR, "substr", 2, 3, logic_substr)                   \
    X(LOG, "log", 1, 1, logic_log)
#define LOGIC_LAZY(X)                       \
    X(IF, "if", 0, LOGIC_ANY, logic_if)     \
    X(CHOICE, "?:", 0, LOGIC_ANY, logic_if) \
    X(AND, "and", 1, LOGIC_ANY, logic_and)  \
    X(OR, "or", 1, LOGIC_ANY, logic_or)     \
    X(MAP, "map", 2, 2, logic_map)          \
    X(FILTER, "filter", 2, 2, logic_filter) \
    X(REDUCE, "reduce", 2, 3, logic_reduce) \
    X(ALL, "all", 2, 2, logic_all)          \
    X(NONE, "none", 2, 2, logic_none)       \
    X(SOME, "some", 2, 2, logic_some)

enum logic_op {
#define X(id, name, min, max, function) LOGIC_##id,
    LOGIC_EAGER(X) LOGIC_LAZY(X)
#undef X
        LOGIC_OP_COUNT
};

struct logic_eval;

/* 0; -1 when a bound was passed, with the sentence in the evaluation's err. */
typedef int logic_eager(struct logic_eval *ev, const struct value *args, size_t n,
                        struct value *out);
typedef int logic_lazy(struct logic_eval *ev, const struct logic *call, struct value *out);

#define X(id, name, min, max, function) logic_eager function;
LOGIC_EAGER(X)
#undef X
#define X(id, name, min, max, function) logic_lazy function;
LOGIC_LAZY(X)
#undef X

struct logic_operator {
    const char *name;
    size_t min, max;    /* arguments */
    logic_eager *eager; /* one of the two is NULL */
    logic_lazy *lazy;
};

const struct logic_operator *logic_operator_named(const char *name); /* NULL: unknown */

enum logic_kind { LOGIC_LITERAL, LOGIC_LIST, LOGIC_CALL };

struct logic {
    enum logic_kind kind;
    const struct logic_operator *op; /* CALL */
    struct logic *args;              /* CALL: arguments; LIST: elements */
    size_t count;                    /* of args */
    size_t room;                     /* values that evaluated arguments take at the same time */
    struct value literal;            /* LITERAL */
};

/* --- compiling --- */

struct logic_compiler {
    struct arena *arena;
    struct problems *problems;
    size_t nodes;
};

/* Where in the input: a pointer that is made only when there is a problem. */
struct logic_place {
    const struct logic_place *up; /* NULL: text is the pointer so far */
    const char *text;             /* else a key; NULL: the index */
    size_t index;
};

/* Adds a problem; always false. */
bool logic_problem(struct logic_compiler *c, const struct logic_place *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* A text of the input, fit to be quoted in a problem: valid UTF-8, cut when it is long. */
const char *logic_quote(struct logic_compiler *c, const char *text);
/* n more nodes; false with a problem when those are too many. */
bool logic_count(struct logic_compiler *c, const struct logic_place *at, size_t n);
/* false when problems were added; *out is then not to be used. depth: operators around it. */
bool logic_build(struct logic_compiler *c, const struct json *rule, const struct logic_place *at,
                 unsigned depth, struct logic *out);
/* A copy of v in the compiler's arena, operators in it not looked for. */
bool logic_literal(struct logic_compiler *c, const struct json *v, const struct logic_place *at,
                   struct value *out);
/* A call whose args are filled in; a value as a node. */
struct logic logic_call(enum logic_op op, struct logic *args, size_t n);
struct logic logic_value(struct value v);

/* --- evaluating --- */

struct logic_eval {
    struct arena *arena;
    const struct value *data;  /* what var reads */
    const struct value *frame; /* the items of the innermost reduce's data, which do not last */
    struct value *stack;       /* evaluated arguments of the calls that are open */
    size_t top;
    size_t steps, bytes; /* spent */
    struct err *e;
};

int logic_node(struct logic_eval *ev, const struct logic *node, struct value *out);

int logic_spend(struct logic_eval *ev, size_t steps);
int logic_spend_text(struct logic_eval *ev, size_t bytes); /* reading so much text */
int logic_spend_bytes(struct logic_eval *ev, size_t bytes);
/* Memory in the arena, accounted for; NULL when a bound is passed. */
void *logic_take(struct logic_eval *ev, size_t n, size_t size);
/* Appends String(v), accounted for; and makes a value of what was so put together. */
int logic_add_text(struct logic_eval *ev, struct str *text, const struct value *v);
int logic_keep_text(struct logic_eval *ev, const struct str *text, struct value *out);
/* An ARRAY of n items that were taken. */
int logic_list(struct logic_eval *ev, const struct value *items, size_t n, struct value *out);

/* Whether v nests no deeper than LOGIC_HEIGHT_MAX. */
int logic_height(struct logic_eval *ev, const struct value *v);

/* String(v), Number(v), a == b and a < b (or <=) of JavaScript. */
int logic_text(struct logic_eval *ev, const struct value *v, struct value *out);
int logic_number(struct logic_eval *ev, const struct value *v, double *out);
int logic_loosely_equal(struct logic_eval *ev, const struct value *a, const struct value *b,
                        bool *out);
int logic_before(struct logic_eval *ev, const struct value *a, const struct value *b, bool or_equal,
                 bool *out);

#endif
