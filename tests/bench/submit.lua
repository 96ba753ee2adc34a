-- Submissions, each for a target of its own.
local here = os.getenv("BENCH_LUA")
dofile(here .. "/report.lua")
dofile(here .. "/threads.lua")

wrk.headers["Content-Type"] = "application/json"
local round = os.getenv("BENCH_ROUND")
local sent = 0

function request()
    sent = sent + 1
    return wrk.format("POST", nil, nil, string.format(
        '{"workflow_id": "bench", "target_entity": "order/%s-%d-%d", "requester_id": "agent-7", '
            .. '"payload": {"amount": 249.9, "currency": "EUR", "reason": "arrived broken", '
            .. '"customer": "c-%d"}}', round, thread_no, sent, sent))
end
