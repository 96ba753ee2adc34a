/*
 * Who holds what: the user that an API key or a session cookie signs in, as
 * they are now.
 */
#ifndef SERVICE_HOLDER_H
#define SERVICE_HOLDER_H

#include "service.h"
#include "store/access.h"

/* tokens_from for what ends everything now: tokens say in whole seconds when they were issued, so
 * it is the second that comes; or, as tokens may already have been issued for the second in before
 * (the user's tokens_from until now), the one after that. */
int64_t holder_tokens_from(int64_t before, int64_t now);

/* A user who may sign in: 1, 0, -1. */
int holder_user(struct session *s, struct arena *arena, const char *id, struct user_row *out,
                struct err *e);

/* 1: key and user are filled in; 0: there is no such key, or it was revoked or has expired, or its
 * user is gone; -1: error. sha256 NULL: whoever asks has shown before that he holds it. */
int holder_of_key(struct session *s, struct arena *arena, const char *id, const char *sha256,
                  int64_t now, struct api_key_row *key, struct user_row *user, struct err *e);

/* The same for a ticket of a kind by its sha256: ended, expired, or its user is gone. */
int holder_of_ticket(struct session *s, struct arena *arena, const char *kind, const char *sha256,
                     int64_t now, struct ticket_row *ticket, struct user_row *user, struct err *e);

/* For an apply half: nothing that signed the user in until now does so again, should he come back:
 * his password, his tickets, his API keys. */
int holder_forget(struct session *s, struct arena *arena, const char *user_id, int64_t now,
                  struct err *e);

#endif
