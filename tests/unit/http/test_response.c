#include "http/response.h"

#include "check.h"

static const struct request req = {.method = HTTP_GET, .id = "req-1"};
static struct response r;
static struct str head = STR_INIT;

static const char *head_text(void)
{
    str_clear(&head);
    response_head(&r, &req, &head);
    return head.buf;
}

static void test_default(void)
{
    response_init(&r);
    CHECK_STR(head_text(), "Status: 200 OK\r\nContent-Length: 0\r\nX-Request-Id: req-1\r\n"
                           "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n\r\n");
    response_release(&r);
}

static void test_body(void)
{
    response_init(&r);
    r.status = 201;
    r.content_type = TYPE_JSON;
    str_add(&r.body, "{\"a\":1}");
    CHECK_STR(head_text(),
              "Status: 201 Created\r\nContent-Type: application/json\r\nContent-Length: 7\r\n"
              "X-Request-Id: req-1\r\nX-Content-Type-Options: nosniff\r\n"
              "Cache-Control: no-store\r\n\r\n");
    response_release(&r);
    CHECK_INT(r.body.len, 0);
    CHECK_INT(r.body.cap, 0);
    CHECK_INT(r.status, 200);
}

static void test_headers(void)
{
    response_init(&r);
    response_header(&r, "ETag", "\"7-abc\"");
    response_header(&r, "cache-control", "private");
    const char *text = head_text();
    CHECK(strstr(text, "\r\nETag: \"7-abc\"\r\n") != NULL);
    CHECK(strstr(text, "\r\ncache-control: private\r\n") != NULL);
    CHECK(strstr(text, "no-store") == NULL);
    response_release(&r);
    CHECK_INT(r.header_count, 0);
}

static void test_no_content(void)
{
    static const int statuses[] = {204, 304};
    for (size_t i = 0; i < 2; i++) {
        response_init(&r);
        r.status = statuses[i];
        CHECK(strstr(head_text(), "Content-Length") == NULL);
        CHECK(strstr(head_text(), "Content-Type:") == NULL);
        response_release(&r);
    }
}

static void test_reasons(void)
{
    CHECK_STR(response_reason(404), "Not Found");
    CHECK_STR(response_reason(503), "Service Unavailable");
    CHECK_STR(response_reason(299), "Unknown");
}

int main(void)
{
    static const struct test tests[] = {
        {"without a body", test_default}, {"with a body", test_body},
        {"headers", test_headers},        {"204 and 304 have no length", test_no_content},
        {"reason phrases", test_reasons},
    };
    int rc = check_main("response", tests, sizeof tests / sizeof *tests);
    str_release(&head);
    return rc;
}
