#include "request.h"

#include "base/clock.h"
#include "base/id.h"

#define REQUEST_ID_MAX 128
#define BODY_VALUES_MAX 50000
#define FORM_FIELDS_MAX 100

static const char *const method_names[] = {
#define X(name) [HTTP_##name] = #name,
    HTTP_METHODS(X)
#undef X
};
_Static_assert(sizeof method_names / sizeof *method_names == HTTP_METHOD_COUNT, "a name each");

const char *http_method_name(enum http_method m)
{
    return method_names[m];
}

/* Which of two would count is a matter of taste, so nobody may send two. */
static const char *const once_only[] = {
    "authorization", "idempotency-key", "content-type", "content-length", "content-encoding",
    "x-request-id",  "x-csrf-token",    "origin",       "cookie",
};

/* The variables that are no headers, as far as they matter. */
struct cgi {
    const char *method, *target, *client_address, *content_type, *content_length;
    const char *remote_user, *user_header; /* and the header that he was named in */
};

static const struct {
    const char *name;
    size_t offset;
} cgi_variables[] = {
    {"REQUEST_METHOD", offsetof(struct cgi, method)},
    {"REQUEST_URI", offsetof(struct cgi, target)},
    {"REMOTE_ADDR", offsetof(struct cgi, client_address)},
    {"CONTENT_TYPE", offsetof(struct cgi, content_type)},
    {"CONTENT_LENGTH", offsetof(struct cgi, content_length)},
    {"APPROVAL_REMOTE_USER", offsetof(struct cgi, remote_user)},
    {"APPROVAL_USER_HEADER", offsetof(struct cgi, user_header)},
};

struct reading {
    struct request *r;
    struct name_value *headers; /* r->headers, being filled */
    struct cgi cgi;
    const char *twice; /* what came twice and may not */
};

static enum http_method method_parse(const char *name)
{
    int m = 0;
    while (m < HTTP_METHOD_COUNT && strcmp(name, method_names[m]) != 0)
        m++;
    return (enum http_method)m;
}

static bool is_once_only(const char *name)
{
    for (size_t i = 0; i < sizeof once_only / sizeof *once_only; i++)
        if (!strcmp(name, once_only[i]))
            return true;
    return false;
}

/* n bytes of "X_REQUEST_ID" are "x-request-id". */
static const char *header_name(struct arena *arena, const char *variable, size_t n)
{
    char *name = arena_strndup(arena, variable, n);
    for (char *p = name; *p; p++) {
        if (*p == '_')
            *p = '-';
        else if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    }
    return name;
}

static void add_header(struct reading *g, const char *name, const char *value)
{
    if (is_once_only(name) && request_header(g->r, name))
        g->twice = name;
    g->headers[g->r->header_count++] = (struct name_value){name, value};
}

static void read_cgi_variable(struct reading *g, const char *entry, size_t n)
{
    for (size_t i = 0; i < sizeof cgi_variables / sizeof *cgi_variables; i++) {
        const char *name = cgi_variables[i].name;
        if (strncmp(entry, name, n) != 0 || name[n])
            continue;
        const char **slot = (const char **)(void *)((char *)&g->cgi + cgi_variables[i].offset);
        if (*slot && strcmp(*slot, entry + n + 1) != 0)
            g->twice = name;
        else
            *slot = arena_strdup(g->r->arena, entry + n + 1);
    }
}

static void read_variable(struct reading *g, const char *entry)
{
    size_t n = strcspn(entry, "=");
    if (!entry[n])
        return;
    if (!strncmp(entry, "HTTP_", 5) && n > 5)
        add_header(g, header_name(g->r->arena, entry + 5, n - 5),
                   arena_strdup(g->r->arena, entry + n + 1));
    else
        read_cgi_variable(g, entry, n);
}

/* nginx sends the headers Content-Type and Content-Length both as HTTP_* and by CGI's names. The
 * latter count: they are empty when there is none, and a chunked body has its length there. */
static void put_content_header(struct reading *g, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    for (size_t i = 0; i < g->r->header_count; i++)
        if (!strcmp(g->headers[i].name, name)) {
            g->headers[i].value = value;
            return;
        }
    g->headers[g->r->header_count++] = (struct name_value){name, value};
}

/* Of two, nginx takes the first, which is a client's own where a proxy only adds one. */
static void check_user_header(struct reading *g)
{
    size_t times = 0;
    for (size_t i = 0; i < g->r->header_count && g->cgi.user_header; i++)
        times += !strcmp(g->headers[i].name, g->cgi.user_header);
    if (times > 1)
        g->twice = g->cgi.user_header;
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static const char *read_environment(struct request *r, char *const *env)
{
    size_t n = 0;
    while (env[n])
        n++;
    struct reading g = {.r = r, .headers = arena_array(r->arena, n + 2, sizeof *g.headers)};
    r->headers = g.headers;
    for (size_t i = 0; i < n; i++)
        read_variable(&g, env[i]);
    check_user_header(&g);
    put_content_header(&g, "content-type", g.cgi.content_type);
    put_content_header(&g, "content-length", g.cgi.content_length);
    r->method_name = or_empty(g.cgi.method);
    r->method = method_parse(r->method_name);
    r->target = or_empty(g.cgi.target);
    r->client_address = or_empty(g.cgi.client_address);
    r->remote_user = g.cgi.remote_user && *g.cgi.remote_user ? g.cgi.remote_user : NULL;
    return g.twice;
}

static bool id_fits(const char *id)
{
    size_t n = strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");
    return n >= 1 && n <= REQUEST_ID_MAX && id[n] == '\0';
}

static void identify(struct request *r)
{
    char own[ID_SIZE];
    const char *sent = request_header(r, "x-request-id");
    if (sent && id_fits(sent))
        r->id = sent;
    else
        r->id = arena_strdup(r->arena, id_new(own, "req-", clock_now(&clock_real)));
    r->log.request_id = r->id;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The byte that the "%XX" at p, of n bytes, stands for; -1 when there is none. */
static int escaped_byte(const char *p, size_t n)
{
    int high = n > 2 ? hex_digit(p[1]) : -1;
    int low = n > 2 ? hex_digit(p[2]) : -1;
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* Undoes the escapes in n bytes of text; in a query "+" is a blank. NULL when a text in UTF-8
 * without NUL is not what comes of it. */
static const char *decode(struct arena *arena, const char *text, size_t n, bool query)
{
    char *out = arena_alloc(arena, n + 1);
    size_t len = 0;
    for (size_t i = 0; i < n; i++) {
        int byte = (unsigned char)text[i];
        if (byte == '%') {
            byte = escaped_byte(text + i, n - i);
            i += 2;
        } else if (byte == '+' && query) {
            byte = ' ';
        }
        if (byte <= 0)
            return NULL;
        out[len++] = (char)byte;
    }
    return utf8_valid(out, len) ? out : NULL;
}

static size_t count_of(const char *text, char c)
{
    size_t n = 0;
    for (; *text; text++)
        n += *text == c;
    return n;
}

/* "/" has no segments, "/a/" has two, the second empty. */
static int parse_segments(struct request *r, struct err *e)
{
    if (r->path[0] != '/')
        return err_set(e, ERR_BAD_REQUEST, "The request's target must be a path");
    const char **segments = arena_array(r->arena, count_of(r->path, '/'), sizeof *segments);
    r->segments = segments;
    if (!r->path[1])
        return 0;
    for (const char *p = r->path; *p;) {
        size_t n = strcspn(++p, "/");
        const char *segment = decode(r->arena, p, n, false);
        if (!segment)
            return err_set(e, ERR_BAD_REQUEST, "The path is not percent-encoded UTF-8 text");
        segments[r->segment_count++] = segment;
        p += n;
    }
    return 0;
}

/* Of "a=b&c=d", as queries and forms are written. -1 when it does not decode. */
static int parse_pairs(struct arena *arena, const char *text, const struct name_value **out,
                       size_t *count)
{
    struct name_value *pairs = arena_array(arena, count_of(text, '&') + 1, sizeof *pairs);
    *out = pairs;
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, "&"), name_n = strcspn(p, "=&");
        const char *value = p + name_n + (name_n < n);
        struct name_value one = {
            .name = decode(arena, p, name_n, true),
            .value = decode(arena, value, n - (size_t)(value - p), true),
        };
        if (!one.name || !one.value)
            return -1;
        if (n)
            pairs[(*count)++] = one;
        p += n + (p[n] == '&');
    }
    return 0;
}

static int parse_query(struct request *r, const char *query, struct err *e)
{
    if (parse_pairs(r->arena, query, &r->query, &r->query_count) < 0)
        return err_set(e, ERR_BAD_REQUEST, "The query is not percent-encoded UTF-8 text");
    return 0;
}

static int parse_target(struct request *r, struct err *e)
{
    size_t n = strcspn(r->target, "?");
    r->path = arena_strndup(r->arena, r->target, n);
    if (parse_segments(r, e) < 0)
        return -1;
    return parse_query(r, r->target + n + (r->target[n] == '?'), e);
}

int request_parse(struct request *r, struct arena *arena, const struct request_source *src,
                  struct err *e)
{
    *r = (struct request){.arena = arena, .body = src->body, .body_len = src->body_len};
    const char *twice = read_environment(r, src->env);
    identify(r);
    if (parse_target(r, e) < 0)
        return -1;
    if (twice)
        return err_set(e, ERR_BAD_REQUEST, "%s was sent twice", twice);
    return 0;
}

static const char *find_value(const struct name_value *list, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(list[i].name, name))
            return list[i].value;
    return NULL;
}

const char *request_header(const struct request *r, const char *name)
{
    return find_value(r->headers, r->header_count, name);
}

const char *request_query(const struct request *r, const char *name)
{
    return find_value(r->query, r->query_count, name);
}

const char *request_path_param(const struct request *r, const char *name)
{
    return find_value(r->path_params, r->path_param_count, name);
}

/* The word, in any case, and nothing but what may follow it. */
static bool is_word(const char *text, const char *word, const char *followers)
{
    size_t n = strlen(word);
    return !strncasecmp(text, word, n) && (!text[n] || strchr(followers, text[n]));
}

static bool is_utf8_charset(const char *value)
{
    return *value == '"' ? is_word(value + 1, "utf-8", "\"") : is_word(value, "utf-8", "; \t");
}

static bool is_json_type(const char *type)
{
    if (!is_word(type, "application/json", "; \t"))
        return false;
    for (const char *p = strchr(type, ';'); p; p = strchr(p, ';')) {
        p += 1 + strspn(p + 1, " \t");
        if (!strncasecmp(p, "charset=", 8) && !is_utf8_charset(p + 8))
            return false;
    }
    return true;
}

static int check_encoding(const struct request *r, struct err *e)
{
    const char *encoding = request_header(r, "content-encoding");
    if (encoding && strcasecmp(encoding, "identity") != 0)
        return err_set(e, ERR_MEDIA_TYPE, "The body must come without a Content-Encoding");
    return 0;
}

static int check_media(const struct request *r, struct err *e)
{
    const char *type = request_header(r, "content-type");
    if (type && !is_json_type(type))
        return err_set(e, ERR_MEDIA_TYPE,
                       "The body must be application/json in UTF-8, but its Content-Type is \"%s\"",
                       type);
    return check_encoding(r, e);
}

bool request_is_form(const struct request *r)
{
    const char *type = request_header(r, "content-type");
    return type && is_word(type, "application/x-www-form-urlencoded", "; \t");
}

static bool has_twins(const struct name_value *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (find_value(list, i, list[i].name))
            return true;
    return false;
}

int request_form(struct request *r, struct err *e)
{
    if (r->form)
        return 0;
    if (!request_is_form(r))
        return err_set(e, ERR_MEDIA_TYPE, "The body must be application/x-www-form-urlencoded");
    if (check_encoding(r, e) < 0)
        return -1;
    const struct name_value *form;
    size_t count = 0;
    if (strlen(r->body) != r->body_len || count_of(r->body, '&') >= FORM_FIELDS_MAX ||
        parse_pairs(r->arena, r->body, &form, &count) < 0)
        return err_set(e, ERR_BAD_REQUEST,
                       "The body is not percent-encoded UTF-8 text of at most %d fields",
                       FORM_FIELDS_MAX);
    if (has_twins(form, count))
        return err_set(e, ERR_BAD_REQUEST, "The form names a field twice");
    r->form = form; /* only now: one that was refused once is refused again */
    r->form_count = count;
    return 0;
}

const char *request_form_value(const struct request *r, const char *name)
{
    return find_value(r->form, r->form_count, name);
}

/* A body that does not fit, whatever is wrong with it, has been a 422 since 0.4.0. */
static int refuse_body(struct arena *arena, struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static int refuse_body(struct arena *arena, struct err *e, const char *fmt, ...)
{
    struct problems *problems = problems_new(arena);
    va_list ap;
    va_start(ap, fmt);
    problems_add(problems, "", "%s", arena_vprintf(arena, fmt, ap));
    va_end(ap);
    return problems_err(problems, e);
}

int request_json(struct request *r, const struct json **out, struct err *e)
{
    struct json_limits limits = {
        .max_bytes = SIZE_MAX, .max_depth = JSON_DEPTH_MAX, .max_values = BODY_VALUES_MAX};
    if (check_media(r, e) < 0)
        return -1;
    if (!r->body_len)
        return refuse_body(r->arena, e, "The body is empty; it must be a JSON object");
    const struct json *tree;
    struct err why = ERR_INIT;
    if (json_parse(r->arena, r->body, r->body_len, &limits, &tree, &why) < 0)
        return why.kind == ERR_BAD_REQUEST ? refuse_body(r->arena, e, "%s", why.message)
                                           : err_set(e, why.kind, "%s", why.message);
    if (json_type(tree) != JSON_OBJECT)
        return refuse_body(r->arena, e, "The body must be a JSON object; this is of type %s",
                           json_type_name(json_type(tree)));
    *out = tree;
    return 0;
}

const char *request_text(const struct request *r, const char *member)
{
    const char *start = r->body;
    size_t n = r->body_len;
    if (member && !json_span(r->body, r->body_len, member, &start, &n))
        return NULL;
    struct str s = STR_INIT;
    json_minify(&s, start, n);
    const char *text = arena_strndup(r->arena, s.buf, s.len);
    str_release(&s);
    return text;
}

int request_fields(const struct request *r, const struct json *body, const struct field *fields,
                   size_t n, void *out, struct err *e)
{
    struct problems *problems = problems_new(r->arena);
    fields_read(body, "", fields, n, out, problems);
    return problems_err(problems, e);
}

static void read_query_int(const struct query_field *f, const char *text, int64_t *target,
                           struct problems *problems)
{
    char *end;
    bool starts = (*text >= '0' && *text <= '9') || *text == '-'; /* strtoll takes blanks too */
    long long n = strtoll(text, &end, 10);                        /* and clamps by itself */
    if (!starts || *end || end == text || n < f->min)
        problems_add(problems, f->name, "must be a whole number, at least %lld", f->min);
    else
        *target = n > f->max ? f->max : n;
}

static void read_query_field(const struct request *r, const struct query_field *f, void *target,
                             struct problems *problems)
{
    size_t times = 0;
    for (size_t i = 0; i < r->query_count; i++)
        times += !strcmp(r->query[i].name, f->name);
    const char *text = request_query(r, f->name);
    if (times > 1)
        problems_add(problems, f->name, "must be given once");
    else if (text && f->type == QUERY_INT)
        read_query_int(f, text, target, problems);
    else if (text)
        *(const char **)target = text;
}

int request_query_read(const struct request *r, const struct query_field *fields, size_t n,
                       void *out, struct err *e)
{
    struct problems *problems = problems_new(r->arena);
    for (size_t i = 0; i < n; i++)
        read_query_field(r, &fields[i], (char *)out + fields[i].offset, problems);
    return problems_err(problems, e);
}
