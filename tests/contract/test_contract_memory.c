#include "contract.h"

#include "store/memory/memory.h"

static void clean(void)
{
}

int main(void)
{
    static const struct contract_backend memory = {"memory", store_memory_open, clean};
    return contract_main(&memory);
}
