/*
 * Keys and certificates as PEM text, made with Python's cryptography and with
 * openssl from the same numbers that test_public_key.c has as JWK.
 */
#ifndef TESTS_KEY_TEXTS_H
#define TESTS_KEY_TEXTS_H

/* RFC 7517, appendix A.1 */
#define KEY_RSA_7517                                                     \
    "-----BEGIN PUBLIC KEY-----\n"                                       \
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0vx7agoebGcQSuuPiLJX\n" \
    "ZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tS\n" \
    "oc/BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ/2W+5JsGY4Hc5n9yBXArwl93lqt\n" \
    "7/RN5w6Cf0h4QyQ5v+65YGjQR0/FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0\n" \
    "zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt+bFTWhAI4vMQFh6WeZu0f\n" \
    "M4lFd2NcRwr3XPksINHaQ+G/xBniIqbw0Ls1jF44+csFCur+kEgU8awapJzKnqDK\n" \
    "gwIDAQAB\n"                                                         \
    "-----END PUBLIC KEY-----\n"

/* RFC 7515, appendix A.2.1 */
#define KEY_RSA_7515                                                     \
    "-----BEGIN PUBLIC KEY-----\n"                                       \
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAofgWCuLjybRlzo0tZWJj\n" \
    "NiuSfb4p4fAkd/wWJcyQoTbji9k0l8W26mPddxHmfHQp+Vaw+4qPCJrcS2mJPMEz\n" \
    "P1Pt0Bm4d4QlL+yRT+SFd2lZS+pCgNMsD1W/YpRPEwOWvG6b32690r2jZ47soMZo\n" \
    "9wGzjb/7OMg0LOL+bSf63kpaSHSXndS5z5rexMdbBYUsLA9e+KXBdQOS+UTo7WTB\n" \
    "EMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6/I5IhlJH7aGhyxX\n" \
    "FvUK+DWNmoudF8NAco9/h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXp\n" \
    "oQIDAQAB\n"                                                         \
    "-----END PUBLIC KEY-----\n"

/* RFC 7517, appendix A.1 */
#define KEY_EC_7517                                                      \
    "-----BEGIN PUBLIC KEY-----\n"                                       \
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEMKBCTNIcKUSDii11ySs3526iDZ8A\n" \
    "iTo7Tu6KPAqv7D7gS2XpJFbZiItSs3m9+9Ue6GnvHw/GW2ZZaVtszggXIw==\n"     \
    "-----END PUBLIC KEY-----\n"

/* RFC 7515, appendix A.3.1 */
#define KEY_EC_7515                                                      \
    "-----BEGIN PUBLIC KEY-----\n"                                       \
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n" \
    "6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n"     \
    "-----END PUBLIC KEY-----\n"

/* The first byte of x is zero */
#define KEY_EC_ZERO                                                      \
    "-----BEGIN PUBLIC KEY-----\n"                                       \
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEAAZMFY7Vo1V+G0USv55M7X/+Irs0\n" \
    "BlYf8C7/EFSK+PRhgYYpetrf/MvMzsZC6IS0hWZujgDOi5ekKbbN5Ch1Fw==\n"     \
    "-----END PUBLIC KEY-----\n"

/* Self-signed, valid until 2021 */
#define CERTIFICATE_EC                                                   \
    "-----BEGIN CERTIFICATE-----\n"                                      \
    "MIIBHzCBxaADAgECAgEHMAoGCCqGSM49BAMCMBkxFzAVBgNVBAMMDmlzc3Vlci5l\n" \
    "eGFtcGxlMB4XDTIwMDEwMTAwMDAwMFoXDTIxMDEwMTAwMDAwMFowGTEXMBUGA1UE\n" \
    "AwwOaXNzdWVyLmV4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQ5eO8r\n" \
    "CKys8ZVAMGXB0btt3f6iuGjvxQKSHL+V0BcP73f5jOGeFJPy/hXT/CXH0Aa84U4O\n" \
    "EjCKYiDuOQXK4qcOMAoGCCqGSM49BAMCA0kAMEYCIQC/CPg/sKLnKO1zKrUaEoo1\n" \
    "SHBWqP4e1zbR645HMEnXZwIhAPxIuTenT+DOd8DE+Dva38ueFmL4Km9CkpHda56O\n" \
    "EzZR\n"                                                             \
    "-----END CERTIFICATE-----\n"

/* What it certifies */
#define CERTIFICATE_EC_KEY                                               \
    "-----BEGIN PUBLIC KEY-----\n"                                       \
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEOXjvKwisrPGVQDBlwdG7bd3+orho\n" \
    "78UCkhy/ldAXD+93+YzhnhST8v4V0/wlx9AGvOFODhIwimIg7jkFyuKnDg==\n"     \
    "-----END PUBLIC KEY-----\n"

/* The same with a compressed point */
#define KEY_EC_COMPRESSED                                                \
    "-----BEGIN PUBLIC KEY-----\n"                                       \
    "MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgACOXjvKwisrPGVQDBlwdG7bd3+orho\n" \
    "78UCkhy/ldAXD+8=\n"                                                 \
    "-----END PUBLIC KEY-----\n"

#define CERTIFICATE_P384                                                 \
    "-----BEGIN CERTIFICATE-----\n"                                      \
    "MIIBWzCB4qADAgECAgEHMAoGCCqGSM49BAMCMBkxFzAVBgNVBAMMDmlzc3Vlci5l\n" \
    "eGFtcGxlMB4XDTIwMDEwMTAwMDAwMFoXDTIxMDEwMTAwMDAwMFowGTEXMBUGA1UE\n" \
    "AwwOaXNzdWVyLmV4YW1wbGUwdjAQBgcqhkjOPQIBBgUrgQQAIgNiAATFkcIGJn4M\n" \
    "aUHUiHZC0SxjeD2LS1bswkoZFsiE5sdGgqVaGsnvI/gwbyIHezJ/vl/o0/463zZr\n" \
    "UNR7nXA6O5AFgj46w6mnXUY/CLslSATUkJzPP/CrBJDe22ev3oInWmgwCgYIKoZI\n" \
    "zj0EAwIDaAAwZQIwQPYWS3Q1vPgLBRw6GdrfjchWeoDkJXlAwyFCmaEHdxCz67We\n" \
    "8yNOvqef1H3I9Nd0AjEAgxS6YtVrNY6u2ejEo1l6Y8y8ZFH14x5JtEYcQHX3+WH5\n" \
    "sn7oNJ9KLtmc7EunLyq9\n"                                             \
    "-----END CERTIFICATE-----\n"

#define KEY_RSA_1024                                                     \
    "-----BEGIN PUBLIC KEY-----\n"                                       \
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQD0rConbJ+Cz7yO9bwSPe6cpm2o\n" \
    "AuL/Mj4YOgXQwydnS0rb0OFv0EaBB3ag5pK/bL3Gn783JyFe6QgChmveeYmAnFMp\n" \
    "WIQxaxU6RnZBhyZixill7n5c9yj9s8X/fzyS3/+PdiHmZJWxMcVmzVQTJKTeAA3K\n" \
    "c9uB/pHrs7czTrVrkwIDAQAB\n"                                         \
    "-----END PUBLIC KEY-----\n"

/* The modulus of RFC 7515 */
#define KEY_RSA_EXPONENT_3                                                           \
    "-----BEGIN PUBLIC KEY-----\n"                                                   \
    "MIIBIDANBgkqhkiG9w0BAQEFAAOCAQ0AMIIBCAKCAQEAofgWCuLjybRlzo0tZWJjNiuSfb4p4fAk\n" \
    "d/wWJcyQoTbji9k0l8W26mPddxHmfHQp+Vaw+4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL+yRT+SFd2lZ\n" \
    "S+pCgNMsD1W/YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb/7OMg0LOL+bSf63kpaSHSXndS5z5re\n" \
    "xMdbBYUsLA9e+KXBdQOS+UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT\n" \
    "6/I5IhlJH7aGhyxXFvUK+DWNmoudF8NAco9/h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRW\n" \
    "yuXpoQIBAw==\n"                                                                 \
    "-----END PUBLIC KEY-----\n"

#define KEY_RSA_PSS                                                      \
    "-----BEGIN PUBLIC KEY-----\n"                                       \
    "MIIBIDALBgkqhkiG9w0BAQoDggEPADCCAQoCggEBAMNkP7jgSIQj5qBdbJ12srwy\n" \
    "Q9aFK9165eJQ5EoXFz9bhwuHdQXD+pwrvvlhx3SqBNB7CFnnHqJMn1DgSdLLj9A9\n" \
    "L7KaEf+yxAm2C2bI5tI7kEnPtrBn++4UfRVHvIuYfzOIORrcZOfLJFnyj2QAo276\n" \
    "oLVR7Rn1MmJrIWa6idy83u7oTMwnuuCNd61ny9uxkKLjFvzhoy5V6iqYVjZMhPKI\n" \
    "xhlLsSP7MeT6Qmv63p+7SE3XFn37ISZufJAwUlioh5Iyz9NGiZ4NqNwBkvWT4wNU\n" \
    "rCqwX8vFPaccIMarXnrHj47LiFJxqJbGNyg4mBLyOHMcplLz05bLb85m9AloyjMC\n" \
    "AwEAAQ==\n"                                                         \
    "-----END PUBLIC KEY-----\n"

#define KEY_P384                                                         \
    "-----BEGIN PUBLIC KEY-----\n"                                       \
    "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAExZHCBiZ+DGlB1Ih2QtEsY3g9i0tW7MJK\n" \
    "GRbIhObHRoKlWhrJ7yP4MG8iB3syf75f6NP+Ot82a1DUe51wOjuQBYI+OsOpp11G\n" \
    "Pwi7JUgE1JCczz/wqwSQ3ttnr96CJ1po\n"                                 \
    "-----END PUBLIC KEY-----\n"

#define KEY_SECP256K1                                                    \
    "-----BEGIN PUBLIC KEY-----\n"                                       \
    "MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEpiQqFp3AX9bG2xDfXLt5id2qkNVgenmC\n" \
    "p/q+nOvT0ps1Nvx7yPBLDrfmaDHmsaDFDfp2RumFJ3gzedzT4A+WKw==\n"         \
    "-----END PUBLIC KEY-----\n"

#define KEY_ED25519                                                  \
    "-----BEGIN PUBLIC KEY-----\n"                                   \
    "MCowBQYDK2VwAyEAMUW8QmXLnBYRZW3Si8eqF934ZC4v2aUJ3bjwLGEbLVY=\n" \
    "-----END PUBLIC KEY-----\n"

/* P-256 spelt out instead of named */
#define KEY_EC_EXPLICIT                                                  \
    "-----BEGIN PUBLIC KEY-----\n"                                       \
    "MIIBSzCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAABAAAA\n" \
    "AAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAAAAAAAA////\n" \
    "///////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMVAMSd\n" \
    "NgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5\n" \
    "RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8AAAAA\n" \
    "//////////+85vqtpxeehPO5ysL8YyVRAgEBA0IABDl47ysIrKzxlUAwZcHRu23d\n" \
    "/qK4aO/FApIcv5XQFw/vd/mM4Z4Uk/L+FdP8JcfQBrzhTg4SMIpiIO45Bcripw4=\n" \
    "-----END PUBLIC KEY-----\n"

/* The point at infinity */
#define KEY_EC_INFINITY                      \
    "-----BEGIN PUBLIC KEY-----\n"           \
    "MBkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDAgAA\n" \
    "-----END PUBLIC KEY-----\n"

#define KEY_EC_OFF_CURVE                                                             \
    "-----BEGIN PUBLIC KEY-----\n"                                                   \
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEOXjvKwisrPGVQDBlwdG7bd3+orho78UCkhy/ldAX\n" \
    "D+93+YzhnhST8v4V0/wlx9AGvOFODhIwimIg7jkFyuKnDw==\n"                             \
    "-----END PUBLIC KEY-----\n"

/* A byte after the key */
#define KEY_EC_TRAILING                                                              \
    "-----BEGIN PUBLIC KEY-----\n"                                                   \
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEOXjvKwisrPGVQDBlwdG7bd3+orho78UCkhy/ldAX\n" \
    "D+93+YzhnhST8v4V0/wlx9AGvOFODhIwimIg7jkFyuKnDgA=\n"                             \
    "-----END PUBLIC KEY-----\n"

/* PKCS #8 labelled as a public key */
#define KEY_PRIVATE_INSIDE                                                           \
    "-----BEGIN PUBLIC KEY-----\n"                                                   \
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgU2/tXj6PFCpMf5hYg0tbeX3n/i5Q\n" \
    "hVeGREnUF4PRzrShRANCAAQ5eO8rCKys8ZVAMGXB0btt3f6iuGjvxQKSHL+V0BcP73f5jOGeFJPy\n" \
    "/hXT/CXH0Aa84U4OEjCKYiDuOQXK4qcO\n"                                             \
    "-----END PUBLIC KEY-----\n"

#endif
