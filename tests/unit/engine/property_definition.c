#include "property.h"

static void comma(struct str *out)
{
    char last = out->len ? out->buf[out->len - 1] : '{';
    if (last != '{' && last != '[')
        str_addch(out, ',');
}

static void selector(struct dice *dice, struct str *out)
{
    static const char *const managers[] = {"manager:requester", "manager:requester:2"};
    switch (dice_below(dice, 10)) {
    case 0:
    case 1:
    case 2:
    case 3:
        str_addf(out, "\"user:p%u\"", dice_below(dice, PEOPLE));
        break;
    case 4:
    case 5:
    case 6:
        str_addf(out, "\"group:g%u\"", dice_below(dice, GROUPS));
        break;
    case 7:
        str_addf(out, "\"role:r%u\"", dice_below(dice, 2));
        break;
    case 8:
        str_addf(out, "\"%s\"", managers[dice_below(dice, 2)]);
        break;
    default:
        str_add(out, dice_hit(dice, 50) ? "\"payload:/who\"" : "\"least_loaded:group:g1\"");
    }
}

static void selectors(struct dice *dice, struct str *out, unsigned least, unsigned most)
{
    unsigned n = least + dice_below(dice, most - least + 1);
    str_addch(out, '[');
    for (unsigned i = 0; i < n; i++) {
        comma(out);
        selector(dice, out);
    }
    str_addch(out, ']');
}

static void at_least(struct dice *dice, struct str *out)
{
    str_addf(out, "{\"at_least\":%u,\"of\":", 1 + dice_below(dice, 3));
    if (dice_hit(dice, 30))
        str_addf(out, "\"group:g%u\"", dice_below(dice, GROUPS));
    else
        selectors(dice, out, 1, 3);
    str_addch(out, '}');
}

/* No deeper than depth. */
static void tree(struct dice *dice, struct str *out, unsigned depth)
{
    unsigned kind = dice_below(dice, 10);
    if (kind < 3 || !depth) {
        selector(dice, out);
    } else if (kind < 5) {
        at_least(dice, out);
    } else {
        str_addf(out, "{\"%s\":[", kind < 8 ? "all" : "any");
        for (unsigned i = 0, n = 1 + dice_below(dice, 3); i < n; i++) {
            comma(out);
            tree(dice, out, depth - 1);
        }
        str_add(out, "]}");
    }
}

static void sequential(struct dice *dice, struct str *out)
{
    str_add(out, ",\"type\":\"sequential\"");
    if (dice_hit(dice, 70)) {
        str_add(out, ",\"approvers\":");
        selectors(dice, out, 1, 3);
    }
    if (dice_hit(dice, 40))
        str_addf(out, ",\"quorum\":%u", 1 + dice_below(dice, 2));
}

static void parallel(struct dice *dice, struct str *out)
{
    static const char *const quorums[] = {
        "1", "2", "3", "\"any\"", "\"all\"", "\"majority\"", "\"60%\"", "\"34%\""};
    bool named = dice_hit(dice, 75);
    str_add(out, ",\"type\":\"parallel\"");
    if (named) {
        str_add(out, ",\"approvers\":");
        selectors(dice, out, 1, 4);
    }
    if (dice_hit(dice, 45)) {
        str_add(out, ",\"requires\":");
        tree(dice, out, 2);
        if (dice_hit(dice, 40))
            str_add(out, ",\"distinct\":true");
    } else if (dice_hit(dice, 80)) {
        str_addf(out, ",\"quorum\":%s", quorums[dice_below(dice, named ? 8 : 4)]);
    }
}

static void level(struct dice *dice, struct str *out, unsigned hours)
{
    static const char *const thens[] = {"approve", "reject", "escalate"};
    str_addf(out, "{\"timeout\":\"%uh\"", hours);
    if (dice_hit(dice, 60)) {
        str_add(out, ",\"target\":");
        selectors(dice, out, 1, 2);
        if (dice_hit(dice, 30))
            str_add(out, ",\"mode\":\"replace\"");
    }
    if (dice_hit(dice, 40))
        str_addf(out, ",\"then\":\"%s\"", thens[dice_below(dice, 3)]);
    str_addch(out, '}');
}

static void times(struct dice *dice, struct str *out)
{
    if (dice_hit(dice, 25))
        str_add(out, dice_hit(dice, 50) ? ",\"sla\":{\"duration\":\"2h\",\"remind\":[\"50%\"]}"
                                        : ",\"sla\":{\"duration\":\"3bh\",\"remind\":[\"1h\"]}");
    if (!dice_hit(dice, 35))
        return;
    str_add(out, ",\"escalations\":[");
    for (unsigned i = 0, n = 1 + dice_below(dice, 2); i < n; i++) {
        comma(out);
        level(dice, out, 2 + 3 * i);
    }
    str_addch(out, ']');
}

static void rules(struct dice *dice, struct str *out)
{
    static const char *const rejects[] = {"\"any\"", "1", "2", "\"impossible\""};
    static const char *const empties[] = {"escalate", "reject", "approve"};
    static const char *const repeats[] = {"off", "consecutive", "any"};
    static const char *const conditions[] = {
        "{\"a_lt\":2}", "{\">\":[{\"var\":\"payload.b\"},0]}",
        "{\"!\":[{\"in\":[\"p2\",{\"var\":\"approval.approved_by\"}]}]}"};
    if (dice_hit(dice, 40))
        str_addf(out, ",\"reject\":%s", rejects[dice_below(dice, 4)]);
    if (dice_hit(dice, 40))
        str_addf(out, ",\"on_empty\":\"%s\"", empties[dice_below(dice, 3)]);
    if (dice_hit(dice, 30))
        str_addf(out, ",\"skip_repeat\":\"%s\"", repeats[dice_below(dice, 3)]);
    if (dice_hit(dice, 20))
        str_addf(out, ",\"conditions\":%s", conditions[dice_below(dice, 3)]);
    if (dice_hit(dice, 30))
        str_addf(out, ",\"covers\":[\"/%c\"]", dice_hit(dice, 50) ? 'a' : 'b');
    if (dice_hit(dice, 15))
        str_add(out, ",\"vote_once\":true");
    if (dice_hit(dice, 15))
        str_add(out, ",\"allow_self_approval\":true");
    if (dice_hit(dice, 10))
        str_add(out, ",\"auto_rules\":{\"trust_payload\":true}");
    if (dice_hit(dice, 5))
        str_add(out, ",\"actions\":[\"approve\",\"reject\",\"comment\"]");
}

static void stage(struct dice *dice, struct str *out, unsigned i)
{
    str_addf(out, "{\"id\":\"s%u\"", i);
    if (dice_hit(dice, 40))
        sequential(dice, out);
    else
        parallel(dice, out);
    rules(dice, out);
    times(dice, out);
    str_addch(out, '}');
}

static void transitions(struct dice *dice, struct str *out, unsigned stages)
{
    static const char *const ends[] = {"approve", "reject", "timeout", "withdraw"};
    static const char *const tos[] = {"$approved", "$rejected", "$returned"};
    str_add(out, ",\"transitions\":[");
    for (unsigned i = 0, n = 1 + dice_below(dice, 2); i < n; i++) {
        comma(out);
        str_addf(out, "{\"from\":\"s%u\",\"on\":\"%s\",\"to\":", dice_below(dice, stages),
                 ends[dice_below(dice, 4)]);
        if (dice_hit(dice, 60))
            str_addf(out, "\"s%u\"", dice_below(dice, stages));
        else
            str_addf(out, "\"%s\"", tos[dice_below(dice, 3)]);
        if (dice_hit(dice, 40))
            str_addf(out, ",\"condition\":{\"b_gt\":%u}", dice_below(dice, 2));
        str_addch(out, '}');
    }
    str_addch(out, ']');
}

void random_definition(struct dice *dice, struct str *out)
{
    unsigned stages = 1 + dice_below(dice, 3);
    str_addf(out, "{\"id\":\"wf\",\"calendar\":\"office\",\"max_visits\":%u,\"max_rounds\":%u",
             1 + dice_below(dice, 3), 1 + dice_below(dice, 3));
    if (dice_hit(dice, 15))
        str_add(out, ",\"expires\":\"20h\"");
    if (dice_hit(dice, 20)) {
        str_add(out, ",\"owners\":");
        selectors(dice, out, 1, 2);
    }
    if (dice_hit(dice, 5)) {
        str_add(out, ",\"submit_by\":[\"user:p0\",");
        selector(dice, out);
        str_addch(out, ']');
    }
    str_add(out, ",\"stages\":[");
    for (unsigned i = 0; i < stages; i++) {
        comma(out);
        stage(dice, out, i);
    }
    str_addch(out, ']');
    if (dice_hit(dice, 35))
        transitions(dice, out, stages);
    str_addch(out, '}');
}

const char *random_payload(struct arena *arena, struct dice *dice)
{
    unsigned a = dice_below(dice, 3), b = dice_below(dice, 3), who = dice_below(dice, PEOPLE);
    return arena_printf(arena, "{\"a\":%u,\"b\":%u,\"who\":\"p%u\",\"risk_score\":0.%u}", a, b, who,
                        dice_below(dice, 10));
}
