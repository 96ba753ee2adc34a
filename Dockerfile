# The service in one image: nginx, the pool, approvalctl.
#
#   docker build -t approvals-service .
#   docker run --name approvals -p 127.0.0.1:8003:8003 -v approval-data:/data approvals-service
#
# Its log says how the first administrator signs in; `docker exec approvals approvalctl token issue admin`
# prints a token. Keys that are not given are made in /data/secrets: keep copies of them elsewhere.
# conf/spawn/approval.env.example describes the settings. The root file system may be read-only where
# /data, /run/approval and /tmp can be written to by user 10001.
ARG BASE_IMAGE=debian:bookworm-slim

FROM ${BASE_IMAGE} AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        gcc libc6-dev libcurl4-openssl-dev libfcgi-dev libjson-c-dev libjwt-dev libsodium-dev \
        libsqlite3-dev libssl-dev make \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN make \
    && mkdir -p /out/bin /out/examples \
    && install -s build/release/approval-app build/release/approvalctl /out/bin/ \
    && cp -R conf /out/ \
    && cp examples/rules.json /out/examples/ \
    && chmod -R a+rX,go-w /out

FROM ${BASE_IMAGE}
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        ca-certificates curl libcurl4 libfcgi0ldbl libjson-c5 libjwt0 libsodium23 libsqlite3-0 \
        libssl3 multiwatch nginx spawn-fcgi tzdata \
    && rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log /var/log/nginx/* \
    && groupadd --gid 10001 approval \
    && useradd --uid 10001 --gid approval --no-create-home --home-dir /nonexistent \
        --shell /usr/sbin/nologin approval \
    && install -d -o approval -g approval -m 0750 /data \
    # A tmpfs mounted here is root's and takes over this mode.
    && install -d -m 1777 /run/approval \
    && ln -s /opt/approval/bin/approvalctl /usr/local/bin/approvalctl
COPY --from=build /out /opt/approval

ENV PORT=8003 \
    APPROVAL_LISTEN=0.0.0.0 \
    APPROVAL_DB_PATH=/data/approval_workflows.db \
    APPROVAL_RUN_DIR=/run/approval/service \
    APPROVAL_RULES_PATH=/opt/approval/examples/rules.json
WORKDIR /opt/approval
USER 10001:10001
VOLUME /data
EXPOSE 8003
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD curl -fsSk -o /dev/null "http${APPROVAL_TLS_CERTIFICATE:+s}://127.0.0.1:$PORT/readyz"
CMD ["sh", "conf/spawn/run.sh", "bin"]
