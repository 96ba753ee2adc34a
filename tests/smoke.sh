#!/bin/sh
# Usage: smoke.sh [BASE]
# Verifies a running instance after a deployment: health, a workflow, a submission that the shipped
# rules approve at once, one that a person decides, and that all of it can be read back. Ends with
# 0 when every step was right.
#
# SMOKE_TOKEN: the access token or API key of somebody with the role admin, who is the person; not
# needed where APPROVAL_AUTH is off. SMOKE_DB: the instance's database file, to look at the rows
# themselves; when not set, the local one is looked at if it is this instance's.
set -u
base=${1:-http://127.0.0.1:8003}
base=${base%/}
run=smoke-$(date +%s)-$$
failed=0
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

for program in curl jq; do
    command -v "$program" >/dev/null || { echo "smoke: $program is not installed" >&2; exit 2; }
done

step() { # NAME RESULT GOT
    if [ "$2" = 0 ]; then
        echo "ok      $1"
    else
        echo "FAILED  $1: got $3"
        failed=$((failed + 1))
    fi
}

# Leaves the status in $status and the body in $answer.
request() { # METHOD PATH [BODY]
    method=$1 path=$2
    shift 2
    [ $# = 0 ] || set -- -H 'Content-Type: application/json' --data "$1"
    [ -z "${SMOKE_TOKEN:-}" ] || set -- -H @- "$@"
    : >"$answer"
    status=$(printf 'Authorization: Bearer %s\n' "${SMOKE_TOKEN:-}" |
        curl -s --max-time 15 -X "$method" -o "$answer" -w '%{http_code}' "$@" "$base$path")
}

# The status, and a jq expression that must hold of the body.
expect() { # NAME STATUS EXPRESSION
    [ "$status" = "$2" ] && jq -e --arg run "$run" "$3" "$answer" >/dev/null 2>&1
    step "$1" $? "status $status: $(head -c 300 "$answer")"
}

field() {
    jq -r "$1 // empty" "$answer" 2>/dev/null
}

count() { # QUERY
    sqlite3 -readonly "$database" "$1" 2>/dev/null || echo 0
}

rows() { # NAME QUERY WANTED
    got=$(count "$2")
    [ "$got" = "$3" ]
    step "$1" $? "$got rows, not $3"
}

submission() { # ACTION_TYPE
    jq -cn --arg run "$run" --arg type "$1" --arg me "$me" '{workflow_id: $run,
        target_entity: ("smoke/" + $type), requester_id: $me,
        payload: {action_type: $type, agent: $run, risk_score: 1}}'
}

request GET /health
expect "the service is healthy" 200 '.status == "healthy"'
if [ "$status" = 000 ]; then
    echo "smoke: nothing answers at $base" >&2
    exit 1
fi

request GET /api/v1/users/me
if [ "$status" = 401 ]; then
    echo "smoke: SMOKE_TOKEN is needed here, and must be good: $(field .detail)" >&2
    echo 'smoke: for example SMOKE_TOKEN=$(approvalctl token issue admin)' >&2
    exit 1
fi
me=$(field .id)
expect "it says who is calling (${me:-?})" 200 '.id != null'

# One person is all there is here, hence allow_self_approval.
request POST /api/v1/workflows "$(jq -cn --arg run "$run" --arg me "$me" '{id: $run,
    name: "Smoke test", stages: [{id: "decide", name: "Decide", approvers: [{user: $me}],
    allow_self_approval: true, auto_rules: {trust_payload: true}}]}')"
expect "a workflow is created" 201 '.workflow_id == $run'
request GET "/api/v1/workflows/$run"
expect "the workflow is read back" 200 '.workflow.id == $run and (.stages | length) == 1'

request POST /api/v1/approvals "$(submission query)"
automatic=$(field .approval_id)
expect "a query is approved by the rules" 201 '.status == "approved"'

request POST /api/v1/approvals "$(submission smoke_change)"
manual=$(field .approval_id)
expect "a change waits for a person" 201 '.status == "pending"'
request POST "/api/v1/approvals/$manual/actions" "$(jq -cn --arg me "$me" \
    '{actor_id: $me, action: "approve", metadata: {notes: "smoke test"}}')"
expect "a person approves it" 200 '.status == "approved"'

for id in "$automatic" "$manual"; do
    request GET "/api/v1/approvals/$id"
    expect "approval ${id:-?} is read back" 200 '.workflow_id == $run and .status == "approved"'
done
request GET '/api/v1/approvals?status_filter=approved'
expect "both are listed" 200 "[.[] | select(.workflow_id == \$run).id] | sort == ([\"$automatic\", \"$manual\"] | sort)"

database=${SMOKE_DB:-}
if [ -n "$database" ] && [ ! -r "$database" ]; then
    echo "smoke: SMOKE_DB: $database cannot be read" >&2
    exit 2
fi
if [ -z "$database" ] && command -v sqlite3 >/dev/null; then
    database=${APPROVAL_DB_PATH:-data/approval_workflows.db}
    [ "$(count "SELECT count(*) FROM workflows WHERE id = '$run'")" = 1 ] || database=''
fi
if [ -n "$database" ]; then
    rows "the workflow is in the database" "SELECT count(*) FROM workflows WHERE id = '$run'" 1
    rows "the approvals are in the database" \
        "SELECT count(*) FROM approvals WHERE workflow_id = '$run' AND status = 'approved'" 2
    rows "so are their submissions" "SELECT count(*) FROM approval_events
        WHERE approval_id IN ('$automatic', '$manual') AND action = 'submitted'" 2
    rows "so is the decision" "SELECT count(*) FROM approval_events
        WHERE approval_id = '$manual' AND action = 'approve'
        AND actor_id = '$(printf %s "$me" | sed "s/'/''/g")'" 1
    rows "so are the audit entries" "SELECT count(DISTINCT entity_id) FROM audit_logs
        WHERE entity_id IN ('$run', '$automatic', '$manual')" 3
else
    echo "        (the database file is out of reach; what is above was read through the API)"
fi

# The list that shows active workflows need not show this one for ever, where the service can archive.
request PATCH "/api/v1/workflows/$run" '{"status": "archived"}'
case $status in
404 | 405) echo "        (this version cannot archive the workflow $run; it stays active)" ;;
*) expect "the workflow is archived" 200 true ;;
esac

[ "$failed" = 0 ] && echo "smoke: all is well at $base" || echo "smoke: $failed steps FAILED at $base"
[ "$failed" = 0 ]
