// SPDX-License-Identifier: GPL-2.0-only
/*
 * fragment FILE LEAVE_MIB EVERY: leaves free memory in small pieces.
 *
 * Makes FILE, which must be on a tmpfs, as large as the free memory but for LEAVE_MIB, in single pages, and punches all
 * of it out again but one page of each EVERY. What is left stays until FILE is removed: movable pages, as a page cache
 * has them.
 *
 * Prints {"pages":P,"kept":K}, pages of 4 KiB: taken, and left in FILE.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE_BYTES 4096L

/* Pages that are free now; 0 when it cannot be told. */
static long free_pages(void)
{
	FILE *file = fopen("/proc/meminfo", "r");
	unsigned long kb = 0;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "MemFree: %lu", &kb) == 1)
			break;
	if (file)
		fclose(file);
	return kb * 1024 / PAGE_BYTES;
}

int main(int argc, char **argv)
{
	long pages, every, kept = 0;
	int file;

	if (argc != 4 || (every = atol(argv[3])) < 2) {
		fprintf(stderr, "usage: fragment FILE LEAVE_MIB EVERY\n");
		return 2;
	}
	pages = free_pages() - (atol(argv[2]) << 20) / PAGE_BYTES;
	if (pages < every) {
		fprintf(stderr, "fragment: no memory is free but what is to be left\n");
		return 1;
	}
	file = open(argv[1], O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (file < 0 || fallocate(file, 0, 0, pages * PAGE_BYTES)) {
		fprintf(stderr, "fragment: %s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	for (long page = 0; page < pages; page += every, kept++) {
		long rest = pages - page < every ? pages - page : every;

		if (rest > 1 && fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (page + 1) * PAGE_BYTES,
					  (rest - 1) * PAGE_BYTES)) {
			fprintf(stderr, "fragment: %s: %s\n", argv[1], strerror(errno));
			return 1;
		}
	}
	printf("{\"pages\":%ld,\"kept\":%ld}\n", pages, kept);
	return 0;
}
