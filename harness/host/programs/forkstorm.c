// SPDX-License-Identifier: GPL-2.0-only
/*
 * forkstorm SECONDS CHILDREN MIB: processes that come and go as fast as they can.
 *
 * The parent fills MIB. As long as SECONDS last it forks CHILDREN at once; each looks whether it sees what the parent
 * wrote, writes over all of it (every page is copied), and allocates as much of its own, which has to be zero.
 *
 * Prints {"pages":P,"dirty":D,"lost":L,"forks":F}: own pages looked at, not zero; inherited pages that are wrong.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE_BYTES 4096UL

struct result {
	unsigned long pages, dirty, lost, forks;
};

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static unsigned long count_other(const unsigned char *memory, size_t bytes, unsigned char value)
{
	static unsigned char wanted[PAGE_BYTES];
	unsigned long other = 0;

	memset(wanted, value, sizeof(wanted));
	for (size_t at = 0; at < bytes; at += PAGE_BYTES)
		other += !!memcmp(memory + at, wanted, PAGE_BYTES);
	return other;
}

static unsigned char *map(size_t bytes, int flags)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | flags, -1, 0);

	if (memory == MAP_FAILED) {
		perror("forkstorm: mmap");
		exit(1);
	}
	return memory;
}

static void child(unsigned char *inherited, size_t bytes, struct result *result)
{
	unsigned char *own;

	result->lost += count_other(inherited, bytes, 0x5a);
	memset(inherited, 0xa5, bytes);
	own = map(bytes, MAP_PRIVATE);
	/* Writing to the end of each page makes it be there; the rest has to be zero */
	for (size_t at = PAGE_BYTES - 1; at < bytes; at += PAGE_BYTES)
		own[at] = 0;
	result->dirty += count_other(own, bytes, 0);
	result->pages += bytes / PAGE_BYTES;
	memset(own, 0xc3, bytes);
	_exit(0);
}

int main(int argc, char **argv)
{
	struct result *results, sum = { 0 };
	unsigned char *inherited;
	long children;
	size_t bytes;
	double end;
	int failed = 0;

	if (argc != 4) {
		fprintf(stderr, "usage: forkstorm SECONDS CHILDREN MIB\n");
		return 2;
	}
	end = now() + strtod(argv[1], NULL);
	children = strtol(argv[2], NULL, 10);
	bytes = strtoul(argv[3], NULL, 10) << 20;
	inherited = map(bytes, MAP_PRIVATE);
	memset(inherited, 0x5a, bytes);
	results = (struct result *)map(children * sizeof(*results), MAP_SHARED);

	do {
		int status;

		for (long n = 0; n < children; n++) {
			pid_t pid = fork();

			if (!pid)
				child(inherited, bytes, &results[n]);
			if (pid < 0)
				failed = 1;
			else
				sum.forks++;
		}
		while (wait(&status) > 0)
			failed |= status != 0;
	} while (now() < end);

	for (long n = 0; n < children; n++) {
		sum.pages += results[n].pages;
		sum.dirty += results[n].dirty;
		sum.lost += results[n].lost;
	}
	printf("{\"pages\":%lu,\"dirty\":%lu,\"lost\":%lu,\"forks\":%lu}\n", sum.pages, sum.dirty, sum.lost, sum.forks);
	return failed;
}
