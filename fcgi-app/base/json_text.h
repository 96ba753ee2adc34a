/*
 * What json_scan.c, json_text.c and json.c share: work on the text of JSON.
 * Nobody else includes this; json.h is the contract.
 *
 * Keys are C strings in the tree. A NUL in a key ("\u0000") is kept as the two
 * bytes C0 80, which valid UTF-8 never contains, so different keys stay
 * different and none is cut short.
 */
#ifndef BASE_JSON_TEXT_H
#define BASE_JSON_TEXT_H

#include "json.h"

#define JSON_KEY_NUL "\xC0\x80"

struct json_facts {
    size_t members; /* of all objects together */
    bool nul_in_key;
};

/* json_scan, and what it saw. */
int json_scan_facts(const char *text, size_t len, const struct json_limits *limits,
                    struct json_facts *facts, struct err *e);

/* Reads four hex digits; false when the n bytes at p do not begin with them. */
bool json_hex4(const char *p, size_t n, unsigned *code);

/* The rest is for text that has passed the scan. */

/* Appends text with each "\u0000" in a key replaced by JSON_KEY_NUL. */
void json_mask_nul_keys(struct str *out, const char *text, size_t len);
/* For text that has a duplicate key: ERR_BAD_REQUEST naming the first. n log n in its members. */
int json_refuse_duplicate(const char *text, size_t len, size_t members, struct err *e);

#endif
