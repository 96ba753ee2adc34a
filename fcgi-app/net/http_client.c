#include "http_client.h"

#include "base/clock.h"
#include "base/str.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <pthread.h>

#define CONNECT_MS 5000L

/* ---- URLs ---- */

static bool is_loopback(const char *host)
{
    struct in_addr address;
    if (!strcasecmp(host, "localhost") || !strcmp(host, "[::1]"))
        return true;
    return inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

static int parts_check(const char *scheme, const char *host, bool *secure, struct err *e)
{
    *secure = !strcmp(scheme, "https");
    if (!*secure && strcmp(scheme, "http") != 0)
        return err_set(e, ERR_INVALID, "its scheme must be https, not %s", scheme);
    if (!host)
        return err_set(e, ERR_INVALID, "it names no host");
    if (!*secure && !is_loopback(host))
        return err_set(e, ERR_INVALID,
                       "it must be https: plain http is taken from this machine only");
    return 0;
}

int http_url_check(const char *url, bool *secure, struct err *e)
{
    CURLU *parts = curl_url();
    char *scheme = NULL, *host = NULL;
    int rc;
    if (!parts)
        return err_set(e, ERR_UNAVAILABLE, "there is no memory for a request");
    /* The scheme is judged by us, so that the sentence says what is wrong. */
    CURLUcode code =
        curl_url_set(parts, CURLUPART_URL, url, CURLU_DISALLOW_USER | CURLU_NON_SUPPORT_SCHEME);
    if (code == CURLUE_USER_NOT_ALLOWED)
        rc = err_set(e, ERR_INVALID, "it must not hold a user or a password");
    else if (code || curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0))
        rc = err_set(e, ERR_INVALID, "it is no URL with scheme and host");
    else {
        curl_url_get(parts, CURLUPART_HOST, &host, 0);
        rc = parts_check(scheme, host, secure, e);
    }
    curl_free(scheme);
    curl_free(host);
    curl_url_cleanup(parts);
    return rc;
}

/* ---- one request ---- */

struct transfer {
    const struct http_get *get;
    size_t max_bytes;
    struct str body;
    bool too_large, stopped;
};

static size_t receive(char *data, size_t size, size_t n, void *arg)
{
    struct transfer *t = arg;
    (void)size; /* is 1 */
    if (n > t->max_bytes - t->body.len) {
        t->too_large = true;
        return 0;
    }
    str_addn(&t->body, data, n);
    return n;
}

static int progress(void *arg, curl_off_t down, curl_off_t downloaded, curl_off_t up,
                    curl_off_t uploaded)
{
    struct transfer *t = arg;
    (void)down, (void)downloaded, (void)up, (void)uploaded;
    t->stopped = t->get->stop && t->get->stop(t->get->arg);
    return t->stopped;
}

#define SET(curl, ok, option, value) ((ok) = (ok) && !curl_easy_setopt((curl), (option), (value)))

/* Every one of them is asked for, so that none is missing unseen in another build of libcurl. */
static bool set_up(CURL *curl, const char *url, bool secure, long ms, struct transfer *t, char *why)
{
    bool ok = true;
    SET(curl, ok, CURLOPT_ERRORBUFFER, why);
    SET(curl, ok, CURLOPT_URL, url);
    SET(curl, ok, CURLOPT_PROTOCOLS_STR, secure ? "https" : "http");
    SET(curl, ok, CURLOPT_FOLLOWLOCATION, 0L);
    SET(curl, ok, CURLOPT_NOSIGNAL, 1L);
    SET(curl, ok, CURLOPT_TIMEOUT_MS, ms);
    SET(curl, ok, CURLOPT_CONNECTTIMEOUT_MS, ms < CONNECT_MS ? ms : CONNECT_MS);
    SET(curl, ok, CURLOPT_SSL_VERIFYPEER, 1L);
    SET(curl, ok, CURLOPT_SSL_VERIFYHOST, 2L);
    SET(curl, ok, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(curl, ok, CURLOPT_HTTPAUTH, (long)CURLAUTH_NONE);
    SET(curl, ok, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(curl, ok, CURLOPT_USERAGENT, "approval-workflows");
    SET(curl, ok, CURLOPT_WRITEFUNCTION, receive);
    SET(curl, ok, CURLOPT_WRITEDATA, t);
    SET(curl, ok, CURLOPT_NOPROGRESS, 0L);
    SET(curl, ok, CURLOPT_XFERINFOFUNCTION, progress);
    SET(curl, ok, CURLOPT_XFERINFODATA, t);
    if (!secure)
        SET(curl, ok, CURLOPT_PROXY, "");
    return ok;
}

/* What came of one URL. */
struct reply {
    long status;
    const char *location; /* absolute; NULL: no redirect */
};

static int transfer_failed(const struct transfer *t, CURLcode code, const char *why, struct err *e)
{
    if (t->too_large)
        return err_set(e, ERR_UNAVAILABLE, "the answer is larger than %zu bytes", t->max_bytes);
    if (t->stopped)
        return err_set(e, ERR_UNAVAILABLE, "it was given up");
    if (code == CURLE_OPERATION_TIMEDOUT)
        return err_set(e, ERR_UNAVAILABLE, "there was no complete answer in time");
    return err_set(e, ERR_UNAVAILABLE, "%s", *why ? why : curl_easy_strerror(code));
}

static int perform(CURL *curl, struct arena *arena, const char *url, bool secure, int64_t until,
                   struct transfer *t, struct reply *out, struct err *e)
{
    char why[CURL_ERROR_SIZE] = "";
    char *location = NULL;
    int64_t ms = (until - clock_monotonic()) / US_PER_MS;
    if (ms <= 0)
        return transfer_failed(t, CURLE_OPERATION_TIMEDOUT, why, e);
    str_clear(&t->body);
    if (!set_up(curl, url, secure, (long)ms, t, why))
        return err_set(e, ERR_UNAVAILABLE, "libcurl cannot do what is needed: %s", why);
    CURLcode code = curl_easy_perform(curl);
    if (code)
        return transfer_failed(t, code, why, e);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &out->status);
    curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &location);
    out->location = arena_strdup(arena, location);
    return 0;
}

static int request(struct arena *arena, const char *url, bool secure, int64_t until,
                   struct transfer *t, struct reply *out, struct err *e)
{
    CURL *curl = curl_easy_init();
    if (!curl)
        return err_set(e, ERR_UNAVAILABLE, "there is no memory for a request");
    int rc = perform(curl, arena, url, secure, until, t, out, e);
    curl_easy_cleanup(curl);
    return rc;
}

/* ---- and those it leads to ---- */

static int follow(struct arena *arena, struct transfer *t, struct err *e)
{
    const char *url = t->get->url;
    bool secure = false;
    int64_t until = clock_monotonic() + (t->get->within_us ? t->get->within_us : HTTP_GET_US);
    if (http_url_check(url, &secure, e) < 0)
        return -1;
    for (int redirects = 0; redirects <= HTTP_GET_REDIRECTS; redirects++) {
        struct reply reply = {0};
        bool began_secure = secure;
        struct err why = ERR_INIT;
        if (request(arena, url, secure, until, t, &reply, e) < 0)
            return -1;
        if (reply.status == 200)
            return 0;
        if (!reply.location)
            return err_set(e, ERR_UNAVAILABLE, "it was answered with status %ld", reply.status);
        url = reply.location;
        if (http_url_check(url, &secure, &why) < 0)
            return err_set(e, ERR_UNAVAILABLE, "it redirects to a URL that is not taken: %s",
                           why.message);
        if (began_secure && !secure)
            return err_set(e, ERR_UNAVAILABLE, "it redirects from https to http");
    }
    return err_set(e, ERR_UNAVAILABLE, "it redirects more than %d times", HTTP_GET_REDIRECTS);
}

static void start_libcurl(void)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT))
        abort(); /* as where there is no memory */
}

int http_get(struct arena *arena, const struct http_get *get, struct http_body *out, struct err *e)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct transfer t = {
        .get = get,
        .max_bytes = get->max_bytes ? get->max_bytes : HTTP_GET_BYTES,
        .body = STR_INIT,
    };
    pthread_once(&once, start_libcurl);
    int rc = follow(arena, &t, e);
    if (rc == 0)
        *out = (struct http_body){arena_strndup(arena, t.body.buf, t.body.len), t.body.len};
    str_release(&t.body);
    return rc;
}
