-- GET of one approval, over many.
local here = os.getenv("BENCH_LUA")
dofile(here .. "/report.lua")
dofile(here .. "/threads.lua")

local requests, sent = {}, 0

function init()
    for i, id in ipairs(ids_read()) do
        requests[i] = wrk.format("GET", "/api/v1/approvals/" .. id)
    end
end

function request()
    sent = sent % #requests + 1
    return requests[sent]
end
