#include "sodium_once.h"

#include <pthread.h>
#include <sodium.h>

static void initialise(void)
{
    if (sodium_init() >= 0)
        return;
    fputs("no source of randomness\n", stderr);
    abort();
}

void sodium_once(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, initialise);
}
