#include "posting.h"

#include "http/problem.h"

#define KEY_MAX 255

/* "key" and key are the same key (the IETF draft quotes it, most clients do not). */
static const char *read_key(struct arena *arena, const char *header, struct err *e)
{
    size_t n = strlen(header);
    if (n >= 2 && header[0] == '"' && header[n - 1] == '"') {
        header++;
        n -= 2;
    }
    bool visible = true;
    for (size_t i = 0; i < n; i++)
        visible = visible && header[i] > ' ' && header[i] < 127;
    if (n >= 1 && n <= KEY_MAX && visible)
        return arena_strndup(arena, header, n);
    err_set(e, ERR_INVALID, "Idempotency-Key must be 1 to %d visible ASCII characters", KEY_MAX);
    return NULL;
}

void posting_call_unkeyed(struct request *req, const struct render *render, struct call *out)
{
    *out = (struct call){
        .arena = req->arena,
        .who = req->principal,
        .log = &req->log,
        .request_id = req->id,
        .client_address = req->client_address,
        .render = render,
        .method = req->method_name,
        .target = req->target,
        .body = req->body,
        .body_len = req->body_len,
    };
}

int posting_call(struct request *req, const struct render *render, struct call *out, struct err *e)
{
    posting_call_unkeyed(req, render, out);
    const char *header = request_header(req, "idempotency-key");
    if (!header)
        return 0;
    out->idempotency_key = read_key(req->arena, header, e);
    return out->idempotency_key ? 0 : -1;
}

int posting_no_key(const struct request *req, struct err *e)
{
    if (!request_header(req, "idempotency-key"))
        return 0;
    return err_set(
        e, ERR_INVALID,
        "This route takes no Idempotency-Key: its answer holds a secret and is not kept");
}

void posting_answer(struct response *r, const struct answer *a)
{
    r->status = a->status;
    if (a->status != 204)
        r->content_type = a->problem ? TYPE_PROBLEM : TYPE_JSON;
    str_add(&r->body, a->body);
    if (a->replayed)
        response_header(r, "Idempotency-Replayed", "true");
}

void posting_require_id(const struct request *req, const struct json *body, const char *member,
                        struct problems *problems)
{
    if (req->principal->trusted && !json_get(body, member))
        problems_add(problems, pointer_key(problems->arena, "", member), "is required");
}

void posting_refused(struct service *sv, struct request *req, const char *entity_type,
                     const char *entity_id, const char *action, const struct err *reason)
{
    struct call c;
    struct usecase u = {
        .entity_type = entity_type,
        .audit_action = action,
        .entity_id = entity_id,
        .actor_id = req->principal->subject,
    };
    posting_call_unkeyed(req, NULL, &c);
    usecase_refused(sv, &c, &u, reason);
}

int posting_problem(struct str *out, const struct err *e, const char *request_id)
{
    problem_body(out, e, request_id);
    return problem_status(e->kind);
}

void posting_nothing(struct str *out, const void *result)
{
    (void)out, (void)result;
}
