// SPDX-License-Identifier: GPL-2.0-only
/*
 * busy: keeps every CPU of the machine busy until it is killed, with one thread a CPU that computes and never sleeps.
 *
 * Prints nothing and does not end by itself, but with 1 when a thread cannot be had.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void *spin(void *unused)
{
	/* volatile, or the compiler would find out that nobody wants the result */
	volatile unsigned long count = 0;

	for (;;)
		count++;
	return unused;
}

int main(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	for (long cpu = 0; cpu < cpus; cpu++) {
		pthread_t thread;
		int error = pthread_create(&thread, NULL, spin, NULL);

		if (error) {
			fprintf(stderr, "busy: thread %ld of %ld: %s\n", cpu + 1, cpus, strerror(error));
			return 1;
		}
	}
	pause();
	return 0;
}
