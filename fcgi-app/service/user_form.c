#include "user_form.h"

#include "base/clock.h"
#include "base/fields.h"
#include "engine/definition.h"
#include "id_set.h"

#define EMAIL_MAX 320
#define PHONE_MAX 50
#define ROLES_MAX 100
#define MOMENT_MAX 64

struct form {
    struct user_row row;
    const struct json *roles, *absence;
};

enum { FORM_ID, FORM_NAME, FORM_EMAIL, FORM_PHONE, FORM_MANAGER, FORM_OWNER, FORM_ZONE, TEXTS };
enum { FORM_ROLES = TEXTS, FORM_ABSENCE, FORM_COUNT };

#define ROW(member) offsetof(struct form, row.member)

static const struct field form_fields[] = {
    [FORM_ID] = {"id", FIELD_ID, FIELD_REQUIRED, 1, ID_MAX, ROW(id)},
    [FORM_NAME] = {"name", FIELD_ID, 0, 1, ID_MAX, ROW(name)},
    [FORM_EMAIL] = {"email", FIELD_ID, 0, 1, EMAIL_MAX, ROW(email)},
    [FORM_PHONE] = {"phone", FIELD_ID, 0, 1, PHONE_MAX, ROW(phone)},
    [FORM_MANAGER] = {"manager", FIELD_ID, 0, 1, ID_MAX, ROW(manager)},
    [FORM_OWNER] = {"owner", FIELD_ID, 0, 1, ID_MAX, ROW(owner)},
    [FORM_ZONE] = {"time_zone", FIELD_ID, 0, 1, ID_MAX, ROW(time_zone)},
    [FORM_ROLES] = {"roles", FIELD_ARRAY, 0, 0, ROLES_MAX, offsetof(struct form, roles)},
    [FORM_ABSENCE] = {"absence", FIELD_OBJECT, 0, 0, 0, offsetof(struct form, absence)},
};
_Static_assert(sizeof form_fields / sizeof *form_fields == FORM_COUNT, "a field for each");

struct window {
    const char *from, *to, *deputy;
};

static const struct field window_fields[] = {
    {"from", FIELD_ID, 0, 1, MOMENT_MAX, offsetof(struct window, from)},
    {"to", FIELD_ID, 0, 1, MOMENT_MAX, offsetof(struct window, to)},
    {"deputy", FIELD_ID, 0, 1, ID_MAX, offsetof(struct window, deputy)},
};
#define WINDOW_COUNT (sizeof window_fields / sizeof *window_fields)

enum said { NOT_SAID, SAID_NULL, SAID };

static enum said is_said(const struct json *object, const char *key)
{
    const struct json *v = NULL;
    if (!json_member(object, key, &v))
        return NOT_SAID;
    return v ? SAID : SAID_NULL;
}

void user_form_check_person(const char *person, const char *pointer, struct problems *problems)
{
    if (person && !strcmp(person, USER_ID_ME))
        problems_add(problems, pointer, "must not be \"%s\", which is whoever asks", USER_ID_ME);
    if (person && !strcmp(person, USER_ID_SYSTEM))
        problems_add(problems, pointer, "must not be \"%s\", which is the service itself",
                     USER_ID_SYSTEM);
}

/* A place that is for somebody else than the user himself. */
static void check_other(const char *person, const char *pointer, const char *self,
                        struct problems *problems)
{
    user_form_check_person(person, pointer, problems);
    if (person && self && !strcmp(person, self))
        problems_add(problems, pointer, "must be somebody else than the user");
}

/* The id is given once, in the body or by the path. */
static void read_id(struct form *form, const struct json *body, struct problems *problems)
{
    if (!form->row.id) {
        fields_read(body, "", &form_fields[FORM_ID], 1, form, problems);
        user_form_check_person(form->row.id, "/id", problems);
        return;
    }
    const char *sent = json_string(json_get(body, "id"), NULL);
    if (is_said(body, "id") != NOT_SAID && (!sent || strcmp(sent, form->row.id) != 0))
        problems_add(problems, "/id", "cannot be changed; leave it out, or send \"%s\"",
                     form->row.id);
}

static void read_texts(struct form *form, const struct json *body, struct problems *problems)
{
    for (size_t i = FORM_NAME; i < TEXTS; i++)
        if (is_said(body, form_fields[i].name) == SAID_NULL)
            *(const char **)(void *)((char *)form + form_fields[i].offset) = NULL;
    fields_read(body, "", &form_fields[FORM_NAME], FORM_COUNT - FORM_NAME, form, problems);
}

static void read_roles(struct form *form, const struct json *body, struct problems *problems)
{
    if (is_said(body, "roles") == NOT_SAID)
        return;
    struct id_set roles = id_set_read(form->roles, "/roles", problems);
    form->row.roles = roles.ids;
    form->row.role_count = roles.count;
}

static void read_zone(const struct form *form, const struct json *body, struct zones *zones,
                      struct problems *problems)
{
    const struct zone *zone;
    struct err why = ERR_INIT;
    if (json_type(json_get(body, "time_zone")) == JSON_STRING && form->row.time_zone &&
        zones_find(zones, form->row.time_zone, &zone, &why) < 0)
        problems_add(problems, "/time_zone", "%s", why.message);
}

static void read_moment(const struct json *absence, const char *key, const char *text, int64_t *us,
                        struct problems *problems)
{
    const char *pointer = pointer_key(problems->arena, "/absence", key);
    enum said said = is_said(absence, key);
    struct err why = ERR_INIT;
    if (said == SAID_NULL)
        *us = 0;
    if (text && time_parse(text, us, &why) < 0)
        problems_add(problems, pointer, "%s", why.message);
    else if (text && *us <= 0)
        problems_add(problems, pointer, "must lie after 1970");
    else if (said != SAID && !*us)
        problems_add(problems, pointer, "is required");
}

static void read_deputy(const struct json *absence, const char *sent, struct user_row *row,
                        struct problems *problems)
{
    enum said said = is_said(absence, "deputy");
    if (said == SAID_NULL || sent)
        row->deputy = sent;
    if (said != SAID && !row->deputy)
        problems_add(problems, "/absence/deputy", "is required");
    check_other(row->deputy, "/absence/deputy", row->id, problems);
}

static void read_absence(struct form *form, const struct json *body, struct problems *problems)
{
    struct user_row *row = &form->row;
    if (is_said(body, "absence") == SAID_NULL) {
        row->absent_from = row->absent_to = 0;
        row->deputy = NULL;
    }
    if (!form->absence)
        return;
    size_t before = problems->count;
    struct window window = {0};
    fields_refuse_unknown(form->absence, "/absence", window_fields, WINDOW_COUNT, problems);
    fields_read(form->absence, "/absence", window_fields, WINDOW_COUNT, &window, problems);
    read_moment(form->absence, "from", window.from, &row->absent_from, problems);
    read_moment(form->absence, "to", window.to, &row->absent_to, problems);
    read_deputy(form->absence, window.deputy, row, problems);
    if (problems->count == before && row->absent_from >= row->absent_to)
        problems_add(problems, "/absence/to", "must be later than from");
}

void user_form_read(struct user_row *row, const struct json *body, struct zones *zones,
                    struct problems *problems)
{
    struct form form = {.row = *row};
    fields_refuse_unknown(body, "", form_fields, FORM_COUNT, problems);
    read_id(&form, body, problems);
    read_texts(&form, body, problems);
    read_roles(&form, body, problems);
    read_zone(&form, body, zones, problems);
    read_absence(&form, body, problems);
    check_other(form.row.manager, "/manager", form.row.id, problems);
    check_other(form.row.owner, "/owner", form.row.id, problems);
    *row = form.row;
}

/* ---- what a change was ---- */

static const char *text_at(const struct form *form, const struct field *f)
{
    return *(const char *const *)(const void *)((const char *)form + f->offset);
}

static bool text_same(const struct form *a, const struct form *b, const struct field *f)
{
    const char *x = text_at(a, f), *y = text_at(b, f);
    return x && y ? !strcmp(x, y) : x == y;
}

static struct id_set roles_of(const struct user_row *row)
{
    return (struct id_set){row->roles, row->role_count};
}

static bool absence_same(const struct user_row *a, const struct user_row *b)
{
    return a->absent_from == b->absent_from && a->absent_to == b->absent_to &&
           (a->deputy && b->deputy ? !strcmp(a->deputy, b->deputy) : a->deputy == b->deputy);
}

static bool member_same(const struct form *a, const struct form *b, size_t i)
{
    struct id_set x = roles_of(&a->row), y = roles_of(&b->row);
    switch (i) {
    case FORM_ROLES:
        return id_set_same(&x, &y);
    case FORM_ABSENCE:
        return absence_same(&a->row, &b->row);
    default:
        return text_same(a, b, &form_fields[i]);
    }
}

bool user_form_same(const struct user_row *a, const struct user_row *b)
{
    const struct form x = {.row = *a}, y = {.row = *b};
    bool same = true;
    for (size_t i = FORM_NAME; same && i < FORM_COUNT; i++)
        same = member_same(&x, &y, i);
    return same;
}

void user_form_write_change(struct jsonw *w, const struct user_row *before,
                            const struct user_row *after)
{
    const struct form x = {.row = *before}, y = {.row = *after};
    struct id_set old_roles = roles_of(before), new_roles = roles_of(after);
    jsonw_key(w, "changed");
    jsonw_array(w);
    for (size_t i = FORM_NAME; i < FORM_COUNT; i++)
        if (!member_same(&x, &y, i))
            jsonw_string(w, form_fields[i].name);
    jsonw_end(w);
    id_set_write_change(w, "roles", &old_roles, &new_roles);
}

static void write_roles(struct jsonw *w, const struct user_row *row)
{
    jsonw_key(w, form_fields[FORM_ROLES].name);
    jsonw_array(w);
    for (size_t i = 0; i < row->role_count; i++)
        jsonw_string(w, row->roles[i]);
    jsonw_end(w);
}

static void write_absence(struct jsonw *w, const struct user_row *row)
{
    jsonw_key(w, form_fields[FORM_ABSENCE].name);
    jsonw_object(w);
    jsonw_ktime(w, "from", row->absent_from);
    jsonw_ktime(w, "to", row->absent_to);
    jsonw_kstring(w, "deputy", row->deputy);
    jsonw_end(w);
}

void user_form_write(struct str *out, const struct user_row *row)
{
    const struct form form = {.row = *row};
    struct jsonw w;
    if (!row->id)
        return;
    jsonw_init(&w, out);
    jsonw_object(&w);
    for (size_t i = FORM_ID; i < TEXTS; i++)
        jsonw_kstring(&w, form_fields[i].name, text_at(&form, &form_fields[i]));
    write_roles(&w, row);
    write_absence(&w, row);
    jsonw_end(&w);
}
