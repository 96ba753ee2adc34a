#include "service.h"

#include "definitions.h"
#include "rules_file.h"

void service_init(struct service *sv, struct store *store, const struct clock *clock,
                  const char *rules_path)
{
    struct zones *zones = zones_new(NULL);
    *sv = (struct service){
        .store = store,
        .clock = clock,
        .definitions = definitions_new(),
        .rules = rules_file_open(rules_path, zones),
        .zones = zones,
    };
}

void service_release(struct service *sv)
{
    definitions_free(&sv->definitions);
    rules_file_close(&sv->rules);
    zones_free(&sv->zones);
}
