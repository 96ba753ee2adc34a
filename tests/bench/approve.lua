-- The first vote on approvals that wait, each on one of its own.
local here = os.getenv("BENCH_LUA")
dofile(here .. "/report.lua")
dofile(here .. "/threads.lua")

wrk.headers["Content-Type"] = "application/json"
local body = '{"actor_id": "alice", "action": "approve"}'
local ids, sent

function init()
    ids, sent = ids_read(), 0
end

-- Past the last id this asks for an approval that is not there, and the run fails for it.
function request()
    sent = sent + 1
    return wrk.format("POST", "/api/v1/approvals/" .. (ids[sent] or "ran-out-of-approvals")
        .. "/actions", nil, body)
end
