#include "secret.h"

#include "sodium_once.h"

#include <sodium.h>
#include <sys/prctl.h>
#include <sys/resource.h>

void secret_random(void *out, size_t n)
{
    sodium_once();
    randombytes_buf(out, n);
}

bool secret_equal(const char *a, const char *b)
{
    size_t n = strlen(a);
    return n == strlen(b) && sodium_memcmp(a, b, n) == 0;
}

void secret_guard_memory(void)
{
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void secret_wipe(void *data, size_t n)
{
    sodium_memzero(data, n);
}
