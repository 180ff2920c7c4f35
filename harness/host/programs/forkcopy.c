// SPDX-License-Identifier: GPL-2.0-only
/*
 * forkcopy MIB THP: a process of half of MIB forks, and its child writes to every page, which copies it.
 *
 * Copies do not want zeroes; page tables do. seconds: from before the fork until the child has written to all;
 * forkSeconds: the fork, as the parent sees it; copySeconds: the child's writing; exitSeconds: the child's end.
 */
#include "measured.h"
#include <sys/wait.h>

struct times {
	double begun, written;
};

int main(int argc, char **argv)
{
	double start, forked, ended, share;
	struct times *times;
	size_t bytes;
	char *memory;
	int status;
	pid_t pid;

	if (argc != 3) {
		fprintf(stderr, "usage: forkcopy MIB THP\n");
		return 2;
	}
	bytes = mib(argv[1]) / 2;
	times = map(sizeof(*times), MAP_SHARED | MAP_POPULATE);
	memory = map_aligned(bytes);
	memset(memory, 0x5a, bytes);
	share = huge_share(OWN, argv[2]);

	start = now();
	pid = fork();
	if (pid < 0)
		die("forkcopy: fork");
	if (!pid) {
		times->begun = now();
		touch(memory, bytes);
		times->written = now();
		_exit(0);
	}
	forked = now();
	if (waitpid(pid, &status, 0) < 0)
		die("forkcopy: waitpid");
	ended = now();
	if (status) {
		fprintf(stderr, "forkcopy: the child ended with status %d\n", status);
		return 1;
	}
	printf("{\"seconds\":%.9f,\"values\":{\"forkSeconds\":%.9f,\"copySeconds\":%.9f,\"exitSeconds\":%.9f},\"hugeShare\":%.6f}\n",
	       times->written - start, forked - start, times->written - times->begun, ended - times->written, share);
	return 0;
}
