/*
 * Reference: the ceiling for any request. The smallest libfcgi program behind
 * the same nginx configuration, with as many processes and threads as ours.
 */
#include <fcgiapp.h>
#include <pthread.h>
#include <stdlib.h>

#define LISTEN_FD 0
#define THREADS_DEFAULT 16
#define THREADS_MAX 256

static void *serve(void *unused)
{
    FCGX_Request request;
    if (FCGX_InitRequest(&request, LISTEN_FD, 0) != 0)
        return unused;
    while (FCGX_Accept_r(&request) == 0) {
        FCGX_PutS("Content-Type: application/json\r\n\r\n{\"status\":\"ok\"}", request.out);
        FCGX_Finish_r(&request);
    }
    return unused;
}

int main(void)
{
    const char *text = getenv("APPROVAL_THREADS");
    long threads = text ? strtol(text, NULL, 10) : THREADS_DEFAULT;
    if (threads < 1 || threads > THREADS_MAX || FCGX_Init() != 0)
        return 1;
    for (long i = 1; i < threads; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, serve, NULL) != 0)
            return 1;
    }
    serve(NULL);
    return 0;
}
