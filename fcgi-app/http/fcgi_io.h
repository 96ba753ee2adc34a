/*
 * FastCGI over libfcgi (its only user): a pool process's threads, and the
 * graceful stop. The listening socket is inherited as descriptor 0 and shared
 * with the other processes of the pool.
 */
#ifndef HTTP_FCGI_IO_H
#define HTTP_FCGI_IO_H

#include "base/err.h"
#include "router.h"

struct fcgi_options {
    int listen_fd;
    int threads;
    const struct router *router;
};

/*
 * Serves until SIGTERM, SIGINT or SIGUSR1 (what multiwatch sends by default), then lets each thread
 * finish the request it has in hand and returns 0. Call before any other thread exists: it blocks
 * the signals in all of them (threads that already exist must have them blocked). SIGPIPE is
 * ignored. ERR_INVALID when listen_fd does not listen, ERR_UNAVAILABLE when the system has no
 * descriptors or threads left. A connection serves one request, whatever the server asks for:
 * nginx's fastcgi_keep_conn stays off.
 */
int fcgi_serve(const struct fcgi_options *o, struct err *e);

#endif
