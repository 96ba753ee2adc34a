#include "command.h"

#include "service/approval_verify.h"

static void tell(void *arg, const char *id, const struct verified *v)
{
    (void)arg;
    printf("%s: %s: %s\n", id, v->result == VERIFY_DIFFERENT ? "different" : "unknown", v->what);
}

static int verify_all(struct service *sv, struct verified_all *out, struct err *e)
{
    if (approval_verify_all(sv, tell, NULL, out, e) < 0)
        return -1;
    printf("%lld the same, %lld different, %lld that cannot be told\n", (long long)out->same,
           (long long)out->different, (long long)out->unknown);
    return 0;
}

/* What it works on must be given back before the service is closed. */
static int verify_one(struct service *sv, const char *id, struct verified_all *out, struct err *e)
{
    struct arena *arena = arena_new();
    struct verified v = {0};
    int rc = approval_verify(sv, arena, id, &v, e);
    if (rc == 0 && v.result == VERIFY_SAME)
        printf("%s: the same\n", id);
    else if (rc == 0)
        tell(NULL, id, &v);
    out->different += v.result == VERIFY_DIFFERENT;
    arena_free(&arena);
    return rc;
}

int cmd_verify(struct command_call *call, struct err *e)
{
    struct service sv;
    struct verified_all all = {0};
    if (call->argc > 1)
        return err_set(e, ERR_BAD_REQUEST, "verify takes the id of one approval, or nothing");
    if (call->world->service_open(&call->settings, &sv, e) < 0)
        return -1;
    int rc = call->argc ? verify_one(&sv, call->argv[0], &all, e) : verify_all(&sv, &all, e);
    call->world->service_close(&sv);
    if (rc == 0 && all.different)
        return err_set(e, ERR_CONFLICT, "what is stored is not what the history gives");
    return rc;
}
