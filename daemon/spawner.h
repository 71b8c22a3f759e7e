/*
 * A small process, forked before tracd closes itself in, that starts tracd-net
 * and tracd-http and starts them again: seccomp filters are inherited, so tracd
 * itself cannot. It knows the two programs and nothing else; it ends when
 * tracd does, and so do they.
 */
#ifndef TRAC_DAEMON_SPAWNER_H
#define TRAC_DAEMON_SPAWNER_H

#include <sys/types.h>

#include "proto/wire/fault.h"

enum spawn_program { SPAWN_NET, SPAWN_HTTP };

struct spawner {
	int fd;                 /* to the spawner; -1: not started */
	pid_t pid;
	unsigned net_memory_mib;  /* set before spawner_start(): limit of tracd-net; 0: its own */
};

/* folder: where tracd-net and tracd-http lie; copied. Call before threads, keys and sandbox. */
int spawner_start(struct spawner *s, const char *folder, struct fault *f);
/* Starts the program: fd is our end of its socket pair (owned by the caller), pid its process. */
int spawner_spawn(struct spawner *s, enum spawn_program program, int *fd, pid_t *pid,
		  struct fault *f);
void spawner_stop(struct spawner *s);

#endif
