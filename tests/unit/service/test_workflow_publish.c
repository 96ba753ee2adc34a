#include "service/workflow_publish.h"

#include "base/clock.h"
#include "base/str.h"
#include "check.h"
#include "office.h"
#include "service/definitions.h"
#include "service/workflow_read.h"
#include "store/memory/memory.h"

#define NOW INT64_C(1767323045678901)

static struct clock fake;
static struct store *store;
static struct service sv;
static struct arena *arena;

static void set_up(void)
{
    fake = clock_fake(NOW);
    store = store_memory_open(&fake);
    arena = arena_new();
    office_open(&sv, store, &fake, NULL);
}

static void tear_down(void)
{
    arena_free(&arena);
    office_close(&sv);
    store_close(&store);
}

static void render_id(struct str *out, const void *result)
{
    const struct workflow_published *p = result;
    str_addf(out, "%s@%d%s", p->workflow_id, (int)p->revision, p->stored ? "" : " same");
}

static int render_problem(struct str *out, const struct err *e, const char *request_id)
{
    (void)request_id;
    str_add(out, e->message);
    return 422;
}

/* "id@revision", with " same" when nothing was stored, or the error's message. */
static const char *publish(const char *text)
{
    static const struct render render = {201, render_id, render_problem};
    struct json_limits limits = JSON_LIMITS_DEFAULT;
    const struct json *body = NULL;
    struct err e = ERR_INIT;
    struct answer out;
    struct logctx log = {0};
    struct call c = {.arena = arena,
                     .who = &principal_anonymous,
                     .log = &log,
                     .request_id = "req-1",
                     .render = &render};
    if (json_parse(arena, text, strlen(text), &limits, &body, &e) < 0)
        return arena_strdup(arena, e.message);
    struct workflow_publish in = {.body = body, .text = text};
    if (workflow_publish(&sv, &c, &in, &out, &e) < 0)
        return arena_strdup(arena, e.message);
    return out.body;
}

static void test_versions(void)
{
    set_up();
    CHECK_STR(publish("{\"id\":\"wf\",\"stages\":[{\"quorum\":1}]}"), "wf@1");
    CHECK_STR(publish("{\"id\":\"wf\",\"stages\":[{\"quorum\":2}]}"), "wf@2");
    /* The order of members is no difference. */
    CHECK_STR(publish("{\"stages\":[{\"quorum\":2}],\"id\":\"wf\"}"), "wf@2 same");
    /* Only the newest is compared: going back is a new version. */
    CHECK_STR(publish("{\"id\":\"wf\",\"stages\":[{\"quorum\":1}]}"), "wf@3");
    tear_down();
}

static void test_number_that_does_not_fit(void)
{
    set_up();
    const char *answer =
        publish("{\"id\":\"wf\",\"x\":92233720368547758080,\"stages\":[{\"quorum\":1}]}");
    CHECK(strstr(answer, "wf@") == NULL);
    struct workflow_list list;
    struct err e = ERR_INIT;
    CHECK_INT(workflow_read_all(&sv, arena, &principal_anonymous, &list, &e), 0);
    CHECK_INT(list.count, 0);
    tear_down();
}

static void test_generated_ids(void)
{
    set_up();
    const char *first = publish("{\"stages\":[{}]}"), *second = publish("{\"stages\":[{}]}");
    CHECK_INT(strspn(first + strlen("workflow-"), "0123456789abcdef"), 8);
    CHECK(!strncmp(first, "workflow-", 9));
    CHECK(strcmp(first, second) != 0);
    tear_down();
}

static void test_stage_configuration(void)
{
    set_up();
    publish("{\"id\":\"wf\",\"stages\":[{\"position\":2,\"sla\":{\"duration\":\"1.50h\"}},"
            "{\"id\":\"first\",\"position\":1}]}");
    struct workflow_detail detail;
    struct err e = ERR_INIT;
    CHECK_INT(workflow_read_one(&sv, arena, &principal_anonymous, "wf", &detail, &e), 0);
    CHECK_FATAL(detail.stage_count == 2);
    CHECK_STR(detail.stages[0].config,
              "{\"name\":\"first\",\"type\":\"sequential\",\"id\":\"first\",\"position\":1}");
    CHECK_STR(detail.stages[1].config,
              "{\"id\":\"wf-stage-1\",\"name\":\"wf-stage-1\",\"type\":\"sequential\","
              "\"position\":2,\"sla\":{\"duration\":\"1.50h\"}}");
    CHECK_INT(workflow_read_one(&sv, arena, &principal_anonymous, "nobody", &detail, &e), -1);
    CHECK_INT(e.kind, ERR_NOT_FOUND);
    tear_down();
}

/* More versions than are kept: each is found, and what is in use stays valid meanwhile. */
static void test_definitions_are_kept_within_bounds(void)
{
    enum { MANY = 600 };
    set_up();
    for (int i = 0; i < MANY; i++)
        publish(arena_printf(arena, "{\"id\":\"wf\",\"name\":\"n%d\",\"stages\":[{}]}", i));
    struct session *s = NULL;
    struct err e = ERR_INIT;
    CHECK_INT(store_read_begin(store, &s, &e), 0);
    struct arena *held = arena_new();
    const struct definition *first = NULL;
    CHECK_INT(definitions_get(sv.definitions, s, held, "wf", 1, &first, &e), 0);
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < MANY; i++) {
            struct arena *a = arena_new();
            const struct definition *d = NULL;
            CHECK_INT(definitions_get(sv.definitions, s, a, "wf", i + 1, &d, &e), 0);
            CHECK_STR(d->name, arena_printf(a, "n%d", i));
            arena_free(&a);
        }
    CHECK_STR(first->name, "n0");
    arena_free(&held);
    const struct definition *none = NULL;
    CHECK_INT(definitions_get(sv.definitions, s, arena, "wf", MANY + 1, &none, &e), -1);
    CHECK_INT(e.kind, ERR_INTERNAL);
    store_read_end(&s);
    tear_down();
}

int main(void)
{
    static const struct test tests[] = {
        {"content makes versions", test_versions},
        {"a number that does not fit is refused", test_number_that_does_not_fit},
        {"generated ids", test_generated_ids},
        {"stage configuration", test_stage_configuration},
        {"parsed definitions are kept within bounds", test_definitions_are_kept_within_bounds},
    };
    return check_main("service/workflow_publish", tests, sizeof tests / sizeof *tests);
}
