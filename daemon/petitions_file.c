/* What a hub asks for, in HOME/petitions: the request of a workshop, named after it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/log.h"
#include "daemon/petitions_inside.h"
#include "store/folder.h"

#define FOLDER "petitions"

int petition_keep(struct node *n, const struct asked *a, struct fault *f)
{
	const struct span request = { a->request, a->size };

	if (folder_put(n->petitions->folder, a->member.name, request) < 0)
		return folder_fault(f, FOLDER, "the request cannot be kept");
	return 0;
}

void petition_drop(struct node *n, struct asked *a)
{
	char prefix[MEMBER_NAME_MAX + 32];
	struct fault f;

	snprintf(prefix, sizeof prefix, "admission of %s:", a->member.name);
	node_calm(n, prefix);
	a->used = false;
	if (unlinkat(n->petitions->folder, a->member.name, 0) < 0 && errno != ENOENT) {
		folder_fault(&f, FOLDER, "a request that is done with stays, and is asked again "
			     "after a restart");
		log_line(LOG_NOTE, "%s", f.text);
	}
}

static int load(struct node *n, const char *name, struct asked *a, struct fault *f)
{
	char network[NETWORK_MAX + 1];
	int fd = openat(n->petitions->folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	long got = fd < 0 ? -1 : folder_read(fd, a->request, sizeof a->request, 0);

	if (got < 0)
		folder_fault(f, FOLDER, "a request cannot be read");
	if (fd >= 0)
		close(fd);
	if (got < 0)
		return -1;
	a->size = (size_t)got;
	if (request_open((struct span){ a->request, a->size }, network, &a->member, f))
		return -1;
	if (strcmp(a->member.name, name) || strcmp(network, n->settings.network))
		return fault_set(f, FAULT_INPUT, "it is of %s/%s", network, a->member.name);
	return 0;
}

static int load_next(void *ctx, const char *name)
{
	struct node *n = ctx;
	struct asked *a = n->petitions->asked;
	struct fault f = { 0 };

	while (a->used && a < n->petitions->asked + PETITIONS_MAX - 1)
		a++;
	if (a->used) {
		log_line(LOG_ALERT, FOLDER ": more than %d requests: the others wait for a restart",
			 PETITIONS_MAX);
		return 1;
	}
	memset(a, 0, sizeof *a);
	a->used = load(n, name, a, &f) == 0;
	if (!a->used)
		log_line(LOG_ALERT, FOLDER "/%s: not a request that this hub keeps: %s: remove it",
			 name, f.text);
	return 0;
}

int petitions_open(struct node *n, struct fault *f)
{
	struct petitions *p = n->petitions;

	p->folder = folder_open(n->settings.home, FOLDER, f);
	if (p->folder < 0)
		return -1;
	if (folder_each(p->folder, load_next, n) < 0)
		return folder_fault(f, FOLDER, "cannot be read");
	return 0;
}
