// SPDX-License-Identifier: GPL-2.0-only
/*
 * poison COUNT FILE pfn|address [mixed]: break free memory that is known to be zero.
 *
 * Looks through /proc/kpageflags for free blocks that are marked as zero (the mark is PG_private of the first page) and
 * writes the number, or the physical address, of COUNT pages spread over them to FILE, in turn the first page of a
 * block and one inside; with "mixed" pages of blocks that have no mark, of which a part may be zero all the same.
 * Prints the page frame numbers that the kernel took, one a line.
 *
 * poison check MIB < NUMBERS: populates MIB and prints {"asked":A,"poisoned":P,"free":F,"handedOut":H}: how many of
 * those pages are still marked as broken, how many are on a free list, how many are part of the MIB.
 */
#define _GNU_SOURCE
#include "allocate.h"
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE_BYTES 4096UL
#define MAX_PAGES 1024
#define CHUNK 8192
/* Bits of /proc/kpageflags: include/uapi/linux/kernel-page-flags.h and include/linux/kernel-page-flags.h */
#define BUDDY (1ULL << 10)
#define HWPOISON (1ULL << 19)
#define PRIVATE (1ULL << 35)
/* Pages of the largest block; between two pages that are broken, so that they are of different blocks. */
#define DISTANCE 1024

static int open_or_die(const char *path, int flags)
{
	int fd = open(path, flags);

	if (fd < 0) {
		perror(path);
		exit(1);
	}
	return fd;
}

static int is_marked(uint64_t flags)
{
	return (flags & (BUDDY | PRIVATE)) == (BUDDY | PRIVATE);
}

/* Is this page free, and its block larger than it and without a mark? All that could be its block's first has none then. */
static int is_mixed(const uint64_t *flags, unsigned long page)
{
	for (unsigned long size = 1; size <= DISTANCE; size *= 2)
		if (is_marked(flags[page & ~(size - 1)]))
			return 0;
	return flags[page] & flags[page ^ 1] & BUDDY && !is_marked(flags[page ^ 1]);
}

static int break_pages(unsigned long count, const char *file, int by_address, int mixed)
{
	static uint64_t flags[CHUNK];
	int in = open_or_die("/proc/kpageflags", O_RDONLY);
	unsigned long pfn = 0, next = 0, done = 0;
	ssize_t bytes;

	while (done < count && (bytes = pread(in, flags, sizeof(flags), pfn * 8)) > 0) {
		unsigned long entries = bytes / 8;

		for (unsigned long i = 0; i + 1 < entries && done < count; i++) {
			unsigned long victim = pfn + i;
			int out;
			char text[32];
			int length;

			if (victim < next || !(mixed ? is_mixed(flags, i) : is_marked(flags[i])))
				continue;
			/* The page after the first, if it is of the same block */
			if (done % 2 && (mixed ? is_mixed(flags, i + 1) : flags[i + 1] & BUDDY && !is_marked(flags[i + 1])))
				victim++;
			length = snprintf(text, sizeof(text), "%#lx", by_address ? victim * PAGE_BYTES : victim);
			out = open_or_die(file, O_WRONLY);
			if (write(out, text, length) == length) {
				printf("%lu\n", victim);
				done++;
			}
			close(out);
			next = victim + DISTANCE;
		}
		pfn += entries;
	}
	return done == count ? 0 : 1;
}

static int check(size_t bytes)
{
	unsigned long pfns[MAX_PAGES], asked = 0, poisoned = 0, unused = 0, handed_out = 0;
	int flags_fd = open_or_die("/proc/kpageflags", O_RDONLY);
	int map_fd = open_or_die("/proc/self/pagemap", O_RDONLY);
	uintptr_t first;
	void *memory;

	while (asked < MAX_PAGES && scanf("%lu", &pfns[asked]) == 1)
		asked++;
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED || allocate(memory, bytes)) {
		perror("poison: memory");
		return 1;
	}
	first = (uintptr_t)memory / PAGE_BYTES;
	for (size_t page = 0; page < bytes / PAGE_BYTES; page += CHUNK) {
		static uint64_t entries[CHUNK];
		ssize_t got = pread(map_fd, entries, sizeof(entries), (first + page) * 8);

		for (ssize_t i = 0; i < got / 8 && page + i < bytes / PAGE_BYTES; i++)
			for (unsigned long n = 0; n < asked; n++)
				handed_out += (entries[i] & ((1ULL << 55) - 1)) == pfns[n];
	}
	for (unsigned long n = 0; n < asked; n++) {
		uint64_t flags = 0;

		if (pread(flags_fd, &flags, sizeof(flags), pfns[n] * 8) != sizeof(flags))
			continue;
		poisoned += !!(flags & HWPOISON);
		unused += !!(flags & BUDDY);
	}
	printf("{\"asked\":%lu,\"poisoned\":%lu,\"free\":%lu,\"handedOut\":%lu}\n", asked, poisoned, unused, handed_out);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "check"))
		return check(strtoul(argv[2], NULL, 10) << 20);
	if (argc == 4 || (argc == 5 && !strcmp(argv[4], "mixed")))
		return break_pages(strtoul(argv[1], NULL, 10), argv[2], !strcmp(argv[3], "address"), argc == 5);
	fprintf(stderr, "usage: poison COUNT FILE pfn|address [mixed]; poison check MIB < NUMBERS\n");
	return 2;
}
