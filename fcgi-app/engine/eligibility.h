/*
 * Who may act. The one function that every door asks: actions, pages, links,
 * bulk.
 */
#ifndef ENGINE_ELIGIBILITY_H
#define ENGINE_ELIGIBILITY_H

#include "approval.h"
#include "definition.h"
#include "step.h"

#include "base/err.h"

/* Barred by separation of duties from deciding in this stage, for himself or for anybody. */
bool eligibility_barred(const struct stage *s, const struct approval *a, const char *user);

/* 0 when actor may do kind now; -1 with ERR_FORBIDDEN or ERR_CONFLICT and a sentence that says why
 * not. s is the open stage, NULL when the approval has ended. */
int eligibility_check(const struct stage *s, const struct approval *a, enum action_kind kind,
                      const char *actor, bool may_reassign, struct err *e);

#endif
