// SPDX-License-Identifier: GPL-2.0-only
/*
 * holes MIB SECONDS: fragmented memory, and what compaction and khugepaged make of it.
 *
 * Populates MIB in 4 KiB pages, writes a number into each, and gives every other page back. As long as SECONDS last it
 * fills the holes, looks whether they are zero and the rest is as it was, and makes the holes again; then it asks for
 * huge pages in place of the pieces (MADV_COLLAPSE, khugepaged's work) and looks once more.
 *
 * Prints {"pages":P,"dirty":D,"lost":L,"hugeKb":H}: holes looked at, not zero; kept pages that changed; AnonHugePages
 * of the memory at the end.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif
#define PAGE_BYTES 4096UL
#define HUGE_BYTES (2UL << 20)

static unsigned long pages, dirty, lost;

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static int is_filled(const uint64_t *page, uint64_t value)
{
	for (size_t i = 0; i < PAGE_BYTES / sizeof(*page); i++)
		if (page[i] != value)
			return 0;
	return 1;
}

static uint64_t *page_at(char *memory, size_t page)
{
	return (uint64_t *)(memory + page * PAGE_BYTES);
}

static void look(char *memory, size_t count, int write)
{
	for (size_t page = 0; page < count; page++) {
		if (page % 2) {
			pages++;
			dirty += !is_filled(page_at(memory, page), 0);
			if (write)
				memset(page_at(memory, page), 0xff, PAGE_BYTES);
		} else {
			lost += !is_filled(page_at(memory, page), page + 1);
		}
	}
}

static void make_holes(char *memory, size_t count)
{
	for (size_t page = 1; page < count; page += 2)
		madvise(memory + page * PAGE_BYTES, PAGE_BYTES, MADV_DONTNEED);
}

static unsigned long huge_kb(void)
{
	FILE *file = fopen("/proc/self/smaps_rollup", "r");
	unsigned long kb = 0;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "AnonHugePages: %lu", &kb);
	if (file)
		fclose(file);
	return kb;
}

int main(int argc, char **argv)
{
	size_t bytes, count;
	char *area, *memory;
	double end;

	if (argc != 3) {
		fprintf(stderr, "usage: holes MIB SECONDS\n");
		return 2;
	}
	bytes = strtoul(argv[1], NULL, 10) << 20;
	count = bytes / PAGE_BYTES;
	end = now() + strtod(argv[2], NULL);
	area = mmap(NULL, bytes + HUGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED) {
		perror("holes: mmap");
		return 1;
	}
	memory = (char *)(((uintptr_t)area + HUGE_BYTES - 1) & ~(HUGE_BYTES - 1));
	madvise(memory, bytes, MADV_NOHUGEPAGE);
	for (size_t page = 0; page < count; page++)
		for (size_t i = 0; i < PAGE_BYTES / sizeof(uint64_t); i++)
			page_at(memory, page)[i] = page + 1;
	do {
		make_holes(memory, count);
		/* The worker and compaction get the pages that were given back before they are asked for again */
		usleep(300000);
		look(memory, count, 1);
	} while (now() < end);

	make_holes(memory, count);
	madvise(memory, bytes, MADV_HUGEPAGE);
	for (size_t at = 0; at < bytes; at += HUGE_BYTES)
		madvise(memory + at, HUGE_BYTES, MADV_COLLAPSE);
	look(memory, count, 0);
	printf("{\"pages\":%lu,\"dirty\":%lu,\"lost\":%lu,\"hugeKb\":%lu}\n", pages, dirty, lost, huge_kb());
	return 0;
}
