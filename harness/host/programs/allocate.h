/* SPDX-License-Identifier: GPL-2.0-only */
/* Allocates memory without writing to it, so that what is in it can be looked at. */
#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif
/* Locked at a time where locking is the only way: little enough that the rest can be swapped out meanwhile. */
#define LOCKED_BYTES (2UL << 20)

/* 0, or -1 and errno. Kernels before 5.14 populate memory that exists only to lock it. */
static int allocate(char *memory, size_t bytes)
{
	int failed;

	do
		failed = madvise(memory, bytes, MADV_POPULATE_WRITE);
	while (failed && (errno == EINTR || errno == EAGAIN));
	if (!failed || errno != EINVAL)
		return failed;
	for (size_t at = 0; at < bytes; at += LOCKED_BYTES) {
		size_t part = bytes - at < LOCKED_BYTES ? bytes - at : LOCKED_BYTES;

		if (mlock(memory + at, part) || munlock(memory + at, part))
			return -1;
	}
	return 0;
}
