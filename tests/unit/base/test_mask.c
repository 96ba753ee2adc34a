#include "base/mask.h"

#include "check.h"

static void check_mask(const char *text, const char *want)
{
    struct str out = STR_INIT;
    mask_add(&out, text);
    CHECK_STR(out.len ? out.buf : "", want);
    str_release(&out);
}

static void test_addresses(void)
{
    check_mask("alice@example.org", "a***@example.org");
    check_mask("mail to <a.b+c@x.example.org>, now", "mail to <a***@x.example.org>, now");
    check_mask("/api/v1/users/alice%40example.org", "/api/v1/users/a***%40example.org");
    check_mask("a@b.c,d@e.f", "a***@b.c,d***@e.f");
    check_mask("user:alice@example.org approved", "user:a***@example.org approved");
}

static void test_telephone_numbers(void)
{
    check_mask("call +49 451 123456 now", "call +*** now");
    check_mask("tel:+491701234567", "tel:+***");
    check_mask("+1 (555) 010-9999.", "+***.");
    check_mask("2+2 and +12", "2+2 and +12");
}

static void test_secrets(void)
{
    check_mask("Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl!", "Bearer eyJ***!");
    check_mask("apk_abcdefghijkl_0123456789", "apk_***");
    check_mask("/setup?token=apl_0123456789abcdefghij&x=1", "/setup?token=apl_***&x=1");
    check_mask("aps_0123456789abcdefghij apr_0123456789abcdefghij", "aps_*** apr_***");
}

static void test_the_rest_stays(void)
{
    static const char *const texts[] = {
        "",
        "/api/v1/approvals/appr-01kdc5v3v3h0x6m5k1w4x8p2q9",
        "alice",
        "alice@host",
        "@example.org",
        "stage s@1 of wf",
        "eyJ is how tokens begin",
        "apk_short",
        "100% of 3 @ noon",
        "2026-11-24T21:20:27.990191Z",
        "\xc3\xa4@x",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check_mask(texts[i], texts[i]);
}

int main(void)
{
    static const struct test tests[] = {
        {"addresses", test_addresses},
        {"telephone numbers", test_telephone_numbers},
        {"secrets", test_secrets},
        {"the rest stays", test_the_rest_stays},
    };
    return check_main("base/mask", tests, sizeof tests / sizeof *tests);
}
