/*
 * approvalctl: the operator's tool.
 */
#include "cli/command.h"

#include <unistd.h>

int main(int argc, char **argv)
{
    return command_main(argc, argv, environ);
}
