/*
 * The store's contract as tests. Each back end has a program that calls
 * contract_main.
 */
#ifndef TESTS_CONTRACT_CONTRACT_H
#define TESTS_CONTRACT_CONTRACT_H

#include "store/store.h"

struct contract_backend {
    const char *name;
    struct store *(*open)(const struct clock *clock); /* an empty one */
    void (*clean)(void);                              /* after it was closed */
};

int contract_main(const struct contract_backend *b);

#endif
