/* trac restore --from: a home from a backup. */
#ifndef TRAC_CLI_RESTORE_BACKUP_H
#define TRAC_CLI_RESTORE_BACKUP_H

#include "cli/verb.h"

/*
 * From the folder that trac backup wrote, and the folder of keys that --keys names, which
 * is not needed where the home has its keys still. The store is verified before it is put
 * in place; nothing that is there is overwritten.
 */
int restore_backup(struct context *c, const struct arguments *a, struct fault *f);

#endif
