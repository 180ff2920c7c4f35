// SPDX-License-Identifier: GPL-2.0-only
/*
 * zerocheck MIB ROUNDS small|huge|hugetlb [NODE]: is new memory zero, and does it keep what is written?
 *
 * Each round maps MIB of anonymous memory, has the kernel populate it, looks whether every word is zero, writes to
 * every word, looks whether it is still there, and unmaps it dirty. With NODE all of it comes from that NUMA node.
 *
 * Prints one JSON object: {"pages":P,"dirty":D,"lost":L}, pages of 4 KiB: looked at, not zero, not as written. Ends
 * with 1 when memory could not be had.
 */
#define _GNU_SOURCE
#include "allocate.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MPOL_BIND 2
#define PAGE_BYTES 4096UL
#define PAGE_WORDS (PAGE_BYTES / sizeof(uint64_t))

static void *map(size_t bytes, const char *kind)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | (strcmp(kind, "hugetlb") ? 0 : MAP_HUGETLB);
	int advice = strcmp(kind, "huge") ? MADV_NOHUGEPAGE : MADV_HUGEPAGE;
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);

	if (memory == MAP_FAILED)
		return NULL;
	if (!(flags & MAP_HUGETLB) && madvise(memory, bytes, advice))
		return NULL;
	return allocate(memory, bytes) ? NULL : memory;
}

/* No two pages are alike; each compresses, for swap in memory, to a good quarter, but not to nothing. */
static uint64_t pattern(size_t word)
{
	size_t page = word / PAGE_WORDS;

	return (word % PAGE_WORDS < PAGE_WORDS / 4 ? word + 1 : page + 1) * 0x9e3779b97f4a7c15UL;
}

static int is_zero(const uint64_t *page)
{
	uint64_t any = 0;

	for (size_t i = 0; i < PAGE_WORDS; i++)
		any |= page[i];
	return !any;
}

static int is_kept(const uint64_t *page, size_t first)
{
	for (size_t i = 0; i < PAGE_WORDS; i++)
		if (page[i] != pattern(first + i))
			return 0;
	return 1;
}

int main(int argc, char **argv)
{
	unsigned long pages = 0, dirty = 0, lost = 0;
	size_t bytes, words;
	long rounds;

	if (argc < 4) {
		fprintf(stderr, "usage: zerocheck MIB ROUNDS small|huge|hugetlb [NODE]\n");
		return 2;
	}
	bytes = strtoul(argv[1], NULL, 10) << 20;
	words = bytes / sizeof(uint64_t);
	rounds = strtol(argv[2], NULL, 10);
	if (argc > 4) {
		unsigned long nodes = 1UL << strtoul(argv[4], NULL, 10);

		if (syscall(SYS_set_mempolicy, MPOL_BIND, &nodes, 8 * sizeof(nodes))) {
			perror("zerocheck: set_mempolicy");
			return 1;
		}
	}

	for (long round = 0; round < rounds; round++) {
		uint64_t *memory = map(bytes, argv[3]);

		if (!memory) {
			perror("zerocheck: memory");
			return 1;
		}
		for (size_t word = 0; word < words; word += PAGE_WORDS, pages++)
			dirty += !is_zero(memory + word);
		for (size_t word = 0; word < words; word++)
			memory[word] = pattern(word);
		for (size_t word = 0; word < words; word += PAGE_WORDS)
			lost += !is_kept(memory + word, word);
		munmap(memory, bytes);
	}
	printf("{\"pages\":%lu,\"dirty\":%lu,\"lost\":%lu}\n", pages, dirty, lost);
	return 0;
}
