#include "service/rules_evaluate.h"

#include "check.h"
#include "crypto/hash.h"
#include "directory.h"
#include "service/manual_only.h"
#include "service/rules_file.h"

#include <unistd.h>

#define RULES                                                                       \
    "{\"auto_approval_rules\":{\"by_action_type\":{\"query\":{\"enabled\":true}},"  \
    "\"by_agent_trust_level\":{\"high\":{\"enabled\":true,\"agents\":[\"rita\"]}}," \
    "\"by_risk_score\":{\"auto_approve_below\":0.5},"                               \
    "\"by_time_window\":{\"business_hours\":{\"enabled\":true,\"start\":\"09:00\"," \
    "\"end\":\"17:00\",\"timezone\":\"UTC\"}}},"                                    \
    "\"escalation_rules\":{\"high_risk_actions\":[\"deploy\"]}}"
#define NOON INT64_C(1767873600000000) /* a Thursday */
#define EVENING (NOON + 8 * 3600 * US_PER_SECOND)

static char path[] = "/tmp/test_rules_evaluate.XXXXXX";
static const struct principal rita = {.subject = "rita", .trusted = false};

static void set_up_with_rules(void)
{
    set_up();
    rules_file_close(&sv.rules);
    sv.rules = rules_file_open(path, sv.zones);
}

/* Asked by whoever is believed, at NOON, unless it is said otherwise. */
static struct rules_evaluation evaluate(struct rules_evaluate in, const char *payload)
{
    struct rules_evaluation out = {0};
    struct err e = ERR_INIT;
    in.payload = parse(payload);
    in.who = in.who ? in.who : &principal_anonymous;
    in.at = in.at ? in.at : NOON;
    CHECK_STR(outcome(rules_evaluate(&sv, arena, &in, &out, &e), &e), "ok");
    CHECK_FATAL(out.how.count > 0);
    CHECK_STR(out.how.steps[out.how.count - 1].rule, out.verdict.rule);
    return out;
}

static void test_believed(void)
{
    char sha256[SHA256_HEX_SIZE];
    hash_sha256_hex(RULES, strlen(RULES), sha256);
    set_up_with_rules();
    struct rules_evaluation got =
        evaluate((struct rules_evaluate){.action_type = "write"}, "{\"risk_score\":0.25}");
    CHECK(got.verdict.approve);
    CHECK_STR(got.verdict.rule, "by_risk_score.auto_approve_below");
    CHECK_STR(got.verdict.value, "0.25");
    CHECK_STR(got.rules_sha256, sha256);
    got = evaluate((struct rules_evaluate){0}, "{\"action_type\":\"deploy\"}");
    CHECK(!got.verdict.approve);
    CHECK(got.verdict.alarm);
    got = evaluate((struct rules_evaluate){.at = EVENING}, "{}");
    CHECK_STR(got.verdict.rule, "by_time_window.business_hours");
    CHECK_STR(got.verdict.value, "Thursday 20:00 UTC");
    tear_down();
}

/* The agent is then the caller, or he whom the caller asks about. */
static void test_not_believed(void)
{
    struct rules_evaluate by_rita = {.who = &rita, .action_type = "write"};
    struct rules_evaluate about_otto = {.who = &rita, .action_type = "write", .requester = "otto"};
    struct rules_evaluate no_type = {.who = &rita, .requester = "otto"};
    set_up_with_rules();
    CHECK_STR(evaluate(by_rita, "{\"agent\":\"x\"}").verdict.rule, "by_agent_trust_level.high");
    CHECK_STR(evaluate(about_otto, "{\"agent\":\"rita\",\"risk_score\":0}").verdict.rule, "none");
    CHECK_STR(evaluate(no_type, "{\"action_type\":\"query\"}").verdict.rule, "none");
    CHECK_STR(evaluate(no_type, "{}").verdict.rule, "by_action_type.query");
    tear_down();
}

static void test_manual_only(void)
{
    struct answer answer;
    struct err e = ERR_INIT;
    set_up_with_rules();
    struct call c = call();
    CHECK_STR(outcome(manual_only_set(&sv, &c, true, NULL, &answer, &e), &e), "ok");
    struct rules_evaluation got = evaluate((struct rules_evaluate){0}, "{}");
    CHECK(!got.verdict.approve);
    CHECK_STR(got.verdict.rule, "manual_only");
    tear_down();
}

static void test_no_rules(void)
{
    set_up();
    struct rules_evaluation got = evaluate((struct rules_evaluate){0}, "{}");
    CHECK(!got.verdict.approve);
    CHECK_STR(got.verdict.rule, "no_rules");
    CHECK_STR(got.rules_sha256, NULL);
    tear_down();
}

static const struct test tests[] = {
    {"what a believed caller is told", test_believed},
    {"what others are told", test_not_believed},
    {"the kill switch", test_manual_only},
    {"no rules", test_no_rules},
};

int main(void)
{
    int fd = mkstemp(path);
    if (fd < 0 || write(fd, RULES, strlen(RULES)) != (ssize_t)strlen(RULES))
        return 2;
    close(fd);
    log_setup(LOG_LEVEL_COUNT, "test");
    int rc = check_main("service/rules_evaluate", tests, sizeof tests / sizeof *tests);
    unlink(path);
    return rc;
}
