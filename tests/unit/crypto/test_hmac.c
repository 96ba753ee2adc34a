#include "crypto/hmac.h"

#include "check.h"

struct text {
    const char *data;
    size_t n;
};
#define TEXT(literal)                  \
    {                                  \
        (literal), sizeof(literal) - 1 \
    }

#define TWENTY(c) c c c c c c c c c c c c c c c c c c c c
#define FIFTY(c) TWENTY(c) TWENTY(c) c c c c c c c c c c
#define LONG_KEY TWENTY("\xaa") TWENTY("\xaa") TWENTY("\xaa") TWENTY("\xaa") FIFTY("\xaa") "\xaa"

/* RFC 4231, section 4; case 5 gives the first 128 bits only. */
static const struct vector {
    struct text key, data;
    const char *mac;
} vectors[] = {
    {TEXT(TWENTY("\x0b")), TEXT("Hi There"),
     "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {TEXT("Jefe"), TEXT("what do ya want for nothing?"),
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {TEXT(TWENTY("\xaa")), TEXT(FIFTY("\xdd")),
     "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
    {TEXT("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16"
          "\x17\x18\x19"),
     TEXT(FIFTY("\xcd")), "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
    {TEXT(TWENTY("\x0c")), TEXT("Test With Truncation"), "a3b6167473100ee06e0c796c2955552b"},
    {TEXT(LONG_KEY), TEXT("Test Using Larger Than Block-Size Key - Hash Key First"),
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    {TEXT(LONG_KEY),
     TEXT(
         "This is a test using a larger than block-size key and a larger than block-size data. The "
         "key needs to be hashed before being used by the HMAC algorithm."),
     "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
};

static void test_vectors(void)
{
    _Static_assert(sizeof(LONG_KEY) - 1 == 131, "as long as the standard has it");
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        const struct vector *v = &vectors[i];
        char mac[HMAC_HEX_SIZE];
        hmac_sha256_hex(v->key.data, v->key.n, v->data.data, v->data.n, mac);
        CHECK_INT(strlen(mac), HMAC_HEX_SIZE - 1);
        mac[strlen(v->mac)] = '\0';
        CHECK_STR(mac, v->mac);
    }
}

static void test_bytes(void)
{
    unsigned char mac[HMAC_SIZE];
    hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, mac);
    CHECK_INT(mac[0], 0x5b);
    CHECK_INT(mac[31], 0x43);
}

/* The value is the one that Python's hmac has for it. */
static void test_empty(void)
{
    char mac[HMAC_HEX_SIZE];
    hmac_sha256_hex("", 0, NULL, 0, mac);
    CHECK_STR(mac, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

int main(void)
{
    static const struct test tests[] = {
        {"the vectors of RFC 4231", test_vectors},
        {"as bytes", test_bytes},
        {"no key and nothing to sign", test_empty},
    };
    return check_main("crypto/hmac", tests, sizeof tests / sizeof *tests);
}
