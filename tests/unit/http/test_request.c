#include "http/request.h"

#include "base/problems.h"
#include "check.h"

static struct arena *arena;
static struct request r;
static struct err e;

static int parse_all(char *const *env, const char *body)
{
    arena_reset(arena);
    e = (struct err)ERR_INIT;
    struct request_source source = {env, body, strlen(body)};
    return request_parse(&r, arena, &source, &e);
}

#define PARSE(body, ...) parse_all((char *[]){__VA_ARGS__, NULL}, (body))

static int parse_uri(const char *target)
{
    char entry[512];
    snprintf(entry, sizeof entry, "REQUEST_URI=%s", target);
    return PARSE("", "REQUEST_METHOD=GET", entry);
}

static int parse_body(const char *type, const char *body)
{
    char entry[256];
    snprintf(entry, sizeof entry, "CONTENT_TYPE=%s", type);
    CHECK_INT(PARSE(body, "REQUEST_METHOD=POST", "REQUEST_URI=/", entry), 0);
    const struct json *tree;
    return request_json(&r, &tree, &e);
}

static void test_environment(void)
{
    CHECK_INT(PARSE("body", "REQUEST_METHOD=POST", "REQUEST_URI=/a?b=c", "REMOTE_ADDR=10.0.0.7",
                    "HTTP_X_REQUEST_ID=abc.DEF_9-1", "HTTP_ACCEPT=text/html", "SCRIPT_NAME=/x",
                    "NOVALUE", "HTTP_EMPTY=", "HTTP_=odd", "CONTENT_LENGTH=4"),
              0);
    CHECK_INT(r.method, HTTP_POST);
    CHECK_STR(r.method_name, "POST");
    CHECK_STR(r.target, "/a?b=c");
    CHECK_STR(r.path, "/a");
    CHECK_STR(r.client_address, "10.0.0.7");
    CHECK_STR(r.id, "abc.DEF_9-1");
    CHECK_STR(r.log.request_id, "abc.DEF_9-1");
    CHECK_STR(request_header(&r, "accept"), "text/html");
    CHECK_STR(request_header(&r, "empty"), "");
    CHECK_STR(request_header(&r, "content-length"), "4");
    CHECK_STR(request_header(&r, "script-name"), NULL);
    CHECK_STR(r.body, "body");
    CHECK_INT(r.body_len, 4);
}

static void test_methods(void)
{
    static const char *const names[] = {
#define X(name) #name,
        HTTP_METHODS(X)
#undef X
    };
    for (int m = 0; m < HTTP_METHOD_COUNT; m++) {
        char entry[64];
        snprintf(entry, sizeof entry, "REQUEST_METHOD=%s", names[m]);
        CHECK_INT(PARSE("", entry, "REQUEST_URI=/"), 0);
        CHECK_INT(r.method, m);
    }
    CHECK_INT(PARSE("", "REQUEST_METHOD=get", "REQUEST_URI=/"), 0);
    CHECK_INT(r.method, HTTP_METHOD_COUNT);
    CHECK_INT(PARSE("", "REQUEST_URI=/"), 0);
    CHECK_INT(r.method, HTTP_METHOD_COUNT);
    CHECK_STR(r.method_name, "");
}

static void test_segments(void)
{
    CHECK_INT(parse_uri("/"), 0);
    CHECK_INT(r.segment_count, 0);
    CHECK_INT(parse_uri("/a/b%2Fc/%C3%A9+%20"), 0);
    CHECK_INT(r.segment_count, 3);
    CHECK_STR(r.segments[0], "a");
    CHECK_STR(r.segments[1], "b/c");
    CHECK_STR(r.segments[2], "\xC3\xA9+ ");
    CHECK_INT(parse_uri("/a/"), 0);
    CHECK_INT(r.segment_count, 2);
    CHECK_STR(r.segments[1], "");
    CHECK_INT(parse_uri("//"), 0);
    CHECK_INT(r.segment_count, 2);
    CHECK_INT(parse_uri("/..%2e/x?y/z"), 0);
    CHECK_INT(r.segment_count, 2);
    CHECK_STR(r.segments[0], "...");
}

static void test_query(void)
{
    CHECK_INT(parse_uri("/?a=1&b=x%26y+z&&c&=v&a=2&d=e=f&?=%3f"), 0);
    CHECK_INT(r.query_count, 7);
    CHECK_STR(request_query(&r, "a"), "1");
    CHECK_STR(request_query(&r, "b"), "x&y z");
    CHECK_STR(request_query(&r, "c"), "");
    CHECK_STR(request_query(&r, ""), "v");
    CHECK_STR(request_query(&r, "d"), "e=f");
    CHECK_STR(request_query(&r, "?"), "?");
    CHECK_STR(request_query(&r, "A"), NULL);
    CHECK_INT(parse_uri("/a?"), 0);
    CHECK_INT(r.query_count, 0);
}

static void test_bad_targets(void)
{
    static const char *const bad[] = {
        "",       "a",     "http://x/", "*",       "?a=b",    "/%",        "/%4",    "/%zz",
        "/%4g",   "/%00",  "/a%00b",    "/%ff",    "/\xFF",   "/?%",       "/?a=%0", "/?a=%00",
        "/?%C3=", "/a%/b", "/%4/",      "/?a=%&4", "/%c0%80", "/%ED%A0%80"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK_INT(parse_uri(bad[i]), -1);
        CHECK_INT(e.kind, ERR_BAD_REQUEST);
        CHECK(r.id && !strncmp(r.id, "req-", 4));
        CHECK_STR(r.method_name, "GET");
    }
    CHECK_INT(PARSE("", "REQUEST_METHOD=GET"), -1);
    CHECK_INT(e.kind, ERR_BAD_REQUEST);
}

static void test_duplicates(void)
{
    static char *const once[] = {"HTTP_AUTHORIZATION=x", "HTTP_IDEMPOTENCY_KEY=x",
                                 "HTTP_CONTENT_TYPE=x",  "HTTP_CONTENT_LENGTH=1",
                                 "HTTP_X_REQUEST_ID=x",  "HTTP_COOKIE=x"};
    for (size_t i = 0; i < sizeof once / sizeof *once; i++) {
        CHECK_INT(PARSE("", "REQUEST_METHOD=GET", "REQUEST_URI=/", once[i]), 0);
        CHECK_INT(PARSE("", once[i], "REQUEST_METHOD=GET", "REQUEST_URI=/", once[i]), -1);
        CHECK_INT(e.kind, ERR_BAD_REQUEST);
        CHECK(strstr(e.message, "was sent twice") != NULL);
    }
    CHECK_INT(PARSE("", "REQUEST_URI=/", "HTTP_ACCEPT=a", "HTTP_ACCEPT=b"), 0);
    CHECK_STR(request_header(&r, "accept"), "a");
    CHECK_INT(PARSE("", "APPROVAL_USER_HEADER=x-user", "APPROVAL_REMOTE_USER=eve", "REQUEST_URI=/",
                    "HTTP_X_USER=eve", "HTTP_X_USER=rita"),
              -1);
    CHECK_STR(e.message, "x-user was sent twice");
    CHECK_INT(PARSE("", "APPROVAL_USER_HEADER=x-user", "APPROVAL_REMOTE_USER=rita", "REQUEST_URI=/",
                    "HTTP_X_USER=rita"),
              0);
    CHECK_STR(r.remote_user, "rita");
    CHECK_INT(PARSE("", "REQUEST_URI=/", "HTTP_X_USER=eve", "HTTP_APPROVAL_REMOTE_USER=eve"), 0);
    CHECK_STR(r.remote_user, NULL);
    CHECK_INT(PARSE("", "REQUEST_URI=/", "CONTENT_TYPE=a", "CONTENT_TYPE=b"), -1);
    CHECK_INT(PARSE("", "REQUEST_URI=/", "CONTENT_TYPE=a", "CONTENT_TYPE=a"), 0);
}

static void test_content_headers(void)
{
    CHECK_INT(PARSE("", "REQUEST_URI=/", "CONTENT_TYPE=", "CONTENT_LENGTH="), 0);
    CHECK_STR(request_header(&r, "content-type"), NULL);
    CHECK_STR(request_header(&r, "content-length"), NULL);
    CHECK_INT(PARSE("", "REQUEST_URI=/", "CONTENT_TYPE=a", "CONTENT_LENGTH=7",
                    "HTTP_CONTENT_TYPE=a", "HTTP_CONTENT_LENGTH=7"),
              0);
    CHECK_STR(request_header(&r, "content-type"), "a");
    CHECK_STR(request_header(&r, "content-length"), "7");
    CHECK_INT(r.header_count, 2);
}

static void test_id(void)
{
    char longest[160] = "HTTP_X_REQUEST_ID=", first[64];
    size_t n = strlen(longest);
    memset(longest + n, 'a', 128);
    CHECK_INT(PARSE("", "REQUEST_URI=/", longest), 0);
    CHECK_INT(strlen(r.id), 128);
    longest[n + 128] = 'a';
    static char *const unfit[] = {"HTTP_X_REQUEST_ID=", "HTTP_X_REQUEST_ID=a b",
                                  "HTTP_X_REQUEST_ID=\"a\"", "HTTP_X_REQUEST_ID=\xC3\xA9"};
    for (size_t i = 0; i < sizeof unfit / sizeof *unfit; i++) {
        CHECK_INT(PARSE("", "REQUEST_URI=/", unfit[i]), 0);
        CHECK(!strncmp(r.id, "req-", 4));
    }
    CHECK_INT(PARSE("", "REQUEST_URI=/", longest), 0);
    CHECK(!strncmp(r.id, "req-", 4));
    snprintf(first, sizeof first, "%s", r.id);
    CHECK_INT(PARSE("", "REQUEST_URI=/"), 0);
    CHECK(strcmp(r.id, first) != 0);
}

static void test_media_types(void)
{
    static const char *const good[] = {"",
                                       "application/json",
                                       "Application/JSON",
                                       "application/json;charset=UTF-8",
                                       "application/json ; a=b; charset=\"utf-8\"",
                                       "application/json; charset=utf-8 ; x=y",
                                       "application/json;"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        CHECK_INT(parse_body(good[i], "{}"), 0);
    static const char *const bad[] = {"text/plain",
                                      "application/jsonp",
                                      "application/json+x",
                                      "application/problem+json",
                                      "application/x-www-form-urlencoded",
                                      "application/json; charset=latin1",
                                      "application/json; a=b; charset=utf-16",
                                      "application/json; charset=utf-8x",
                                      "application"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK_INT(parse_body(bad[i], "{}"), -1);
        CHECK_INT(e.kind, ERR_MEDIA_TYPE);
        CHECK(strstr(e.message, "application/json") != NULL);
    }
}

static void test_content_encoding(void)
{
    const struct json *tree;
    CHECK_INT(PARSE("{}", "REQUEST_URI=/", "HTTP_CONTENT_ENCODING=Identity"), 0);
    CHECK_INT(request_json(&r, &tree, &e), 0);
    CHECK_INT(PARSE("{}", "REQUEST_URI=/", "HTTP_CONTENT_ENCODING=gzip"), 0);
    CHECK_INT(request_json(&r, &tree, &e), -1);
    CHECK_INT(e.kind, ERR_MEDIA_TYPE);
}

static void test_json(void)
{
    static const struct {
        const char *body;
        enum err_kind kind;
    } bad[] = {{"", ERR_INVALID},
               {" ", ERR_INVALID},
               {"{", ERR_INVALID},
               {"{\"a\":1,\"a\":2}", ERR_INVALID},
               {"{\"a\":NaN}", ERR_INVALID},
               {"{} x", ERR_INVALID},
               {"[]", ERR_INVALID},
               {"null", ERR_INVALID},
               {"\"a\"", ERR_INVALID},
               {"1", ERR_INVALID}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK_INT(parse_body("application/json", bad[i].body), -1);
        CHECK_INT(e.kind, bad[i].kind);
        CHECK_INT(e.problems != NULL, bad[i].kind == ERR_INVALID);
    }
    CHECK_INT(parse_body("application/json", "[]"), -1);
    CHECK(strstr(e.message, "array") != NULL);
    CHECK_STR(e.problems->first->pointer, "");
}

static void test_text(void)
{
    const char *body = "{ \"a\" : { \"n\" : 1.0e2 , \"s\": \" x \" } ,\n \"b\" : [ 1 , 2 ] }";
    CHECK_INT(parse_body("application/json", body), 0);
    CHECK_STR(request_text(&r, "a"), "{\"n\":1.0e2,\"s\":\" x \"}");
    CHECK_STR(request_text(&r, "b"), "[1,2]");
    CHECK_STR(request_text(&r, "c"), NULL);
    CHECK_STR(request_text(&r, NULL), "{\"a\":{\"n\":1.0e2,\"s\":\" x \"},\"b\":[1,2]}");
}

static void test_fields(void)
{
    struct {
        const char *name;
        int64_t count;
    } out = {NULL, 5};
    static const struct field fields[] = {
        {"name", FIELD_STRING, FIELD_REQUIRED, 1, 5, 0},
        {"count", FIELD_INT, 0, 1, 10, sizeof(const char *)},
    };
    const struct json *body;
    CHECK_INT(PARSE("{\"name\":\"abc\"}", "REQUEST_URI=/"), 0);
    CHECK_INT(request_json(&r, &body, &e), 0);
    CHECK_INT(request_fields(&r, body, fields, 2, &out, &e), 0);
    CHECK_STR(out.name, "abc");
    CHECK_INT(out.count, 5);
    CHECK_INT(PARSE("{\"name\":\"abcdef\",\"count\":0}", "REQUEST_URI=/"), 0);
    CHECK_INT(request_json(&r, &body, &e), 0);
    CHECK_INT(request_fields(&r, body, fields, 2, &out, &e), -1);
    CHECK_INT(e.kind, ERR_INVALID);
    CHECK_INT(e.problems->count, 2);
    CHECK_STR(e.problems->last->pointer, "/count");
}

struct list_query {
    const char *status;
    int64_t limit;
};

static int read_list_query(const char *target, struct list_query *q)
{
    static const struct query_field fields[] = {
        {"status", QUERY_TEXT, 0, 0, offsetof(struct list_query, status)},
        {"limit", QUERY_INT, 1, 200, offsetof(struct list_query, limit)},
    };
    *q = (struct list_query){"none", 50};
    CHECK_INT(parse_uri(target), 0);
    return request_query_read(&r, fields, 2, q, &e);
}

static void test_query_fields(void)
{
    struct list_query q;
    CHECK_INT(read_list_query("/", &q), 0);
    CHECK_STR(q.status, "none");
    CHECK_INT(q.limit, 50);
    CHECK_INT(read_list_query("/?other=1&status=a%20b&limit=7", &q), 0);
    CHECK_STR(q.status, "a b");
    CHECK_INT(q.limit, 7);
    CHECK_INT(read_list_query("/?limit=201&status=", &q), 0);
    CHECK_INT(q.limit, 200);
    CHECK_STR(q.status, "");
    CHECK_INT(read_list_query("/?limit=99999999999999999999999", &q), 0);
    CHECK_INT(q.limit, 200);

    static const char *const bad[] = {"0",    "-1",   "",     "x",
                                      "1x",   "+1",   "%201", "1.5",
                                      "0x10", "1%20", "-",    "-99999999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char target[64];
        snprintf(target, sizeof target, "/?limit=%s", bad[i]);
        CHECK_INT(read_list_query(target, &q), -1);
        CHECK_INT(e.kind, ERR_INVALID);
        CHECK_STR(e.problems->first->pointer, "limit");
        CHECK_INT(q.limit, 50);
    }
    CHECK_INT(read_list_query("/?status=a&limit=0&status=a", &q), -1);
    CHECK_INT(e.problems->count, 2);
}

int main(void)
{
    static const struct test tests[] = {
        {"environment", test_environment},
        {"methods", test_methods},
        {"path segments", test_segments},
        {"query", test_query},
        {"targets that make no sense", test_bad_targets},
        {"headers that must come once", test_duplicates},
        {"content headers come by two names", test_content_headers},
        {"request id", test_id},
        {"media types", test_media_types},
        {"content encoding", test_content_encoding},
        {"JSON body", test_json},
        {"text of members", test_text},
        {"fields of the body", test_fields},
        {"fields of the query", test_query_fields},
    };
    arena = arena_new();
    int rc = check_main("request", tests, sizeof tests / sizeof *tests);
    arena_free(&arena);
    return rc;
}
