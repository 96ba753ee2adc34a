#include "action.h"

static const struct {
    const char *name;
    bool limited;
} actions[] = {
#define X(name, text, limited) [ACTION_##name] = {text, limited},
    ACTIONS(X)
#undef X
};
_Static_assert(sizeof actions / sizeof *actions == ACTION_COUNT, "a row for each");

const char *action_name(enum action_kind k)
{
    return actions[k].name;
}

int action_parse(const char *text)
{
    for (int i = 0; i < ACTION_COUNT; i++)
        if (!strcmp(actions[i].name, text))
            return i;
    return -1;
}

bool action_is_limited(enum action_kind k)
{
    return actions[k].limited;
}
