# Makes of layers.txt, for the Makefile: FOLDERS, and for each folder LINK_<folder> (it and everything
# below it, in link order), LIBS_<folder> (libraries of others these need) and, the same with what its
# unit tests need besides, TEST_LINK_<folder> and TEST_LIBS_<folder>.

function reach(folder, seen,    i, n, below) {
    if (folder in seen)
        return
    seen[folder] = 1
    n = split(allowed[folder], below, " ")
    for (i = 1; i <= n; i++) {
        sub(/\/[^\/]*\.h$/, "", below[i])
        reach(below[i], seen)
    }
}

function print_link(prefix, folder, seen,    i, link, libs) {
    for (i = count; i >= 1; i--)
        if (order[i] in seen) {
            link = link " " order[i]
            libs = libs libraries[order[i]]
        }
    print prefix "LINK_" folder " :=" link
    print prefix "LIBS_" folder " :=" libs
}

BEGIN { FS = "|" }

/^[ \t]*(#|$)/ || /^@/ { next }

{
    folder = $1
    sub(/:.*/, "", folder)
    allowed[folder] = $1
    sub(/^[^:]*:/, "", allowed[folder])
    n = split($3, names, " ")
    for (i = 1; i <= n; i++)
        libraries[folder] = libraries[folder] " -l" names[i]
    extra[folder] = $4
    order[++count] = folder
}

END {
    for (i = 1; i <= count; i++) {
        folders = folders " " order[i]
        split("", seen)
        reach(order[i], seen)
        print_link("", order[i], seen)
        n = split(extra[order[i]], more, " ")
        for (j = 1; j <= n; j++)
            reach(more[j], seen)
        print_link("TEST_", order[i], seen)
    }
    print "FOLDERS :=" folders
}
