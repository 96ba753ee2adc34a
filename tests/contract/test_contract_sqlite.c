#include "contract.h"
#include "fixture.h"

static struct scratch scratch;

static struct store *open_scratch(const struct clock *clock)
{
    scratch_migrated(&scratch);
    return scratch_open(&scratch, clock, 0, NULL);
}

static void clean(void)
{
    scratch_remove(&scratch);
}

int main(void)
{
    static const struct contract_backend sqlite = {"sqlite", open_scratch, clean};
    return contract_main(&sqlite);
}
