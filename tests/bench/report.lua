-- Who asks, where somebody must sign in.
local token = os.getenv("BENCH_TOKEN")
if token ~= "" then
    wrk.headers["Authorization"] = "Bearer " .. token
end

-- What every measurement ends with: one line of JSON for run.py. Alone, it measures GET of the URL.
function done(summary, latency)
    local e = summary.errors
    io.write(string.format(
        'RESULT {"requests": %d, "seconds": %.6f, "p50_ms": %.3f, "p99_ms": %.3f, "max_ms": %.3f, '
            .. '"status_errors": %d, "socket_errors": %d, "timeouts": %d}\n',
        summary.requests, summary.duration / 1e6,
        latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3,
        e.status, e.connect + e.read + e.write, e.timeout))
end
