// SPDX-License-Identifier: GPL-2.0-only
/*
 * stale MIB THP LIMIT [MEM]: how long what a process wrote can be found in memory after it has ended.
 *
 * A child fills MIB with numbers that nothing else writes, tells which physical pages they are in (pagemap), and ends.
 * The parent reads these pages through MEM, /dev/mem, which the kernel must not restrict, until none has a number left
 * or LIMIT seconds are over. It begins with a look while the child lives: what it cannot see then, it could not miss
 * later, and it fails.
 *
 * seconds: from telling the child to end until no trace is left, or the limit; remainingShare: pages with a trace at the
 * end; foundShare: pages with a trace at the first look after the child's end; mostSeconds: until 99 of 100 were gone,
 * left out when they never were.
 */
#include "measured.h"
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/wait.h>

#define PAGE_WORDS (PAGE_BYTES / sizeof(uint64_t))
#define PFN_MASK ((1UL << 55) - 1)
#define LOOK_AGAIN_MICROSECONDS 20000
#define MOST 0.99

static uint64_t key;

struct shared {
	double huge_share;
	/* Physical page of each page of the child; those without a trace are taken out. */
	size_t count;
	struct {
		uint64_t pfn, page;
	} pages[];
};

static uint64_t secret(uint64_t page, size_t word)
{
	return ((page * PAGE_WORDS + word) * 0x9e3779b97f4a7c15UL) ^ key;
}

static void child(size_t bytes, const char *thp, struct shared *shared, int ready, int go)
{
	int pagemap = open("/proc/self/pagemap", O_RDONLY);
	uint64_t *memory = (uint64_t *)map_aligned(bytes);
	cpu_set_t one;
	char byte = 0;

	/*
	 * A CPU that puts pages on the LRU lists collects some first and holds them meanwhile, ended process or not; the
	 * end of a process empties what its own CPU has collected. So stay on one. And do not lock the memory: unlocking
	 * it at the end collects once more, after that, and the last pages stay until that CPU unlocks others.
	 */
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		die("stale: sched_setaffinity");
	/* Whatever ends the parent, this does not live on with its output open */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (pagemap < 0)
		die("/proc/self/pagemap");
	for (size_t page = 0; page < bytes / PAGE_BYTES; page++)
		for (size_t word = 0; word < PAGE_WORDS; word++)
			memory[page * PAGE_WORDS + word] = secret(page, word);
	for (size_t page = 0; page < bytes / PAGE_BYTES; page++) {
		uint64_t entry, at = ((uintptr_t)memory + page * PAGE_BYTES) / PAGE_BYTES * sizeof(entry);

		if (pread(pagemap, &entry, sizeof(entry), at) != sizeof(entry) || !(entry & PFN_MASK)) {
			fprintf(stderr, "stale: pagemap does not tell where page %zu is\n", page);
			exit(1);
		}
		shared->pages[page].pfn = entry & PFN_MASK;
		shared->pages[page].page = page;
	}
	shared->count = bytes / PAGE_BYTES;
	shared->huge_share = huge_share(OWN, thp);
	if (write(ready, &byte, 1) != 1 || read(go, &byte, 1) != 1)
		die("stale: pipe");
	_exit(0);
}

static int has_trace(int mem, uint64_t pfn, uint64_t page)
{
	uint64_t words[PAGE_WORDS];

	if (pread(mem, words, sizeof(words), pfn * PAGE_BYTES) != sizeof(words))
		die("stale: reading physical memory");
	for (size_t word = 0; word < PAGE_WORDS; word++)
		if (words[word] == secret(page, word))
			return 1;
	return 0;
}

/* Looks at the pages that had a trace the last time; returns how many still have. */
static size_t look(int mem, struct shared *shared)
{
	size_t left = 0;

	for (size_t i = 0; i < shared->count; i++)
		if (has_trace(mem, shared->pages[i].pfn, shared->pages[i].page))
			shared->pages[left++] = shared->pages[i];
	shared->count = left;
	return left;
}

int main(int argc, char **argv)
{
	double start, limit, end, most = -1, found = -1;
	struct shared *shared;
	int ready[2], go[2], mem, status;
	size_t bytes, all, left;
	const char *path;
	char byte = 0;
	pid_t pid;

	if (argc < 4) {
		fprintf(stderr, "usage: stale MIB THP LIMIT [MEM]\n");
		return 2;
	}
	bytes = mib(argv[1]);
	limit = strtod(argv[3], NULL);
	path = argc > 4 ? argv[4] : "/dev/mem";
	mem = open(path, O_RDONLY);
	if (mem < 0)
		die(path);
	all = bytes / PAGE_BYTES;
	shared = map(sizeof(*shared) + all * sizeof(shared->pages[0]), MAP_SHARED | MAP_POPULATE);
	if (getrandom(&key, sizeof(key), 0) != sizeof(key) || pipe(ready) || pipe(go))
		die("stale");
	pid = fork();
	if (pid < 0)
		die("stale: fork");
	if (!pid)
		child(bytes, argv[2], shared, ready[1], go[0]);
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1) {
		fprintf(stderr, "stale: the child ended too early\n");
		return 1;
	}
	left = look(mem, shared);
	if (left != all) {
		fprintf(stderr, "stale: only %zu of %zu pages can be seen in %s while they are in use\n", left, all, path);
		return 1;
	}

	start = now();
	if (write(go[1], &byte, 1) != 1 || waitpid(pid, &status, 0) < 0)
		die("stale: ending the child");
	do {
		if (found >= 0)
			usleep(LOOK_AGAIN_MICROSECONDS);
		left = look(mem, shared);
		end = now();
		if (found < 0)
			found = (double)left / all;
		if (most < 0 && left <= (1 - MOST) * all)
			most = end - start;
	} while (left && end - start < limit);

	printf("{\"seconds\":%.9f,\"values\":{\"remainingShare\":%.6f,\"foundShare\":%.6f", end - start, (double)left / all, found);
	if (most >= 0)
		printf(",\"mostSeconds\":%.9f", most);
	printf("},\"hugeShare\":%.6f}\n", shared->huge_share);
	return 0;
}
