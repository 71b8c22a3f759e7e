/*
 * What a process may still do once it is set up: seccomp by allow list (a
 * forbidden call kills the process), Landlock where the kernel has it, memory
 * limit, no dumps. Under a sanitizer only the dumps are closed, since its
 * runtime needs calls of its own; the release build is what tests hold to it.
 */
#ifndef TRAC_DAEMON_SANDBOX_H
#define TRAC_DAEMON_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "proto/wire/fault.h"

enum sandbox_role {
	SANDBOX_STORE,   /* tracd: writes below its home, Unix sockets; no network socket, no fork,
	                  * no exec: its children are started by daemon/spawner.h */
	SANDBOX_NET,     /* tracd-net: TCP; reads what names are resolved with; no exec */
	SANDBOX_HTTP,    /* tracd-http: accepts TCP on a socket already bound, no files, no exec */
	SANDBOX_SPAWNER, /* the small process that starts the children again: fork, exec, wait,
	                  * and what they need before they close themselves in; writes no file */
};

/* memory_bytes: RLIMIT_DATA; 0: none. home and fence (daemon/fence.h): the only folders
 * that SANDBOX_STORE may write; NULL otherwise. */
int sandbox_enter(enum sandbox_role role, const char *home, const char *fence, size_t memory_bytes,
		  struct fault *f);

#endif
