-- Tells the threads apart, and deals the approvals of the file $BENCH_IDS, one id a line, out to them.
local count = 0

function setup(thread)
    thread:set("thread_no", count)
    count = count + 1
end

-- The ids that are this thread's own; for init().
function ids_read()
    local mine, line_no = {}, 0
    local threads = tonumber(os.getenv("BENCH_WRK_THREADS"))
    for id in io.lines(os.getenv("BENCH_IDS")) do
        if line_no % threads == thread_no then
            mine[#mine + 1] = id
        end
        line_no = line_no + 1
    end
    return mine
end
