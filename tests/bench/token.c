/*
 * How long it takes to check and to sign an HS256 token, as one request and
 * one sign-in do it; the medians are told:
 *
 *     token: <us> us per check, <us> us per signature
 *
 * Fails when a check takes longer than the bar of 30 us.
 */
#include "auth/token.h"
#include "base/clock.h"

#include <stdio.h>

#define BAR_US 30
#define ROUNDS 31
#define EACH 1000

#define NOW INT64_C(1700000000)

static const char secret[] = "0123456789abcdef0123456789abcdef0123456789abcdef";
static const struct token_key key = {
    .kid = "2023-11", .alg = TOKEN_HS256, .bytes = secret, .len = sizeof secret - 1};

static const char claims[] =
    "{\"iss\":\"https://approvals.example.org\",\"aud\":\"https://approvals.example.org/api/v1\","
    "\"sub\":\"maria.lindgren@example.org\",\"iat\":1700000000,\"nbf\":1700000000,"
    "\"exp\":1700001800,\"jti\":\"0192f3a1-7c2e-7d4b-9a55-3f1e2d4c5b6a\","
    "\"roles\":[\"approver\",\"requester\"],\"groups\":[\"finance\",\"managers\",\"emea\"]}";

static const struct token_rules rules = {
    .now = NOW * 1000000,
    .issuer = "https://approvals.example.org",
    .audience = "https://approvals.example.org/api/v1",
};

static bool sign(struct arena *arena, struct str *token)
{
    (void)arena;
    struct err e = ERR_INIT;
    str_clear(token);
    return token_sign(token, &key, claims, &e) == 0;
}

static bool check(struct arena *arena, struct str *token)
{
    struct token_keys keys = {.list = &key, .count = 1};
    struct token_claims found;
    enum token_trouble trouble;
    const char *alg, *issuer;
    struct err e = ERR_INIT;
    return token_peek(arena, token->buf, &alg, &issuer, &e) == 0 &&
           token_verify(arena, token->buf, &keys, &rules, &found, &trouble, &e) == 0;
}

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Microseconds each, the median of the rounds; below 0: something is wrong. */
static double measure(bool (*work)(struct arena *, struct str *), struct str *token)
{
    double rounds[ROUNDS];
    struct arena *arena = arena_new();
    bool good = true;
    for (size_t i = 0; i < ROUNDS; i++) {
        int64_t start = clock_monotonic();
        for (size_t k = 0; k < EACH; k++) {
            good = work(arena, token) && good;
            arena_reset(arena);
        }
        rounds[i] = (double)(clock_monotonic() - start) / EACH;
    }
    arena_free(&arena);
    qsort(rounds, ROUNDS, sizeof *rounds, compare);
    return good ? rounds[ROUNDS / 2] : -1;
}

int main(void)
{
    struct str token = STR_INIT;
    double signing = measure(sign, &token), checking = measure(check, &token);
    str_release(&token);
    if (signing < 0 || checking < 0) {
        fputs("token: a good token was refused, or none could be made\n", stderr);
        return 1;
    }
    printf("token: %.1f us per check, %.1f us per signature\n", checking, signing);
    return checking <= BAR_US ? 0 : 1;
}
