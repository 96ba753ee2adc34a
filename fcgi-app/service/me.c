#include "me.h"

int me_read(struct service *sv, struct arena *arena, const struct principal *who, struct me *out,
            struct err *e)
{
    struct session *s = NULL;
    *out = (struct me){.who = who};
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    int found = store_user_get(s, arena, who->subject, &out->user, e);
    if (found == 0)
        out->user = (struct user_row){.id = who->subject};
    int rc = found < 0
                 ? -1
                 : store_user_groups(s, arena, who->subject, &out->groups, &out->group_count, e);
    store_read_end(&s);
    return rc;
}
