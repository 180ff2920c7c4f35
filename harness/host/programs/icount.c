// SPDX-License-Identifier: GPL-2.0-only
/*
 * icount INSTRUCTIONS TIMES: how long that many instructions take, by the clock that everything is measured with.
 *
 * They are a loop of two, TIMES times over; the shortest counts, because an interrupt or another process makes it longer.
 * Prints its seconds.
 */
#include "measured.h"

int main(int argc, char **argv)
{
	double best = 1e9;

	if (argc != 3 || strtoul(argv[1], NULL, 10) < 2) {
		fprintf(stderr, "usage: icount INSTRUCTIONS TIMES\n");
		return 2;
	}
	for (long left = strtol(argv[2], NULL, 10); left > 0; left--) {
		unsigned long loops = strtoul(argv[1], NULL, 10) / 2;
		double start = now(), seconds;

		__asm__ volatile("1: dec %0\n\tjnz 1b" : "+r"(loops) : : "cc");
		seconds = now() - start;
		if (seconds < best)
			best = seconds;
	}
	printf("%.9f\n", best);
	return 0;
}
