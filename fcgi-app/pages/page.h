/*
 * What every page has around it, and pages that stand for errors.
 */
#ifndef PAGES_PAGE_H
#define PAGES_PAGE_H

#include "auth/principal.h"
#include "http/request.h"
#include "http/response.h"
#include "service/usecase.h"

/* Begins the page: head, who is signed in and a button to sign out (who NULL: nobody is). title is
 * its name and its first heading. Makes r an HTML answer with this status. */
void page_begin(struct response *r, int status, const char *title, const struct principal *who);
void page_end(struct response *r);

/* A sentence that matters, such as what went wrong. */
void page_note(struct str *out, const char *text);

/* A hidden field of a form. */
void page_hidden(struct str *out, const char *name, const char *value);

/* Goes on to another page (303). location is a path of ours, in the request's arena. */
void page_redirect(struct response *r, const char *location);

/* Whether text is a path on this site that may be gone to: "/x", neither "//x" nor "/\x". */
bool page_is_local(const char *text);

/* The call of somebody who is about to sign in. */
struct call page_call(struct request *req);

#endif
