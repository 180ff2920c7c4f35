// SPDX-License-Identifier: GPL-2.0-only
/*
 * faultlatency MIB THP: how long each single page fault takes.
 *
 * Touches MIB once in each page of the size that THP stands for: 4 KiB (off), 64 KiB (mthp-64k), 2 MiB (on); and reads
 * the clock around each touch. What reading the clock takes, the median of many readings, is taken off every fault.
 *
 * seconds: all faults together, which is their mean times their number. Percentiles that so few faults cannot give are
 * left out. faultCount: as the kernel counted them, to be held against touchCount.
 */
#include "measured.h"
#include <sys/resource.h>

#define CLOCK_READINGS 10001
/* This many faults have to lie beyond a percentile */
#define BEYOND 5

static uint64_t nanoseconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return ts.tv_sec * 1000000000UL + ts.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static uint32_t clock_cost(void)
{
	static uint32_t costs[CLOCK_READINGS];

	for (int i = 0; i < CLOCK_READINGS; i++) {
		uint64_t start = nanoseconds();

		costs[i] = nanoseconds() - start;
	}
	qsort(costs, CLOCK_READINGS, sizeof(*costs), compare);
	return costs[CLOCK_READINGS / 2];
}

static long faults(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_minflt;
}

/* Nearest rank; sorted has count values. */
static void print_percentile(const char *name, const uint32_t *sorted, size_t count, size_t permille)
{
	size_t rank = (count * permille + 999) / 1000;

	if (count - rank >= BEYOND)
		printf("\"%s\":%.3f,", name, sorted[rank - 1] / 1e3);
}

int main(int argc, char **argv)
{
	size_t bytes, page, count;
	uint32_t cost, *took;
	uint64_t sum = 0;
	char *memory;
	long before;

	if (argc != 3) {
		fprintf(stderr, "usage: faultlatency MIB THP\n");
		return 2;
	}
	bytes = mib(argv[1]);
	page = !strcmp(argv[2], "on") ? HUGE_BYTES : !strcmp(argv[2], "mthp-64k") ? 64UL << 10 : PAGE_BYTES;
	count = bytes / page;
	if (!count) {
		fprintf(stderr, "faultlatency: %s MiB are less than a page\n", argv[1]);
		return 2;
	}
	memory = map_aligned(bytes);
	took = map(count * sizeof(*took), MAP_PRIVATE | MAP_POPULATE);
	cost = clock_cost();
	before = faults();
	for (size_t i = 0; i < count; i++) {
		volatile char *at = memory + i * page;
		uint64_t start = nanoseconds(), ns;

		*at = 1;
		ns = nanoseconds() - start;
		took[i] = ns > cost ? ns - cost : 0;
	}
	before = faults() - before;

	for (size_t i = 0; i < count; i++)
		sum += took[i];
	qsort(took, count, sizeof(*took), compare);
	printf("{\"seconds\":%.9f,\"values\":{\"meanMicroseconds\":%.3f,", sum / 1e9, sum / 1e3 / count);
	print_percentile("p50Microseconds", took, count, 500);
	print_percentile("p99Microseconds", took, count, 990);
	print_percentile("p999Microseconds", took, count, 999);
	printf("\"maxMicroseconds\":%.3f,\"touchCount\":%zu,\"faultCount\":%ld,\"clockNanoseconds\":%u},\"hugeShare\":%.6f}\n",
	       took[count - 1] / 1e3, count, before, cost, huge_share(OWN, argv[2]));
	return 0;
}
