#include "approval.h"

static const char *const status_names[] = {
#define X(name, text, terminal) [STATUS_##name] = text,
    APPROVAL_STATUSES(X)
#undef X
};
_Static_assert(sizeof status_names / sizeof *status_names == STATUS_COUNT, "a name for each");

static const bool status_terminal[] = {
#define X(name, text, terminal) [STATUS_##name] = terminal,
    APPROVAL_STATUSES(X)
#undef X
};
_Static_assert(sizeof status_terminal / sizeof *status_terminal == STATUS_COUNT, "one for each");

static const char *const task_state_names[] = {
#define X(name, text) [TASK_##name] = text,
    TASK_STATES(X)
#undef X
};
_Static_assert(sizeof task_state_names / sizeof *task_state_names == TASK_STATE_COUNT,
               "a name for each");

static const char *const vote_names[] = {
#define X(name, text) [VOTE_##name] = text,
    VOTES(X)
#undef X
};
_Static_assert(sizeof vote_names / sizeof *vote_names == VOTE_COUNT, "a name for each");

static const char *const visit_outcome_names[] = {
#define X(name, text) [VISIT_##name] = text,
    VISIT_OUTCOMES(X)
#undef X
};
_Static_assert(sizeof visit_outcome_names / sizeof *visit_outcome_names == VISIT_OUTCOME_COUNT,
               "a name for each");

static const char *const timer_kind_names[] = {
#define X(name, text) [TIMER_##name] = text,
    TIMER_KINDS(X)
#undef X
};
_Static_assert(sizeof timer_kind_names / sizeof *timer_kind_names == TIMER_KIND_COUNT,
               "a name for each");

static int parse(const char *const *names, int count, const char *text)
{
    for (int i = 0; i < count; i++)
        if (!strcmp(names[i], text))
            return i;
    return -1;
}

const char *approval_status_name(enum approval_status s)
{
    return status_names[s];
}

bool approval_status_terminal(enum approval_status s)
{
    return status_terminal[s];
}

int approval_status_parse(const char *text)
{
    return parse(status_names, STATUS_COUNT, text);
}

const char *task_state_name(enum task_state s)
{
    return task_state_names[s];
}

int task_state_parse(const char *text)
{
    return parse(task_state_names, TASK_STATE_COUNT, text);
}

const char *vote_name(enum vote v)
{
    return vote_names[v];
}

int vote_parse(const char *text)
{
    return parse(vote_names, VOTE_COUNT, text);
}

const char *visit_outcome_name(enum visit_outcome o)
{
    return visit_outcome_names[o];
}

int visit_outcome_parse(const char *text)
{
    return parse(visit_outcome_names, VISIT_OUTCOME_COUNT, text);
}

const char *timer_kind_name(enum timer_kind k)
{
    return timer_kind_names[k];
}

int timer_kind_parse(const char *text)
{
    return parse(timer_kind_names, TIMER_KIND_COUNT, text);
}
