/*
 * Within the contract suite: the store of the test that runs.
 */
#ifndef TESTS_CONTRACT_CONTRACT_INTERNAL_H
#define TESTS_CONTRACT_CONTRACT_INTERNAL_H

#include "check.h"
#include "contract.h"
#include "fixture.h"

struct contract {
    struct store *store; /* fresh, with the workflow "wf" */
    struct clock clock;  /* says NOON until the test moves it */
    struct arena *arena;
    struct session *s; /* of contract_read */
};

extern struct contract contract;

void contract_begin(void);
void contract_end(void);
/* A session that sees what is there now, for the test to read with. Ends the one before. */
struct session *contract_read(void);

/* Defines name(in): runs one operation, `call`, as a half; gives the kind of error it ended with.
 */
#define HALF(name, type, call)                                                                     \
    static int name##_half(struct session *s, int64_t now, void *arg, struct err *e)               \
    {                                                                                              \
        const type *in = arg;                                                                      \
        (void)now;                                                                                 \
        return call;                                                                               \
    }                                                                                              \
    static enum err_kind name(type in)                                                             \
    {                                                                                              \
        struct err e = ERR_INIT;                                                                   \
        return run_half(contract.store, name##_half, &in, &e) == OUTCOME_DONE ? ERR_NONE : e.kind; \
    }

/* That these are the names, which a space joins. */
void check_names(const char *const *names, size_t n, const char *want);
/* That the store holds the approval as it is in *want, with tasks, visits and timers. */
void check_approval(const char *id, const struct approval *want);

extern const struct test contract_rows[], contract_approvals[], contract_parts[], contract_ids[],
    contract_directory[], contract_access[], contract_audit[], contract_viewer[];
extern const size_t contract_rows_count, contract_approvals_count, contract_parts_count,
    contract_ids_count, contract_directory_count, contract_access_count, contract_audit_count,
    contract_viewer_count;

#endif
