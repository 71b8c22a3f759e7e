/* trac: the process. What it does stands in verbs.c and the files it joins. */
#include <sodium.h>
#include <stdlib.h>

#include "cli/json.h"
#include "cli/lang.h"
#include "cli/verb.h"

static int refuse(const struct context *c, const struct fault *f)
{
	if (c->json)
		json_fault(c->err, f);
	else
		fprintf(c->err, "trac: %s\n", f->text);
	return fault_exit(f->code);
}

int main(int argc, char **argv)
{
	struct context c = { .out = stdout, .err = stderr, .home = getenv("TRAC_HOME") };
	struct fault f = { 0 };
	if (!c.home || !*c.home)
		c.home = "/var/lib/tracd";
	c.french = lang_start();
	if (sodium_init() < 0) {
		fault_set(&f, FAULT_IO, "libsodium does not start: no random numbers");
		return refuse(&c, &f);
	}
	int rc = trac_run(&c, argc, argv, &f);
	/* what was printed must have arrived, else a script believes a cut answer */
	if ((fflush(stdout) || ferror(stdout)) && rc == 0)
		rc = fault_set(&f, FAULT_IO, "standard output: what was printed did not arrive");
	return rc < 0 ? refuse(&c, &f) : 0;
}
