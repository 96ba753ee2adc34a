/*
 * A Cookie header made of anything. What is found is a part of it, once; a value that is no session
 * of ours is never taken for one, and only a session's own token protects its forms.
 */
#include "auth/bearer.h"
#include "auth/cookie.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HEADER_MAX 16384

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct site sites[] = {
        {.origin = "https://approvals.example", .secure = true},
        {.origin = "http://127.0.0.1:8003", .loopback = true, .assumed = true},
    };
    if (size > HEADER_MAX || memchr(data, '\0', size))
        return 0;
    struct arena *arena = arena_new();
    const char *header = arena_strndup(arena, (const char *)data, size);
    for (size_t i = 0; i < 2; i++) {
        char sha256[SHA256_HEX_SIZE], csrf[CSRF_SIZE];
        const char *value = cookie_find(arena, header, cookie_name(&sites[i]));
        if (!value)
            continue;
        REQUIRE(strstr(header, value));
        REQUIRE(!strchr(value, ';'));
        if (bearer_read(BEARER_SESSION, value, sha256))
            REQUIRE(!strncmp(value, "aps_", 4) && strlen(value) < BEARER_SIZE);
        csrf_token(value, csrf);
        REQUIRE(csrf_valid(value, csrf));
        REQUIRE(!csrf_valid(value, NULL) && !csrf_valid(value, header) == !!strcmp(header, csrf));
    }
    site_is_origin(&sites[1], header, NULL, header);
    arena_free(&arena);
    return 0;
}
