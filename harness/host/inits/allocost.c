// SPDX-License-Identifier: GPL-2.0-only
/*
 * allocost MIB [SETTING]: the only program of a machine whose clock counts instructions. What do allocating and freeing
 * MIB of base pages cost? SETTING is what to do before: "off" (nothing), "empty" (enable the zeroing worker, which has
 * cleared nothing yet), "full" (let it clear everything first), "disabled" (the same, and disable it again).
 *
 * Prints "allocost: " and a line of JSON with the cost of each of ROUNDS rounds in nanoseconds, and whether the kernel
 * has controls for each node, and powers off.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
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
/* The first one also pays for page tables and caches that are empty */
#define ROUNDS 4
#define FILL_SECONDS 120
/* The worker does nothing while we measure */
#define LONG_DELAY "600000"

static void fail(const char *what)
{
	printf("allocost: failed: %s\n", what);
	power_off();
	_exit(1);
}

static void put(const char *name, const char *text)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), PREZERO "%s", name);
	fd = open(path, O_WRONLY);
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

static void prepare(const char *setting)
{
	int fill = strcmp(setting, "empty");
	int second;

	if (!strcmp(setting, "off"))
		return;
	put("min_order", "0");
	put("delay_millisecs", fill ? "1" : LONG_DELAY);
	put("enabled", "1");
	for (second = 0; fill && second < FILL_SECONDS; second++) {
		sleep(1);
		if (counter("nr_prezeroed") > counter("nr_free_pages") / 100 * 98)
			break;
	}
	if (!strcmp(setting, "disabled"))
		put("enabled", "0");
	else
		put("delay_millisecs", LONG_DELAY);
}

/* Kernels before 5.14 populate memory that exists only to lock it */
static void populate(char *memory, size_t bytes)
{
	if (madvise(memory, bytes, MADV_POPULATE_WRITE) && (errno != EINVAL || mlock(memory, bytes)))
		fail("populate");
}

static long now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000L + ts.tv_nsec;
}

int main(int argc, char **argv)
{
	size_t bytes = (argc > 1 ? strtoul(argv[1], NULL, 10) : 64) << 20;
	const char *setting = argc > 2 ? argv[2] : "off";
	long populated[ROUNDS], freed[ROUNDS];
	int round;

	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	if (mount("proc", "/proc", "proc", 0, NULL) || mount("sysfs", "/sys", "sysfs", 0, NULL))
		fail("mount");
	prepare(setting);

	for (round = 0; round < ROUNDS; round++) {
		char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		long begun, middle;

		if (memory == MAP_FAILED)
			fail("mmap");
		madvise(memory, bytes, MADV_NOHUGEPAGE);
		begun = now_ns();
		populate(memory, bytes);
		middle = now_ns();
		munmap(memory, bytes);
		populated[round] = middle - begun;
		freed[round] = now_ns() - middle;
	}

	printf("allocost: {\"setting\":\"%s\",\"perNode\":%s,\"pages\":%zu,\"rounds\":[", setting,
	       access(PREZERO "node0", F_OK) ? "false" : "true", bytes / 4096);
	for (round = 0; round < ROUNDS; round++)
		printf("%s{\"allocate\":%ld,\"free\":%ld}", round ? "," : "", populated[round], freed[round]);
	printf("]}\n");
	power_off();
	return 0;
}
