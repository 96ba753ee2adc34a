/*
 * Who may act. The one function that every door asks: actions, pages, links,
 * bulk.
 */
#ifndef ENGINE_ELIGIBILITY_H
#define ENGINE_ELIGIBILITY_H

#include "approval.h"
#include "definition.h"
#include "run.h"

#include "base/err.h"

/* Barred by separation of duties from deciding in this stage, for himself or for anybody: the
 * requester, who answers for him where he is an agent, and who sent the request for him. s NULL: in
 * any stage. */
bool eligibility_barred(const struct stage *s, const struct approval *a, const char *user);

/* 0 when the action's actor may do it now; -1 with ERR_FORBIDDEN or ERR_CONFLICT and a sentence
 * that says why not. s is the open stage, NULL without one. Only actor, through, kind, admin and
 * from are read. */
int eligibility_check(struct run *r, const struct stage *s, const struct action *action,
                      struct err *e);

#endif
