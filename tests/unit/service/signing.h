/*
 * Signing in, over the store in memory: users with passwords, tokens of ours
 * and of an issuer, what requests bring along. Shared by the tests of those
 * use cases. JSON is written with ' for ".
 */
#ifndef TESTS_SERVICE_SIGNING_H
#define TESTS_SERVICE_SIGNING_H

#include "flow.h"
#include "service/authenticate.h"
#include "store/access.h"

#define PASSWORD "correct horse battery"
#define ISSUER "https://login.example"
#define ORIGIN "http://127.0.0.1:8003"
#define SECOND US_PER_SECOND
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)

/* As set_up, with authentication on and what more says (office.h). */
void signing_set_up(const char *const *more);
/* The same with a public key file, for token_of_issuer. */
void signing_set_up_issuer(const char *const *more);

/* A user with these roles ("'approver','admin'"), and PASSWORD where that is asked for. */
void signing_user(const char *id, const char *roles);
void signing_password(const char *id);

/* By nobody yet, from an address; by a user. */
struct call call_from(const char *address);
struct call call_of(const struct principal *who);

/* {"iat": …, "exp": …, members}: signed by our secret, or by the issuer's key (RS256; kid NULL: it
 * names none). age is how long ago it was issued; NOT_SAID: it does not say; it expires an hour
 * from now. */
#define NOT_SAID INT64_C(-1)
const char *token_of(const char *members, int64_t age);
const char *token_of_issuer(const char *members, int64_t age, const char *kid);

/* Who that is, with those of his roles that mean something: "ann approver admin"; or the kind of
 * error, as outcome(). */
extern struct principal caller; /* by the last of them that was let in */
const char *let_in(const struct credentials *c);
const char *let_in_with(const char *bearer); /* GET, Authorization: Bearer */
const char *let_in_by(const char *cookie);   /* GET, the session cookie's value */

/* Rows; what must be there. */
struct user_row user_stored(const char *id);
struct attempt_row attempt_stored(const char *name, const char *address); /* zero: none */
void attempt_keep(const char *name, const char *address, const struct attempt_row *row);
struct ticket_row ticket_stored(const char *text);
/* Everything that the audit log has, as text: to look for what must not be in it. */
const char *audit_text(void);

#endif
