// SPDX-License-Identifier: GPL-2.0-only
/*
 * launch MIB THP: how long a program takes to start that touches memory as large ones do.
 *
 * A child is started with fork and exec, and asks for MIB in a fixed mix: two fifths are heap that grows by 132 KiB, as
 * malloc has it grow, three tenths buffers of 1 MiB, one tenth pieces of 64 KiB, and one fifth caches of 4 MiB of which
 * every other page is used. All kinds grow in turn. Nine tenths of MIB are touched, page by page.
 *
 * seconds: from before the fork until the child has touched all; faultCount: the page faults that took.
 */
#include "measured.h"
#include <sys/resource.h>
#include <sys/wait.h>

#define STEPS 20

struct kind {
	size_t tenths, piece, stride, used;
	int is_heap;
};

static struct kind kinds[] = {
	{ .tenths = 4, .piece = 132UL << 10, .stride = PAGE_BYTES, .is_heap = 1 },
	{ .tenths = 3, .piece = 1UL << 20, .stride = PAGE_BYTES },
	{ .tenths = 1, .piece = 64UL << 10, .stride = PAGE_BYTES },
	{ .tenths = 2, .piece = 4UL << 20, .stride = 2 * PAGE_BYTES },
};

static void use_piece(const struct kind *kind)
{
	volatile char *memory = kind->is_heap ? sbrk(kind->piece) : map(kind->piece, MAP_PRIVATE);

	if (memory == (void *)-1)
		die("launch: sbrk");
	for (size_t at = 0; at < kind->piece; at += kind->stride)
		memory[at] = 1;
}

static int launched(size_t bytes, const char *thp, double start)
{
	struct rusage usage;
	double end;

	for (size_t step = 1; step <= STEPS; step++) {
		for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
			struct kind *kind = &kinds[i];

			for (; kind->used + kind->piece <= bytes / 10 * kind->tenths * step / STEPS; kind->used += kind->piece)
				use_piece(kind);
		}
	}
	end = now();
	getrusage(RUSAGE_SELF, &usage);
	printf("{\"seconds\":%.9f,\"values\":{\"faultCount\":%ld},\"hugeShare\":%.6f}\n", end - start, usage.ru_minflt,
	       huge_share(OWN, thp));
	return 0;
}

int main(int argc, char **argv)
{
	char start[32];
	int status;
	pid_t pid;

	if (argc == 4)
		return launched(mib(argv[1]), argv[2], strtod(argv[3], NULL));
	if (argc != 3) {
		fprintf(stderr, "usage: launch MIB THP\n");
		return 2;
	}
	mib(argv[1]);
	snprintf(start, sizeof(start), "%.9f", now());
	pid = fork();
	if (pid < 0)
		die("launch: fork");
	if (!pid) {
		execl("/proc/self/exe", argv[0], argv[1], argv[2], start, (char *)NULL);
		perror("launch: exec");
		_exit(127);
	}
	if (waitpid(pid, &status, 0) < 0)
		die("launch: waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
