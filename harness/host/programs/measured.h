/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the programs have in common that measure a scenario of the benchmark: the clock, memory, and how much of it is
 * in huge pages. Such a program prints one line, {"seconds":S,"values":{...},"hugeShare":H}, and nothing else.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define PAGE_BYTES 4096UL
#define HUGE_BYTES (2UL << 20)
#define MAX_MIB (1UL << 24)

static inline double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static inline void die(const char *what)
{
	perror(what);
	exit(1);
}

static inline size_t mib(const char *text)
{
	unsigned long count = strtoul(text, NULL, 10);

	if (!count || count > MAX_MIB) {
		fprintf(stderr, "not a size in MiB: %s\n", text);
		exit(2);
	}
	return count << 20;
}

static inline void *map(size_t bytes, int flags)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | flags, -1, 0);

	if (memory == MAP_FAILED)
		die("mmap");
	return memory;
}

/* Memory that begins where a huge page may. */
static inline char *map_aligned(size_t bytes)
{
	uintptr_t start = (uintptr_t)map(bytes + HUGE_BYTES, MAP_PRIVATE);

	return (char *)((start + HUGE_BYTES - 1) & ~(HUGE_BYTES - 1));
}

/* Makes every page be there; 4 KiB is the smallest that it may be backed by. */
static inline void touch(volatile char *memory, size_t bytes)
{
	for (size_t at = 0; at < bytes; at += PAGE_BYTES)
		memory[at] = 1;
}

#define OWN "/proc/self/smaps_rollup"

/* A field of a process's smaps_rollup, kB. */
static inline unsigned long rollup_kb(const char *rollup, const char *name)
{
	FILE *file = fopen(rollup, "r");
	size_t length = strlen(name);
	unsigned long kb = 0;
	char line[256];

	if (!file)
		die(rollup);
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, name, length) && line[length] == ':')
			kb = strtoul(line + length + 1, NULL, 10);
	fclose(file);
	return kb;
}

/*
 * Share of a process's anonymous memory that huge pages of the chosen size back. Those of 2 MiB are counted for the
 * process, those of 64 KiB for the system, in which it is all that is big.
 */
static inline double huge_share(const char *rollup, const char *thp)
{
	unsigned long anonymous = rollup_kb(rollup, "Anonymous"), count = 0;
	FILE *file;
	double kb;

	if (!strcmp(thp, "mthp-64k")) {
		file = fopen("/sys/kernel/mm/transparent_hugepage/hugepages-64kB/stats/nr_anon", "r");
		if (!file || fscanf(file, "%lu", &count) != 1)
			die("hugepages-64kB/stats/nr_anon");
		fclose(file);
		kb = count * 64.0;
	} else {
		kb = rollup_kb(rollup, "AnonHugePages");
	}
	if (!anonymous)
		return 0;
	return kb < anonymous ? kb / anonymous : 1;
}
