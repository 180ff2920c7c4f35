// SPDX-License-Identifier: GPL-2.0-only
/*
 * lockhold MIN_ORDER MIB: the only program of a machine. How long does the zeroing worker keep interrupts off, as it
 * does whenever it holds zone->lock, and how long does it keep a task waiting that should run at once?
 *
 * Fragments MIB of memory (every second page is given back, so that nothing can merge), then lets the worker go over
 * it. Meanwhile a real-time task on the worker's CPU wakes up every millisecond and remembers how late it was. The
 * times with interrupts off come from histograms of the kernel's own trace events, one line per thread.
 *
 * Prints "lockhold: " and a line of JSON, then the histogram's lines, and powers off.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "power-off.h"

#define PREZERO "/sys/kernel/mm/page_prezero/"
#define EVENTS "/sys/kernel/tracing/events/preemptirq/"
#define PERIOD_NS 1000000L
#define PAGE_BYTES 4096UL
/* The worker has nothing left to do when its level stands still for so long */
#define STILL_SECONDS 3
#define LIMIT_SECONDS 600

static volatile int stop;
static long latest_ns;

static void fail(const char *what)
{
	printf("lockhold: failed: %s\n", what);
	power_off();
	_exit(1);
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		fail(path);
	close(fd);
}

static unsigned long counter(const char *name)
{
	unsigned long value = 0;
	char line[128];
	FILE *file = fopen("/proc/vmstat", "r");
	size_t len = strlen(name);

	if (!file)
		fail("/proc/vmstat");
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, name, len) && line[len] == ' ')
			value = strtoul(line + len, NULL, 10);
	fclose(file);
	return value;
}

static long ns_between(struct timespec from, struct timespec to)
{
	return (to.tv_sec - from.tv_sec) * 1000000000L + to.tv_nsec - from.tv_nsec;
}

static void *be_punctual(void *unused)
{
	struct sched_param first = { .sched_priority = 50 };
	struct timespec due, now;

	(void)unused;
	if (sched_setscheduler(0, SCHED_FIFO, &first))
		fail("SCHED_FIFO");
	clock_gettime(CLOCK_MONOTONIC, &due);
	while (!stop) {
		long late;

		due.tv_nsec += PERIOD_NS;
		if (due.tv_nsec >= 1000000000L) {
			due.tv_nsec -= 1000000000L;
			due.tv_sec++;
		}
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
		clock_gettime(CLOCK_MONOTONIC, &now);
		late = ns_between(due, now);
		if (late > latest_ns)
			latest_ns = late;
		due = now;
	}
	return NULL;
}

static void fragment(size_t bytes)
{
	char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t offset;

	if (memory == MAP_FAILED)
		fail("mmap");
	madvise(memory, bytes, MADV_NOHUGEPAGE);
	if (madvise(memory, bytes, MADV_POPULATE_WRITE))
		fail("populate");
	for (offset = 0; offset < bytes; offset += 2 * PAGE_BYTES) {
		memory[offset] = 1;
		madvise(memory + offset, PAGE_BYTES, MADV_DONTNEED);
	}
}

/* Waits until the level has stood still; returns it, in pages. */
static unsigned long wait_for_worker(void)
{
	unsigned long before = 0, now = 0;
	int still = 0, seconds;

	for (seconds = 0; seconds < LIMIT_SECONDS && still < STILL_SECONDS; seconds++) {
		sleep(1);
		now = counter("nr_prezeroed");
		still = now > 0 && now <= before + before / 1000 ? still + 1 : 0;
		before = now;
	}
	return now;
}

/*
 * The scheduler enables interrupts in the thread that it has switched to, whose own last disabling is long ago: such a
 * pair is no time with interrupts off. Offsets of finish_task_switch() from the kernel's first instruction.
 */
static void find_switch(unsigned long *first, unsigned long *last)
{
	unsigned long address, start = 0, begin = 0, end = ~0UL;
	char type, name[256], line[512];
	FILE *file = fopen("/proc/kallsyms", "r");

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%lx %c %255s", &address, &type, name) != 3)
			continue;
		if (!strcmp(name, "_stext"))
			start = address;
		else if (!strncmp(name, "finish_task_switch", 18))
			begin = address;
	}
	if (!start || !begin)
		fail("no finish_task_switch in /proc/kallsyms");
	rewind(file);
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%lx", &address) == 1 && address > begin && address < end)
			end = address;
	fclose(file);
	*first = begin - start;
	*last = end - start;
}

static void trace(void)
{
	unsigned long first, last;
	char trigger[256];

	find_switch(&first, &last);
	put(EVENTS "irq_disable/trigger", "hist:keys=common_pid.execname:since=common_timestamp");
	snprintf(trigger, sizeof(trigger),
		 "hist:keys=common_pid.execname:off=common_timestamp-$since:onmax($off).save(caller_offs,parent_offs) "
		 "if caller_offs < %lu || caller_offs > %lu", first, last);
	put(EVENTS "irq_enable/trigger", trigger);
}

static void show_histogram(void)
{
	FILE *file = fopen(EVENTS "irq_enable/hist", "r");
	char line[512];

	if (!file)
		fail("no histogram");
	while (fgets(line, sizeof(line), file))
		fputs(line, stdout);
	fclose(file);
}

int main(int argc, char **argv)
{
	const char *min_order = argc > 1 ? argv[1] : "0";
	size_t mib = argc > 2 ? strtoul(argv[2], NULL, 10) : 256;
	unsigned long free_pages, level;
	pthread_t punctual;

	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	if (mount("proc", "/proc", "proc", 0, NULL) || mount("sysfs", "/sys", "sysfs", 0, NULL) ||
	    mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL))
		fail("mount");
	fragment(mib << 20);

	/* Enabled, but long before its first pass: patching the kernel's code once is not what is measured */
	put(PREZERO "min_order", min_order);
	put(PREZERO "batch_size", "0");
	put(PREZERO "delay_millisecs", "3600000");
	put(PREZERO "enabled", "1");
	trace();
	if (pthread_create(&punctual, NULL, be_punctual, NULL))
		fail("thread");
	put(PREZERO "delay_millisecs", "10");
	level = wait_for_worker();
	stop = 1;
	pthread_join(punctual, NULL);
	free_pages = counter("nr_free_pages");

	printf("lockhold: {\"minOrder\":%s,\"mib\":%zu,\"perNode\":%s,\"prezeroedPages\":%lu,\"freePages\":%lu,"
	       "\"latestNs\":%ld}\n",
	       min_order, mib, access(PREZERO "node0", F_OK) ? "false" : "true", level, free_pages, latest_ns);
	show_histogram();
	power_off();
	return 0;
}
