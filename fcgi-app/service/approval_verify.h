/*
 * Use case: is what is stored about an approval what its history gives? The
 * engine is run again over the recorded events, with the answers of the
 * outside that were recorded with them.
 */
#ifndef SERVICE_APPROVAL_VERIFY_H
#define SERVICE_APPROVAL_VERIFY_H

#include "service.h"

enum verify_result {
    VERIFY_SAME,
    VERIFY_DIFFERENT,
    VERIFY_UNKNOWN /* made by a version that did not record enough */
};

struct verified {
    enum verify_result result;
    const char *what; /* the first difference, or what was not recorded; NULL: same */
};

/* ERR_NOT_FOUND "Approval not found". */
int approval_verify(struct service *sv, struct arena *arena, const char *id, struct verified *out,
                    struct err *e);

struct verified_all {
    int64_t same, unknown, different;
};

/* All of them, in order of id; tell is called for each that is not the same. Memory does not grow
 * with their number. */
int approval_verify_all(struct service *sv,
                        void (*tell)(void *arg, const char *id, const struct verified *v),
                        void *arg, struct verified_all *out, struct err *e);

#endif
