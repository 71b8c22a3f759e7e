/*
 * The local socket on which trac asks (control.proto): one client per channel,
 * answers in the order of the requests. Only the user that runs tracd, root,
 * and members of the socket's group may connect: the socket is mode 0660.
 */
#ifndef TRAC_DAEMON_CONTROL_H
#define TRAC_DAEMON_CONTROL_H

#include "daemon/node.h"

/* Binds home/tracd.sock; FAULT_BUSY when a tracd answers on it already. */
int control_create(struct node *n, struct fault *f);
void control_destroy(struct node *n);
unsigned control_clients(const struct node *n);

#endif
