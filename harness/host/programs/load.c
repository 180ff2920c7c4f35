// SPDX-License-Identifier: GPL-2.0-only
/*
 * load MIB DIRECTORY: a fixed amount of work of the kind that building a large program is.
 *
 * As many processes run at a time as there are CPUs. Each is started with fork and exec, reads one of the sources, works
 * on 24 MiB of its own memory, and writes an object; in the end all objects are read and put together. There are MIB / 2
 * such processes, and files are in DIRECTORY, best in memory. The work is made up: how much of it is memory management
 * is not that of any compiler.
 *
 * seconds: all of it; userCpuSeconds, systemCpuSeconds: of all processes.
 */
#include "measured.h"
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define SOURCES 32
#define SOURCE_BYTES (256UL << 10)
#define OBJECT_BYTES (128UL << 10)
#define JOB_BYTES (24UL << 20)
#define PASSES 4

static const char *directory;

static void name(char *path, size_t bytes, const char *kind, long number)
{
	if (snprintf(path, bytes, "%s/load-%s-%ld", directory, kind, number) >= (int)bytes) {
		fprintf(stderr, "load: %s is too long\n", directory);
		exit(2);
	}
}

static void write_file(const char *kind, long number, const void *content, size_t bytes)
{
	char path[256];
	int fd;

	name(path, sizeof(path), kind, number);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || write(fd, content, bytes) != (ssize_t)bytes || close(fd))
		die(path);
}

static void read_file(const char *kind, long number, void *content, size_t bytes)
{
	char path[256];
	int fd;

	name(path, sizeof(path), kind, number);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, content, bytes) != (ssize_t)bytes || close(fd))
		die(path);
}

static void remove_file(const char *kind, long number)
{
	char path[256];

	name(path, sizeof(path), kind, number);
	unlink(path);
}

/* What a compiler does as far as memory sees it: more and more of it is used, and what is there is read again. */
static int job(long number)
{
	uint64_t *memory = map(JOB_BYTES, MAP_PRIVATE), sum = number;
	size_t words = JOB_BYTES / sizeof(*memory);

	read_file("source", number % SOURCES, memory, SOURCE_BYTES);
	for (size_t i = SOURCE_BYTES / sizeof(*memory); i < words; i++)
		memory[i] = memory[i - SOURCE_BYTES / sizeof(*memory)] * 0x9e3779b97f4a7c15UL + i;
	for (int pass = 0; pass < PASSES; pass++)
		for (size_t i = 0; i < words; i++)
			sum = (sum ^ memory[i]) * 0x100000001b3UL;
	memory[0] = sum;
	write_file("object", number, memory, OBJECT_BYTES);
	return 0;
}

static void start_job(char **argv, long number)
{
	char text[32];
	pid_t pid = fork();

	if (pid < 0)
		die("load: fork");
	if (pid)
		return;
	snprintf(text, sizeof(text), "%ld", number);
	execl("/proc/self/exe", argv[0], argv[1], argv[2], text, (char *)NULL);
	perror("load: exec");
	_exit(127);
}

static int end_job(void)
{
	int status;

	if (wait(&status) < 0)
		die("load: wait");
	return status;
}

static double link_objects(long jobs)
{
	char *program = map(jobs * OBJECT_BYTES, MAP_PRIVATE);
	uint64_t sum = 0;

	for (long number = 0; number < jobs; number++) {
		read_file("object", number, program + number * OBJECT_BYTES, OBJECT_BYTES);
		sum ^= *(uint64_t *)(program + number * OBJECT_BYTES);
	}
	write_file("program", 0, &sum, sizeof(sum));
	return now();
}

static double seconds(struct timeval tv)
{
	return tv.tv_sec + tv.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
	long jobs, cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct rusage usage, own;
	double start, end;
	int failed = 0;
	char *source;

	if (argc < 3) {
		fprintf(stderr, "usage: load MIB DIRECTORY\n");
		return 2;
	}
	directory = argv[2];
	if (argc > 3)
		return job(strtol(argv[3], NULL, 10));
	jobs = mib(argv[1]) >> 21;
	source = map(SOURCE_BYTES, MAP_PRIVATE);
	for (long number = 0; number < SOURCES; number++) {
		memset(source, number + 1, SOURCE_BYTES);
		write_file("source", number, source, SOURCE_BYTES);
	}

	start = now();
	for (long number = 0; number < jobs; number++) {
		if (number >= cpus)
			failed |= end_job();
		start_job(argv, number);
	}
	for (long number = 0; number < jobs && number < cpus; number++)
		failed |= end_job();
	end = failed ? 0 : link_objects(jobs);

	for (long number = 0; number < SOURCES; number++)
		remove_file("source", number);
	for (long number = 0; number < jobs; number++)
		remove_file("object", number);
	remove_file("program", 0);
	if (failed) {
		fprintf(stderr, "load: a process failed\n");
		return 1;
	}
	getrusage(RUSAGE_CHILDREN, &usage);
	getrusage(RUSAGE_SELF, &own);
	printf("{\"seconds\":%.9f,\"values\":{\"userCpuSeconds\":%.6f,\"systemCpuSeconds\":%.6f},\"hugeShare\":null}\n",
	       end - start, seconds(usage.ru_utime) + seconds(own.ru_utime),
	       seconds(usage.ru_stime) + seconds(own.ru_stime));
	return 0;
}
