// SPDX-License-Identifier: GPL-2.0-only
/*
 * populate map|mlock MIB THP: how long it takes until new memory is there.
 *
 * map: mmap with MAP_POPULATE; mlock: mmap, then mlock, whose time it is. THP is the host's setting of huge pages, which
 * decides what the memory is backed by. seconds: the call; unmapSeconds: giving all of it back.
 */
#include "measured.h"

int main(int argc, char **argv)
{
	double start, ready, end, share;
	size_t bytes;
	char *memory;

	if (argc != 4 || (strcmp(argv[1], "map") && strcmp(argv[1], "mlock"))) {
		fprintf(stderr, "usage: populate map|mlock MIB THP\n");
		return 2;
	}
	bytes = mib(argv[2]);
	if (!strcmp(argv[1], "map")) {
		start = now();
		memory = map(bytes, MAP_PRIVATE | MAP_POPULATE);
	} else {
		memory = map(bytes, MAP_PRIVATE);
		start = now();
		if (mlock(memory, bytes))
			die("populate: mlock");
	}
	ready = now();
	/* mmap says nothing about memory that it could not populate */
	if (rollup_kb(OWN, "Anonymous") < bytes >> 10) {
		fprintf(stderr, "populate: only %lu kB are there\n", rollup_kb(OWN, "Anonymous"));
		return 1;
	}
	share = huge_share(OWN, argv[3]);
	end = now();
	munmap(memory, bytes);
	printf("{\"seconds\":%.9f,\"values\":{\"unmapSeconds\":%.9f},\"hugeShare\":%.6f}\n", ready - start, now() - end, share);
	return 0;
}
