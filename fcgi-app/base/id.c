#include "id.h"

#include "clock.h"

#include <sys/random.h>

static void random_bytes(unsigned char *out, size_t n)
{
    /* Up to 256 bytes are never cut short once the pool is ready. */
    if (getrandom(out, n, 0) != (ssize_t)n)
        abort();
}

const char *id_new(char out[ID_SIZE], const char *prefix, int64_t now)
{
    static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
    unsigned char random[10];
    random_bytes(random, sizeof random);

    char text[27];
    uint64_t ms = (uint64_t)(now / US_PER_MS);
    for (int i = 9; i >= 0; i--, ms >>= 5)
        text[i] = digits[ms & 31];
    uint64_t high = 0, low = 0;
    for (int i = 0; i < 5; i++) {
        high = high << 8 | random[i];
        low = low << 8 | random[5 + i];
    }
    for (int i = 7; i >= 0; i--, high >>= 5, low >>= 5) {
        text[10 + i] = digits[high & 31];
        text[18 + i] = digits[low & 31];
    }
    text[26] = '\0';
    snprintf(out, ID_SIZE, "%s%s", prefix, text);
    return out;
}

void id_random_hex(char *out, size_t n)
{
    static const char hex[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        unsigned char byte;
        random_bytes(&byte, 1);
        out[i] = hex[byte & 15];
    }
    out[n] = '\0';
}
