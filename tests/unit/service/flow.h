/*
 * Approvals over the store in memory: the people, the workflows, what is done
 * and what came of it, in short texts. Shared by the tests of the use cases
 * about approvals. JSON is written with ' for ".
 */
#ifndef TESTS_SERVICE_FLOW_H
#define TESTS_SERVICE_FLOW_H

#include "directory.h"
#include "engine/step.h"
#include "service/workflow_migrate.h"

/* Why the last of the calls below that was refused was. */
extern struct err refusal;

const char *quoted(const char *text); /* JSON */
const struct json *json_of(const char *text);

/* "ok", or as outcome() says. Ids are separated by blanks: "ann bob". */
const char *add_user(const char *body);
const char *change_user(const char *id, const char *body);
const char *remove_user(const char *id);
const char *add_group(const char *id, const char *members);
const char *change_group(const char *id, const char *members);
const char *remove_group(const char *id);
const char *add_calendar(const char *id, const char *body);

/* The revision; 0: refused. */
int64_t publish(const char *definition);

/* The approval's id; NULL: refused. title NULL: the workflow's. valid_for in microseconds. */
const char *submit_titled(const char *workflow, const char *requester, const char *payload,
                          const char *title, int64_t valid_for);
const char *submit(const char *workflow, const char *requester, const char *payload);

/* "ok", or as outcome() says. Where action has a payload_text, its payload is made of that. */
const char *act(const char *id, const struct action *action);
const char *act_as(const char *id, enum action_kind kind, const char *actor);

/* "2: stays lead, blocked pay, blocked -": the revision, and what became of each approval in its
 * stage; or as outcome() says. revision 0: the newest; after NULL: from the first. */
const char *migrate(const char *workflow, int64_t revision, const char *after, bool dry_run);
extern struct workflow_migrated migrated; /* by the last of them that was not refused */

/* Runs in a transaction that must not fail. */
void write_with(int (*fn)(struct session *s, int64_t now, void *arg, struct err *e), void *arg);

/* What is stored. */
const struct approval *stored(const char *id);
const char *standing(const char *id); /* "pending in lead", "approved" */
const char *slate(const char *id);    /* of all stages: "ann answered, bob open" */
const char *path(const char *id);     /* "lead approved, pay open" */
const char *history(const char *id);  /* "submitted approve" */
/* The data of the last event with that action; "": there is none. */
const char *event_data(const char *id, const char *action);
/* The payload of the last audit entry of that action; "": there is none. */
const char *audit_payload(const char *entity_id, const char *action);

#endif
