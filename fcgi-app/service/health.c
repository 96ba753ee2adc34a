#include "health.h"

#include "rules_file.h"

void health_check(struct service *sv, struct arena *arena, struct health *out)
{
    struct err e = ERR_INIT;
    *out = (struct health){.database = store_check(sv->store, &e) == 0};
    if (!out->database)
        out->database_complaint = arena_strdup(arena, e.message);
    out->rules_complaint = rules_file_complaint(sv->rules, arena);
}
