/*
 * The same contract in memory, for unit tests: one process, gone with it.
 */
#ifndef STORE_MEMORY_MEMORY_H
#define STORE_MEMORY_MEMORY_H

#include "store/store.h"

/* clock must outlive the store. */
struct store *store_memory_open(const struct clock *clock);

#endif
