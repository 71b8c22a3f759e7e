/*
 * The logs that a node holds, as static pieces for whoever wants to check them:
 *
 *	/logs/MEMBER[/EPOCH][/branch]/checkpoint
 *	/logs/MEMBER[/EPOCH][/branch]/tile/...       (proto/log/tile.h)
 *
 * MEMBER "members" is the member log, "branch" the other history of a forked log.
 * Only what the proved head covers is served: nothing that is pending, nothing
 * that is not proved.
 */
#ifndef TRAC_DAEMON_TILES_H
#define TRAC_DAEMON_TILES_H

#include "daemon/web.h"

/* Is it a path of these? */
bool tiles_serve(const char *path);
/* Fills the answer; from: 0, or where the last piece of that path said to go on. */
void tiles_answer(struct node *n, const char *path, uint32_t from, struct web_answer *out);

#endif
