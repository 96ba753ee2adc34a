/*
 * Use case: what the rules in force would say to a payload. Changes nothing.
 */
#ifndef SERVICE_RULES_EVALUATE_H
#define SERVICE_RULES_EVALUATE_H

#include "auth/principal.h"
#include "service.h"

struct rules_evaluate {
    const struct principal *who;
    const struct json *payload;
    const char *action_type; /* of a stage's auto_rules; NULL: it says nothing */
    const char *requester;   /* who would ask; NULL: the caller */
    int64_t at;              /* when, in microseconds */
};

struct rules_evaluation {
    struct auto_verdict verdict;
    struct auto_explanation how;
    const char *rules_sha256; /* of the file, hex; NULL: there are no rules */
};

/* Looks whether the file has changed. As at a submission, what the payload says about itself is
 * believed only from a caller who is. Everything in *out lives in arena. */
int rules_evaluate(struct service *sv, struct arena *arena, const struct rules_evaluate *in,
                   struct rules_evaluation *out, struct err *e);

#endif
