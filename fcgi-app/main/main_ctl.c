/*
 * approvalctl: the operator's tool.
 */
#include "cli/command.h"
#include "service/service.h"
#include "store/sqlite/sqlite.h"

#include <unistd.h>

static int service_open(const struct settings *s, struct service *out, struct err *e)
{
    struct store_sqlite_options options = {.path = s->db_path, .clock = &clock_real};
    struct store *store;
    if (store_sqlite_open(&options, &store, e) < 0)
        return -1;
    if (service_init(out, store, &clock_real, s, e) == 0)
        return 0;
    store_close(&store);
    return -1;
}

static void service_close(struct service *sv)
{
    struct store *store = sv->store;
    service_release(sv);
    store_close(&store);
}

int main(int argc, char **argv)
{
    static const struct command_world world = {service_open, service_close};
    return command_main(argc, argv, environ, &world);
}
