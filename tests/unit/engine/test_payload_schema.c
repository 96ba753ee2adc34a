#include "engine/payload_schema.h"
#include "quoted.h"

/* Everything that a check or a compilation found: "pointer: sentence" lines. */
static char found_text[32768];

static const char *found(const struct problems *p)
{
    struct str s = STR_INIT;
    for (const struct problem *one = p->first; one; one = one->next)
        str_addf(&s, "%s%s: %s", s.len ? "\n" : "", one->pointer, one->detail);
    snprintf(found_text, sizeof found_text, "%s", s.buf);
    str_release(&s);
    return found_text;
}

/* The schema's own JSON is gone before anything is checked. */
static const struct payload_schema *compiled(struct arena *arena, const char *schema,
                                             struct problems *p)
{
    struct arena *scratch = arena_new();
    problems_init(p, arena);
    const struct payload_schema *s =
        payload_schema_compile(arena, json_of(scratch, schema), "/payload_schema", p);
    arena_free(&scratch);
    return s;
}

/* What is wrong with a value, "" when it fits. */
static const char *checked(const char *schema, const char *value)
{
    struct arena *arena = arena_new();
    struct problems p;
    const struct payload_schema *s = compiled(arena, schema, &p);
    if (!s)
        fprintf(stderr, "%s: %s\n", schema, found(&p));
    CHECK_FATAL(s != NULL && p.count == 0);
    payload_schema_check(s, json_of(arena, value), "", &p);
    const char *text = found(&p);
    CHECK((p.count == 0) == !*text);
    arena_free(&arena);
    return text;
}

static const char *refused(const char *schema)
{
    struct arena *arena = arena_new();
    struct problems p;
    const struct payload_schema *s = compiled(arena, schema, &p);
    CHECK(s == NULL && p.count > 0);
    const char *text = found(&p);
    arena_free(&arena);
    return text;
}

struct row {
    const char *schema, *value, *wrong; /* NULL: fits */
};

static void check_rows(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *got = checked(rows[i].schema, rows[i].value);
        const char *want = rows[i].wrong ? rows[i].wrong : "";
        if (strcmp(got, want) != 0)
            fprintf(stderr, "%s with %s\n", rows[i].schema, rows[i].value);
        CHECK_STR(got, want);
    }
}
#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof *(rows))

static void test_example(void)
{
    const char *schema = "{'$schema':'https://json-schema.org/draft/2020-12/schema',"
                         "'title':'Refund','type':'object','required':['amount','currency'],"
                         "'properties':{'amount':{'type':'integer','minimum':1},"
                         "'currency':{'enum':['EUR','USD']},"
                         "'lines':{'type':'array','items':{'type':'object',"
                         "'required':['text']}}},'additionalProperties':false,'x-ours':[1]}";
    CHECK_STR(checked(schema, "{'amount':1,'currency':'EUR','lines':[{'text':''}]}"), "");
    CHECK_STR(checked(schema, "{'amount':0,'lines':[{'text':''},{}],'extra':1}"),
              ": \"currency\" is required\n"
              "/amount: must be at least 1, not 0\n"
              "/lines/1: \"text\" is required\n"
              "/extra: is not allowed here");
}

static void test_type(void)
{
    static const struct row rows[] = {
        {"{'type':'null'}", "null", NULL},
        {"{'type':'null'}", "0", ": must be null, not 0"},
        {"{'type':'boolean'}", "false", NULL},
        {"{'type':'boolean'}", "null", ": must be true or false, not null"},
        {"{'type':'object'}", "{}", NULL},
        {"{'type':'object'}", "[]", ": must be an object, not an array"},
        {"{'type':'array'}", "[]", NULL},
        {"{'type':'array'}", "{}", ": must be an array, not an object"},
        {"{'type':'number'}", "1.5", NULL},
        {"{'type':'number'}", "1", NULL},
        {"{'type':'number'}", "'12'", ": must be a number, not \"12\""},
        {"{'type':'string'}", "''", NULL},
        {"{'type':'string'}", "true", ": must be a string, not true"},
        {"{'type':'integer'}", "1.0", NULL},
        {"{'type':'integer'}", "-1e300", NULL},
        {"{'type':'integer'}", "1.5", ": must be a whole number, not 1.5"},
        {"{'type':['string','null']}", "null", NULL},
        {"{'type':['string','null']}", "[]", ": must be null or a string, not an array"},
        {"{'type':['string','null','integer']}", "1.5",
         ": must be null, a string or a whole number, not 1.5"},
    };
    CHECK_ROWS(rows);
}

static void test_choices(void)
{
    static const struct row rows[] = {
        {"{'const':1}", "1.0", NULL},
        {"{'const':1.0}", "1", NULL},
        {"{'const':1}", "2", ": must be 1, not 2"},
        {"{'const':1}", "true", ": must be 1, not true"},
        {"{'const':null}", "null", NULL},
        {"{'const':null}", "0", ": must be null, not 0"},
        {"{'const':'a'}", "'a'", NULL},
        {"{'const':'a'}", "'\\u0000a'", ": must be \"a\", not \"\\u0000a\""},
        {"{'const':{'a':1,'b':[2,{'c':null}]}}", "{'b':[2.0,{'c':null}],'a':1}", NULL},
        {"{'const':{'a':1}}", "{'a':1,'b':2}", ": must be {\"a\":1}"},
        {"{'const':{'a':1}}", "{'b':1}", ": must be {\"a\":1}"},
        {"{'const':[1,2]}", "[2,1]", ": must be [1,2]"},
        {"{'const':[1,2]}", "[1]", ": must be [1,2]"},
        {"{'const':9007199254740993}", "9007199254740992",
         ": must be 9007199254740993, not 9007199254740992"},
        {"{'const':9223372036854775807}", "9223372036854775807", NULL},
        {"{'enum':['a',1,null,[],{}]}", "1.0", NULL},
        {"{'enum':['a',1,null,[],{}]}", "{}", NULL},
        {"{'enum':['a',1,null,[],{}]}", "'b'",
         ": must be one of \"a\", 1, null, [], {}, not \"b\""},
        {"{'enum':[1,2,3,4,5,6,7,8,9,10,11,12]}", "0",
         ": must be one of 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more, not 0"},
        {"{'const':'a long text of much more than forty characters'}", "1",
         ": must be \"a long text of much more than forty char…\", not 1"},
    };
    CHECK_ROWS(rows);
}

static void test_numbers(void)
{
    static const struct row rows[] = {
        {"{'minimum':1}", "1", NULL},
        {"{'minimum':1}", "0", ": must be at least 1, not 0"},
        {"{'minimum':1}", "0.999", ": must be at least 1, not 0.999"},
        {"{'minimum':1}", "'0'", NULL},
        {"{'maximum':2.50}", "2.5", NULL},
        {"{'maximum':2.50}", "3", ": must be at most 2.50, not 3"},
        {"{'exclusiveMinimum':0}", "0.1", NULL},
        {"{'exclusiveMinimum':0}", "0", ": must be more than 0, not 0"},
        {"{'exclusiveMaximum':10}", "9", NULL},
        {"{'exclusiveMaximum':10}", "10.0", ": must be less than 10, not 10.0"},
        {"{'maximum':9007199254740992}", "9007199254740993",
         ": must be at most 9007199254740992, not 9007199254740993"},
        {"{'maximum':9223372036854775807}", "9223372036854775808.0",
         ": must be at most 9223372036854775807, not 9223372036854775808.0"},
        {"{'minimum':9223372036854775807}", "9.3e18", NULL},
        {"{'minimum':1e19}", "9223372036854775807",
         ": must be at least 1e19, not 9223372036854775807"},
        {"{'maximum':-1e19}", "-5", ": must be at most -1e19, not -5"},
        {"{'minimum':-9000000000000000000}", "-1e19",
         ": must be at least -9000000000000000000, not -1e19"},
        {"{'minimum':1}", "99999999999999999999", ": must be a whole number of 64 bits at most"},
        {"{'minimum':1}", "9223372036854775808", ": must be a whole number of 64 bits at most"},
        {"{'type':'integer'}", "-99999999999999999999",
         ": must be a whole number of 64 bits at most"},
        {"{}", "99999999999999999999", NULL},
        {"{'multipleOf':5}", "-10", NULL},
        {"{'multipleOf':5}", "10.0", NULL},
        {"{'multipleOf':5}", "7", ": must be a multiple of 5, not 7"},
        {"{'multipleOf':1}", "0.5", ": must be a multiple of 1, not 0.5"},
        {"{'multipleOf':10}", "1e20", NULL},
        {"{'multipleOf':7}", "-7e18", NULL},
        {"{'multipleOf':7}", "1e22", ": must be a multiple of 7, not 1e22"},
        {"{'multipleOf':7}", "1e999", ": must be a multiple of 7, not 1e999"},
        {"{'multipleOf':7}", "'x'", NULL},
    };
    CHECK_ROWS(rows);
}

static void test_counts(void)
{
    static const struct row rows[] = {
        {"{'minLength':2}", "'é€'", NULL},
        {"{'minLength':2}", "'€'", ": must have at least 2 characters, not 1"},
        {"{'minLength':2.0}", "'\\u0000\\u0000'", NULL},
        {"{'minLength':2}", "1", NULL},
        {"{'maxLength':1}", "'\\ud834\\udd1e'", NULL},
        {"{'maxLength':1}", "'ab'", ": must have at most 1 character, not 2"},
        {"{'minItems':1}", "[null]", NULL},
        {"{'minItems':1}", "[]", ": must have at least 1 element, not 0"},
        {"{'minItems':1}", "{}", NULL},
        {"{'maxItems':2}", "[1,2]", NULL},
        {"{'maxItems':2}", "[1,2,3]", ": must have at most 2 elements, not 3"},
        {"{'minProperties':1}", "{'a':null}", NULL},
        {"{'minProperties':1}", "{}", ": must have at least 1 member, not 0"},
        {"{'minProperties':1}", "[]", NULL},
        {"{'maxProperties':0}", "{}", NULL},
        {"{'maxProperties':0}", "{'a':1}", ": must have at most 0 members, not 1"},
    };
    CHECK_ROWS(rows);
}

static void test_arrays(void)
{
    static const struct row rows[] = {
        {"{'items':{'type':'string'}}", "['a','b']", NULL},
        {"{'items':{'type':'string'}}", "['a',1,2]",
         "/1: must be a string, not 1\n/2: must be a string, not 2"},
        {"{'items':{'type':'string'}}", "{'0':1}", NULL},
        {"{'items':false}", "[]", NULL},
        {"{'items':false}", "[1]", "/0: is not allowed here"},
        {"{'prefixItems':[{'type':'string'},true]}", "['a']", NULL},
        {"{'prefixItems':[{'type':'string'},true]}", "['a',1,2]", NULL},
        {"{'prefixItems':[{'type':'string'},true]}", "[1]", "/0: must be a string, not 1"},
        {"{'prefixItems':[true],'items':false}", "[1]", NULL},
        {"{'items':false,'prefixItems':[true]}", "[1,2]", "/1: is not allowed here"},
        {"{'uniqueItems':true}", "[1,'1',true,null,[1],[2],{},{'a':1}]", NULL},
        {"{'uniqueItems':true}", "[0,1,2,1.0]", ": must not have an element twice, as at 1 and 3"},
        {"{'uniqueItems':true}", "[{'a':1,'b':2},{'b':2,'a':1}]",
         ": must not have an element twice, as at 0 and 1"},
        {"{'uniqueItems':true}", "[0.5,false,0.5]",
         ": must not have an element twice, as at 0 and 2"},
        {"{'uniqueItems':true}", "{'a':1,'b':1}", NULL},
        {"{'uniqueItems':false}", "[1,1]", NULL},
    };
    CHECK_ROWS(rows);
}

static void test_objects(void)
{
    static const struct row rows[] = {
        {"{'properties':{'b':{'type':'string'},'a':true,'c':{'type':'null'}}}",
         "{'a':1,'b':'','c':null,'d':1}", NULL},
        {"{'properties':{'b':{'type':'string'},'a':true,'c':{'type':'null'}}}", "{'b':1,'c':2}",
         "/b: must be a string, not 1\n/c: must be null, not 2"},
        {"{'properties':{'a':false}}", "{'a':1}", "/a: is not allowed here"},
        {"{'properties':{'a/b':{'type':'object'},'c~d':{'type':'object'}}}", "{'a/b':1,'c~d':2}",
         "/a~1b: must be an object, not 1\n/c~0d: must be an object, not 2"},
        {"{'properties':{'a':{'properties':{'b':{'minimum':3}}}}}", "{'a':{'b':1}}",
         "/a/b: must be at least 3, not 1"},
        {"{'properties':{'a':true},'additionalProperties':false}", "{'a':1}", NULL},
        {"{'additionalProperties':false,'properties':{'a':true}}", "{'b':1}",
         "/b: is not allowed here"},
        {"{'additionalProperties':true}", "{'b':1}", NULL},
        {"{'additionalProperties':{'type':'string'}}", "{'a':'','b':1}",
         "/b: must be a string, not 1"},
        {"{'required':['a','b']}", "{'a':null,'b':1}", NULL},
        {"{'required':['a','b']}", "{'c':1}", ": \"a\" is required\n: \"b\" is required"},
        {"{'required':[]}", "{}", NULL},
        {"{'required':['a']}", "[]", NULL},
        {"{'dependentRequired':{'company':['vat'],'a':[]}}", "{'a':1}", NULL},
        {"{'dependentRequired':{'company':['vat']}}", "{'company':1,'vat':2}", NULL},
        {"{'dependentRequired':{'company':['vat','city']}}", "{'company':null,'city':1}",
         ": \"vat\" is required when \"company\" is given"},
        {"{'dependentRequired':{'company':['vat']}}", "'company'", NULL},
    };
    CHECK_ROWS(rows);
}

static void test_combinations(void)
{
    static const struct row rows[] = {
        {"true", "1", NULL},
        {"{}", "1", NULL},
        {"false", "1", ": is not allowed here"},
        {"{'allOf':[{'minimum':1},{'maximum':3}]}", "2", NULL},
        {"{'allOf':[{'minimum':1},{'maximum':3,'type':'string'}]}", "4",
         ": must be at most 3, not 4\n: must be a string, not 4"},
        {"{'anyOf':[{'type':'string'},{'minimum':3}]}", "3", NULL},
        {"{'anyOf':[{'type':'string'},{'minimum':3}]}", "2",
         ": must fit at least one of the 2 alternatives, and fits none"},
        {"{'oneOf':[{'type':'string'},{'minimum':3}]}", "3", NULL},
        {"{'oneOf':[{'type':'string'},{'minimum':3}]}", "2",
         ": must fit one of the 2 alternatives, and fits none"},
        {"{'oneOf':[{'type':'string'},{'minimum':3}]}", "'a'",
         ": must fit exactly one of the 2 alternatives, and fits 2"},
        {"{'not':{'type':'string'}}", "1", NULL},
        {"{'not':{'type':'string'}}", "''", ": has a form that is not allowed here"},
        {"{'not':{'not':{'required':['a']}}}", "{'a':1}", NULL},
        {"{'if':{'minimum':10},'then':{'multipleOf':10},'else':{'minimum':5}}", "20", NULL},
        {"{'if':{'minimum':10},'then':{'multipleOf':10},'else':{'minimum':5}}", "21",
         ": must be a multiple of 10, not 21"},
        {"{'if':{'minimum':10},'then':{'multipleOf':10},'else':{'minimum':5}}", "4",
         ": must be at least 5, not 4"},
        {"{'if':{'minimum':10}}", "4", NULL},
        {"{'if':false,'then':false}", "4", NULL},
        {"{'then':false,'else':false}", "4", NULL},
    };
    CHECK_ROWS(rows);
}

static void test_references(void)
{
    static const struct row rows[] = {
        {"{'items':{'$ref':'#/$defs/n'},'$defs':{'n':{'type':'number'}}}", "[1]", NULL},
        {"{'items':{'$ref':'#/$defs/n'},'$defs':{'n':{'type':'number'}}}", "[1,'']",
         "/1: must be a number, not \"\""},
        {"{'$ref':'#/$defs/a','maximum':3,'$defs':{'a':{'$ref':'#/$defs/b'},'b':{'minimum':1}}}",
         "0", ": must be at least 1, not 0"},
        {"{'$ref':'#/$defs/a','maximum':3,'$defs':{'a':{'$ref':'#/$defs/b'},'b':{'minimum':1}}}",
         "4", ": must be at most 3, not 4"},
        {"{'$ref':'#/$defs/a~1b~0','$defs':{'a/b~':false}}", "0", ": is not allowed here"},
        {"{'$ref':'#/$defs/tree','$defs':{'tree':{'required':['v'],"
         "'properties':{'sub':{'items':{'$ref':'#/$defs/tree'}}}}}}",
         "{'v':1,'sub':[{'v':2},{'v':3,'sub':[{'v':4}]}]}", NULL},
        {"{'$ref':'#/$defs/tree','$defs':{'tree':{'required':['v'],"
         "'properties':{'sub':{'items':{'$ref':'#/$defs/tree'}}}}}}",
         "{'v':1,'sub':[{'v':2},{'v':3,'sub':[{}]}]}", "/sub/1/sub/0: \"v\" is required"},
    };
    CHECK_ROWS(rows);
}

static void check_format(const char *format, bool right, const char *text)
{
    struct arena *arena = arena_new();
    const char *schema = arena_printf(arena, "{'format':'%s'}", format);
    struct str value = STR_INIT;
    str_addch(&value, '"');
    str_add_json(&value, text, strlen(text));
    str_addch(&value, '"');
    /* json_of reads ' as ", so that one is written in the other way. */
    for (char *quote; (quote = strchr(value.buf, '\''));) {
        struct str escaped = STR_INIT;
        str_addn(&escaped, value.buf, (size_t)(quote - value.buf));
        str_addf(&escaped, "\\u0027%s", quote + 1);
        str_release(&value);
        value = escaped;
    }
    bool got = !*checked(schema, value.buf);
    if (got != right)
        fprintf(stderr, "%s: %s\n", format, text);
    CHECK(got == right);
    str_release(&value);
    arena_free(&arena);
}

static void check_formats(const char *format, bool right, const char *const *texts)
{
    for (; *texts; texts++)
        check_format(format, right, *texts);
}

static void test_format_times(void)
{
    static const char *const dates[] = {"2026-01-31", "2024-02-29", "2000-02-29", NULL};
    static const char *const no_dates[] = {
        "",           "2026-02-29", "1900-02-29",  "2026-13-01",  "2026-00-01",
        "2026-01-00", "2026-1-31",  "2026-01-31 ", " 2026-01-31", "2026-01-3a",
        "20260131",   "2026-04-31", "২026-01-31",  NULL};
    static const char *const times[] = {"09:30:00Z",      "09:30:00z",      "23:59:59.123456789Z",
                                        "00:00:00+23:59", "23:59:60Z",      "01:29:60.5+01:30",
                                        "15:59:60-08:00", "09:30:00-00:00", NULL};
    static const char *const no_times[] = {
        "",          "09:30Z",         "09:30:00",       "24:00:00Z",     "09:60:00Z",
        "09:30:61Z", "22:59:60Z",      "23:59:60+01:00", "9:30:00Z",      "09:30:00.Z",
        "09:30:00+", "09:30:00+24:00", "09:30:00+01:60", "09:30:00+0100", "09:30:00ZZ",
        NULL};
    static const char *const both[] = {"2026-01-31T09:30:00Z", "2026-01-31t09:30:00.5+02:00",
                                       "1998-12-31T23:59:60Z", NULL};
    static const char *const neither[] = {
        "2026-01-31", "2026-01-31 09:30:00Z", "2026-02-30T09:30:00Z", "2026-01-31T09:30:00", "T",
        NULL};
    check_formats("date", true, dates);
    check_formats("date", false, no_dates);
    check_formats("time", true, times);
    check_formats("time", false, no_times);
    check_formats("date-time", true, both);
    check_formats("date-time", false, neither);
    CHECK_STR(checked("{'format':'date'}", "'soon'"),
              ": must be a date such as 2026-01-31, not \"soon\"");
    CHECK_STR(checked("{'format':'date'}", "5"), "");
}

static void test_format_email(void)
{
    static const char *const good[] = {"joe@example.com",
                                       "joe.bloggs+tag@example.com",
                                       "~joe@localhost",
                                       "a@b-c.d",
                                       "\"joe bloggs\"@example.com",
                                       "\"joe\\\"@bloggs\"@example.com",
                                       "\"\"@a",
                                       "joe@[127.0.0.1]",
                                       "joe@[IPv6:::1]",
                                       "o'neill@example.com",
                                       NULL};
    static const char *const bad[] = {
        "",
        "joe",
        "@",
        "joe@",
        "@example.com",
        ".joe@example.com",
        "joe.@example.com",
        "jo..e@example.com",
        "joe bloggs@example.com",
        "joe@exa mple.com",
        "joe@-a.com",
        "joe@a-.com",
        "joe@a..com",
        "joe@a_b",
        "\"jo\"e\"@example.com",
        "\"joe\\\"@example.com",
        "\"@example.com",
        "joe@[127.0.0.300]",
        "joe@[127.0.0]",
        "joe@[127.0.0.1.2]",
        "joe@[127.0.0.1",
        "joe@[IPv6:zz]",
        "joe@[]",
        "joe@[127.0.0.01]",
        "jöe@example.com",
        "a123456789012345678901234567890123456789012345678901234567890123456789@example.com",
        "a@a123456789012345678901234567890123456789012345678901234567890123456789.com",
        NULL};
    check_formats("email", true, good);
    check_formats("email", false, bad);
}

static void test_format_uri(void)
{
    static const char *const good[] = {"https://example.com/",
                                       "http://foo.bar/?baz=qux#quux",
                                       "urn:isbn:0451450523",
                                       "mailto:joe@example.com",
                                       "tel:+1-816-555-1212",
                                       "http://joe:pw@[2001:db8::7]:8080/a//b",
                                       "ldap://[2001:db8::7]/c=GB?objectClass?one",
                                       "a:",
                                       "file:///etc/x",
                                       "http://x:/",
                                       "http://a/%20%C3%A9",
                                       "http://-.~_!$&'()*+,;=:%40:80@example.com",
                                       "http://[v1.fe:a]/",
                                       "x://1.2.3.4:80?a/b?c#d/e?f",
                                       NULL};
    static const char *const bad[] = {"",
                                      "abc",
                                      "/abc",
                                      "//foo.bar/",
                                      "1http://a",
                                      "ht*p://a",
                                      ":a",
                                      "http://a b",
                                      "http://a/ b",
                                      "http://a/%2",
                                      "http://a/%zz",
                                      "http://a/<",
                                      "http://a/\\b",
                                      "http://a/\"",
                                      "http://a#b#c",
                                      "http://[::1/",
                                      "http://[::zz]/",
                                      "http://::1]/",
                                      "http://a:8x/",
                                      "http://a/[b]",
                                      "http://[@example.org/",
                                      "http://é/",
                                      "http://a?^",
                                      "http://a/{b}",
                                      "http://[v1]/",
                                      "http://[v.a]/",
                                      "http://[]/",
                                      NULL};
    static const char *const v6[] = {"::",
                                     "::1",
                                     "1::",
                                     "1:2:3:4:5:6:7:8",
                                     "1:2:3::7:8",
                                     "::ffff:1.2.3.4",
                                     "1:2:3:4:5:6:1.2.3.4",
                                     "fe80::a",
                                     NULL};
    static const char *const no_v6[] = {":",
                                        ":1",
                                        "1:",
                                        "1:2",
                                        "1:::2",
                                        "1::2::3",
                                        "12345::",
                                        "1:2:3:4:5:6:7:8:9",
                                        "1:2:3:4:5:6:7:8::",
                                        "1.2.3.4",
                                        "::1.2.3",
                                        "1:2:3:4:5:6:7:1.2.3.4",
                                        "g::",
                                        NULL};
    struct arena *arena = arena_new();
    check_formats("uri", true, good);
    check_formats("uri", false, bad);
    for (size_t i = 0; v6[i]; i++)
        check_format("uri", true, arena_printf(arena, "http://[%s]/", v6[i]));
    for (size_t i = 0; no_v6[i]; i++)
        check_format("uri", false, arena_printf(arena, "http://[%s]/", no_v6[i]));
    arena_free(&arena);
}

static void test_format_uuid(void)
{
    static const char *const good[] = {"2EB8AA08-aa98-11ea-b4aa-73b441d16380",
                                       "00000000-0000-0000-0000-000000000000", NULL};
    static const char *const bad[] = {"",
                                      "2eb8aa08-aa98-11ea-b4aa-73b441d1638",
                                      "2eb8aa08-aa98-11ea-b4aa-73b441d163800",
                                      "2eb8aa08aa98-11ea-b4aa73b441d16380----",
                                      "2eb8aa08-aa98-11ea-b4aa-73b441d1638g",
                                      NULL};
    check_formats("uuid", true, good);
    check_formats("uuid", false, bad);
}

#define NOT_A_KEYWORD "is not one of the keywords that a payload schema may use"

static void test_refuses_what_it_does_not_check(void)
{
    static const char *const strangers[] = {
        "pattern",
        "patternProperties",
        "propertyNames",
        "contains",
        "minContains",
        "maxContains",
        "unevaluatedProperties",
        "unevaluatedItems",
        "dependentSchemas",
        "$dynamicRef",
        "$dynamicAnchor",
        "$anchor",
        "$vocabulary",
        "definitions",
        "dependencies",
        "additionalItems",
        "contentEncoding",
        "contentMediaType",
        "contentSchema",
        "minimun",
        "X-a",
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++) {
        const char *name = strangers[i];
        CHECK_STR(refused(arena_printf(arena, "{'%s':{}}", name)),
                  arena_printf(arena, "/payload_schema/%s: " NOT_A_KEYWORD, name));
        CHECK_STR(refused(arena_printf(arena, "{'items':{'anyOf':[true,{'%s':1}]}}", name)),
                  arena_printf(arena, "/payload_schema/items/anyOf/1/%s: " NOT_A_KEYWORD, name));
    }
    arena_free(&arena);
    CHECK_STR(refused("{'$id':'a','properties':{'a':{'$id':'b'}}}"),
              "/payload_schema/properties/a/$id: \"$id\" is supported at the top of the schema "
              "only");
    CHECK_STR(refused("{'items':{'$defs':{'a':true}}}"),
              "/payload_schema/items/$defs: \"$defs\" is supported at the top of the schema only");
    CHECK_STR(refused("{'pattern':'a','$defs':{'unused':{'contains':1}}}"),
              "/payload_schema/pattern: " NOT_A_KEYWORD
              "\n/payload_schema/$defs/unused/contains: " NOT_A_KEYWORD);
}

static void test_reads_over_annotations(void)
{
    static const char *const names[] = {"$schema",     "$id",       "$comment", "title",
                                        "description", "default",   "examples", "deprecated",
                                        "readOnly",    "writeOnly", "x-",       "x-anything"};
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        CHECK_STR(checked(arena_printf(arena, "{'%s':{'pattern':1}}", names[i]), "5"), "");
    arena_free(&arena);
}

static void test_refuses_references(void)
{
    static const char *const others[] = {"'#'",
                                         "'#/properties/a'",
                                         "'https://example.com/s'",
                                         "'other.json#/$defs/a'",
                                         "'#a'",
                                         "1",
                                         "''",
                                         "null"};
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        CHECK_STR(refused(arena_printf(arena, "{'$ref':%s,'$defs':{'a':true}}", others[i])),
                  "/payload_schema/$ref: must be \"#/$defs/<name>\": other references are not "
                  "supported");
    arena_free(&arena);
    CHECK_STR(refused("{'$ref':'#/$defs/b','$defs':{'a':true}}"),
              "/payload_schema/$ref: refers to a schema that \"$defs\" does not have");
    CHECK_STR(refused("{'$ref':'#/$defs/a/b','$defs':{'a':{'allOf':[true]}}}"),
              "/payload_schema/$ref: refers to a schema that \"$defs\" does not have");
}

#define CIRCLE "refers to itself for the same value, or is more than 64 schemas deep for it"

static void test_refuses_circles(void)
{
    CHECK_STR(refused("{'$defs':{'a':{'$ref':'#/$defs/a'}}}"), "/payload_schema/$defs/a: " CIRCLE);
    CHECK_STR(refused("{'$ref':'#/$defs/x~1y','$defs':{'x/y':{'allOf':[true,{'not':{'if':true,"
                      "'else':{'$ref':'#/$defs/b'}}}]},'b':{'anyOf':[{'$ref':'#/$defs/x~1y'}]}}}"),
              "/payload_schema/$defs/x~1y: " CIRCLE);
    struct str s = STR_INIT;
    str_add(&s, "{'$defs':{'d99':true");
    for (int i = 0; i < 99; i++)
        str_addf(&s, ",'d%d':{'$ref':'#/$defs/d%d'}", i, i + 1);
    str_add(&s, "}}");
    CHECK_STR(refused(s.buf), "/payload_schema/$defs/d0: " CIRCLE);
    str_release(&s);
    /* Two ways to one definition are no circle. */
    CHECK_STR(checked("{'oneOf':[{'$ref':'#/$defs/a'},{'not':{'$ref':'#/$defs/a'}}],"
                      "'$defs':{'a':{'type':'null'}}}",
                      "1"),
              "");
}

struct refusal {
    const char *keyword, *value, *sentence;
};

static void test_refuses_wrong_values(void)
{
    static const char type[] = "must be null, boolean, object, array, number, string or integer, "
                               "or a list of different ones";
    static const char number[] = "must be a number (a whole one of 64 bits at most)";
    static const char count[] = "must be a whole number of at least 0";
    static const char multiple[] = "must be a whole number from 1 to 9007199254740992";
    static const char schemas[] = "must be an array of at least 1 schema";
    static const char schema[] = "must be a schema: an object, true or false";
    static const char names[] = "must be a list of different strings";
    static const char bits[] = "must not contain whole numbers of more than 64 bits";
    static const struct refusal rows[] = {
        {"type", "1", type},
        {"type", "'any'", type},
        {"type", "[]", type},
        {"type", "['string','string']", type},
        {"type", "['string',1]", type},
        {"enum", "'a'", "must be an array of at least 1 value"},
        {"enum", "[]", "must be an array of at least 1 value"},
        {"enum", "[1,[{'a':99999999999999999999}]]", bits},
        {"const", "-9223372036854775808", bits},
        {"minimum", "'1'", number},
        {"maximum", "null", number},
        {"exclusiveMinimum", "true", number},
        {"exclusiveMaximum", "99999999999999999999", number},
        {"multipleOf", "0", multiple},
        {"multipleOf", "-1", multiple},
        {"multipleOf", "0.01", multiple},
        {"multipleOf", "'1'", multiple},
        {"multipleOf", "9007199254740993", multiple},
        {"minLength", "-1", count},
        {"maxLength", "1.5", count},
        {"minItems", "'1'", count},
        {"maxItems", "null", count},
        {"minProperties", "[]", count},
        {"maxProperties", "1e30", count},
        {"uniqueItems", "1", "must be true or false"},
        {"items", "[true]", schema},
        {"items", "null", schema},
        {"additionalProperties", "'false'", schema},
        {"not", "1", schema},
        {"if", "1", schema},
        {"then", "1", schema},
        {"else", "1", schema},
        {"prefixItems", "{}", schemas},
        {"allOf", "[]", schemas},
        {"anyOf", "true", schemas},
        {"oneOf", "null", schemas},
        {"properties", "[]", "must be an object"},
        {"dependentRequired", "[]", "must be an object"},
        {"$defs", "[]", "must be an object"},
        {"required", "'a'", names},
        {"required", "true", names},
        {"required", "['a',1]", names},
        {"required", "['a','a']", names},
        {"required", "['a\\u0000b']", names},
        {"format", "'ipv4'", "must be one of the formats date, date-time, time, email, uri, uuid"},
        {"format", "1", "must be one of the formats date, date-time, time, email, uri, uuid"},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK_STR(refused(arena_printf(arena, "{'%s':%s}", rows[i].keyword, rows[i].value)),
                  arena_printf(arena, "/payload_schema/%s: %s", rows[i].keyword, rows[i].sentence));
    arena_free(&arena);
    CHECK_STR(refused("[]"), "/payload_schema: must be a schema: an object, true or false");
    CHECK_STR(refused("null"), "/payload_schema: must be a schema: an object, true or false");
    CHECK_STR(refused("{'allOf':[true,1],'properties':{'a':2},'dependentRequired':{'b':'c'},"
                      "'$defs':{'d':3}}"),
              "/payload_schema/allOf/1: must be a schema: an object, true or false\n"
              "/payload_schema/properties/a: must be a schema: an object, true or false\n"
              "/payload_schema/dependentRequired/b: must be a list of different strings\n"
              "/payload_schema/$defs/d: must be a schema: an object, true or false");
}

static const char *repeated(struct arena *arena, const char *before, const char *each, size_t n,
                            const char *after)
{
    struct str s = STR_INIT;
    str_add(&s, before);
    for (size_t i = 0; i < n; i++)
        str_addf(&s, "%s%s", i ? "," : "", each);
    str_add(&s, after);
    const char *text = arena_strndup(arena, s.buf, s.len);
    str_release(&s);
    return text;
}

static void test_bound_of_schemas(void)
{
    struct arena *arena = arena_new();
    size_t most = PAYLOAD_SCHEMA_NODES_MAX - 1; /* and the top */
    CHECK_STR(checked(repeated(arena, "{'allOf':[", "{}", most, "]}"), "1"), "");
    CHECK_STR(refused(repeated(arena, "{'allOf':[", "{}", most + 1, "]}")),
              "/payload_schema: must not contain more than 2000 schemas");
    CHECK_STR(refused(repeated(arena, "{'allOf':[", "true", 100000, "]}")),
              "/payload_schema: must not contain more than 2000 schemas");
    struct str s = STR_INIT;
    str_add(&s, "{'$defs':{");
    for (size_t i = 0; i <= PAYLOAD_SCHEMA_NODES_MAX; i++)
        str_addf(&s, "%s'd%zu':true", i ? "," : "", i);
    str_add(&s, "}}");
    CHECK_STR(refused(s.buf), "/payload_schema: must not contain more than 2000 schemas");
    str_release(&s);
    arena_free(&arena);
}

static void test_bound_of_problems(void)
{
    struct arena *arena = arena_new();
    struct problems p;
    CHECK(!compiled(arena, repeated(arena, "{'allOf':[", "{'pattern':1}", 1500, "]}"), &p));
    CHECK_INT(p.count, PROBLEMS_MAX + 1);
    /* A collector that is full already does not make a bad schema good. */
    struct problems full;
    problems_init(&full, arena);
    for (int i = 0; i < 2 * PROBLEMS_MAX; i++)
        problems_add(&full, "", "x");
    CHECK(!payload_schema_compile(arena, json_of(arena, "{'type':'null','pattern':1}"), "", &full));
    CHECK(payload_schema_compile(arena, json_of(arena, "{'type':'null'}"), "", &full) != NULL);

    problems_init(&p, arena);
    const struct payload_schema *s =
        payload_schema_compile(arena, json_of(arena, "{'items':{'type':'null'}}"), "", &p);
    CHECK_FATAL(s != NULL);
    payload_schema_check(s, json_of(arena, repeated(arena, "[", "1", 300, "]")), "/payload", &p);
    CHECK_INT(p.count, 300);
    CHECK_STR(p.last->pointer, "/payload/99");
    arena_free(&arena);
}

#define TOO_MANY_STEPS ": cannot be checked: that would take more than 100000 steps"
#define TOO_DEEP ": cannot be checked: values and schemas are more than 64 deep"

static void test_bound_of_steps(void)
{
    struct arena *arena = arena_new();
    /* Each definition asks for the next one twice: 2 to the power of 20. */
    struct str s = STR_INIT;
    str_add(&s, "{'$ref':'#/$defs/d0','$defs':{");
    for (int i = 0; i < 20; i++)
        str_addf(&s, "'d%d':{'not':{'allOf':[{'$ref':'#/$defs/d%d'},{'$ref':'#/$defs/d%d'}]}},", i,
                 i + 1, i + 1);
    str_add(&s, "'d20':true}}");
    CHECK_STR(checked(s.buf, "1"), TOO_MANY_STEPS);
    str_release(&s);

    const char *long_list = repeated(arena, "[", "0", 60000, "]");
    CHECK_STR(checked("{'items':{'type':'integer'}}", long_list), TOO_MANY_STEPS);
    CHECK_STR(checked("{'not':{'items':{'type':'integer'}}}", long_list), TOO_MANY_STEPS);
    CHECK_STR(checked("{'items':true}", long_list), "");
    CHECK_STR(checked("{'uniqueItems':true}", long_list),
              ": must not have an element twice, as at 0 and 1");
    CHECK_STR(checked("{'items':{'anyOf':[false,{'enum':[0]}]}}", long_list), TOO_MANY_STEPS);
    CHECK_STR(checked("{'additionalProperties':{'const':1}}", "{'a':1,'b':1}"), "");
    /* Long texts cost, however few they are. */
    const char *text = arena_printf(arena, "'%s'", repeated(arena, "", "x", 250000, ""));
    CHECK_STR(checked("{'minLength':7}", text), "");
    CHECK_STR(checked(repeated(arena, "{'allOf':[", "{'minLength':7}", 100, "]}"), text),
              TOO_MANY_STEPS);
    arena_free(&arena);
}

static void test_bound_of_depth(void)
{
    struct arena *arena = arena_new();
    const char *list = "{'$ref':'#/$defs/l','$defs':{'l':{'items':{'$ref':'#/$defs/l'}}}}";
    struct str s = STR_INIT;
    for (int i = 0; i < 32; i++)
        str_addch(&s, '[');
    for (int i = 0; i < 32; i++)
        str_addch(&s, ']');
    CHECK_STR(checked(list, s.buf), "");
    CHECK_STR(checked(list, arena_printf(arena, "[%s]", s.buf)), TOO_DEEP);
    str_release(&s);
    arena_free(&arena);
}

static void test_unique_in_long_lists(void)
{
    struct arena *arena = arena_new();
    struct str s = STR_INIT;
    str_addch(&s, '[');
    for (int i = 0; i < 20000; i++)
        str_addf(&s, "%s%d", i ? "," : "", i);
    CHECK_STR(checked("{'uniqueItems':true}", arena_printf(arena, "%s]", s.buf)), "");
    CHECK_STR(checked("{'uniqueItems':true}", arena_printf(arena, "%s,777.0]", s.buf)),
              ": must not have an element twice, as at 777 and 20000");
    str_release(&s);
    arena_free(&arena);
}

static void test_long_pointers_end_early(void)
{
    struct arena *arena = arena_new();
    struct problems p;
    const char *key = repeated(arena, "", "k", 1000, "");
    const struct payload_schema *s = compiled(arena,
                                              "{'additionalProperties':{'additionalProperties':{'"
                                              "additionalProperties':{'type':'null'}}}}",
                                              &p);
    CHECK_FATAL(s != NULL);
    const char *value = arena_printf(arena, "{'a':{'%s':{'b':1}}}", key);
    payload_schema_check(s, json_of(arena, value), "", &p);
    CHECK_STR(p.first->pointer, "/a");
    CHECK_STR(p.first->detail, "must be null, not 1");
    arena_free(&arena);
}

static void test_required_payload(void)
{
    struct arena *arena = arena_new();
    struct problems p;
    struct err e = ERR_INIT;
    const struct payload_schema *s = compiled(arena, "{'required':['a','b']}", &p);
    CHECK_INT(payload_schema_require(arena, NULL, json_of(arena, "{}"), &e), 0);
    CHECK_INT(payload_schema_require(arena, s, json_of(arena, "{'a':1,'b':2}"), &e), 0);
    CHECK_INT(payload_schema_require(arena, s, json_of(arena, "{}"), &e), -1);
    CHECK_INT(e.kind, ERR_INVALID);
    CHECK_INT(e.problems->count, 2);
    CHECK_STR(e.problems->first->pointer, "/payload");
    arena_free(&arena);
}

int main(void)
{
    static const struct test tests[] = {
        {"a whole payload", test_required_payload},
        {"the example of the documents", test_example},
        {"type", test_type},
        {"const and enum", test_choices},
        {"numbers", test_numbers},
        {"lengths and counts", test_counts},
        {"arrays", test_arrays},
        {"objects", test_objects},
        {"allOf, anyOf, oneOf, not, if", test_combinations},
        {"$ref", test_references},
        {"formats of dates and times", test_format_times},
        {"format email", test_format_email},
        {"format uri", test_format_uri},
        {"format uuid", test_format_uuid},
        {"keywords that are not checked are refused", test_refuses_what_it_does_not_check},
        {"annotations are read over", test_reads_over_annotations},
        {"other references are refused", test_refuses_references},
        {"circles are refused", test_refuses_circles},
        {"wrong values of keywords are refused", test_refuses_wrong_values},
        {"bound of schemas", test_bound_of_schemas},
        {"bound of problems", test_bound_of_problems},
        {"bound of steps", test_bound_of_steps},
        {"bound of depth", test_bound_of_depth},
        {"unique elements of long lists", test_unique_in_long_lists},
        {"long pointers end early", test_long_pointers_end_early},
    };
    return check_main("payload_schema", tests, sizeof tests / sizeof *tests);
}
