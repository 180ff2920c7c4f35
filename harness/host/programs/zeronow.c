// SPDX-License-Identifier: GPL-2.0-only
/*
 * zeronow write FILE MIB GROUP...
 * zeronow interrupt FILE MIB TIMES
 * zeronow fill FILE MIB GROUP...
 *
 * Has so much memory cleared by writing to a node's zero_now, FILE.
 *
 * write: as many writers at a time as there are GROUPs, directories of cgroups, each of which has a writer for itself
 * that asks for its share. Prints {"seconds":S,"writers":[{"seconds":S,"cpuSeconds":S},...]}: from the first write's
 * begin to the last one's end; and of each writer how long it wrote, and what its cgroup was charged for.
 * interrupt: dirties as much memory and sends a writer SIGINT while it writes, TIMES times. Prints
 * {"milliseconds":[M,...]}, each from the signal until the writer is gone; fails when one had written all before.
 * fill: dirties as much memory, has it cleared by one writer in the first GROUP; dirties it again, has it cleared by as
 * many as there are GROUPs; interrupts writers in the same way. Its time is that of the one writer.
 */
#include "measured.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#define MAX_WRITERS 64
#define MAX_TIMES 1000
/* From the begin of a write to the signal: long enough to be at work, short enough for the work not to be done */
#define INTERRUPT_AFTER_US 10000

/* From the signal until a writer is gone: the median of so many */
#define FILL_TIMES 9

/* What a writer tells its parent, in memory that both have, and what its cgroup was charged for */
struct writer {
	double begin, end, cpu;
};

static FILE *open_in(const char *group, const char *name, const char *mode)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", group, name);
	file = fopen(path, mode);
	if (!file)
		die(path);
	return file;
}

static void join(const char *group)
{
	FILE *file = open_in(group, "cgroup.procs", "w");

	if (fprintf(file, "%d\n", getpid()) < 0 || fclose(file))
		die("zeronow: joining a cgroup");
}

/* CPU time that a cgroup was charged for */
static double charged(const char *group)
{
	FILE *file = open_in(group, "cpu.stat", "r");
	unsigned long long usecs;
	int found = fscanf(file, "usage_usec %llu", &usecs);

	fclose(file);
	if (found != 1) {
		fprintf(stderr, "zeronow: %s/cpu.stat does not begin with usage_usec\n", group);
		exit(1);
	}
	return usecs / 1e6;
}

/* A writer that begins when nobody can write to the pipe any more */
static pid_t fork_writer(const char *path, size_t bytes, const char *group, const int *pipe, volatile struct writer *own)
{
	char text[32], unused;
	pid_t pid = fork();
	int fd, length;

	if (pid < 0)
		die("zeronow: fork");
	if (pid)
		return pid;
	signal(SIGINT, SIG_DFL);
	close(pipe[1]);
	if (group)
		join(group);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		die(path);
	length = snprintf(text, sizeof(text), "%zu", bytes);
	if (read(pipe[0], &unused, 1))
		die("zeronow: read");
	own->begin = now();
	if (write(fd, text, length) != length)
		die(path);
	own->end = now();
	exit(0);
}

/* From the first write's begin to the last one's end */
static double write_at_once(const char *path, size_t bytes, char **groups, struct writer *writers, int count)
{
	double before[MAX_WRITERS], begin, end;
	int start[2], status, failed = 0;

	if (pipe(start))
		die("zeronow: pipe");
	for (int i = 0; i < count; i++) {
		before[i] = charged(groups[i]);
		fork_writer(path, bytes / count, groups[i], start, &writers[i]);
	}
	close(start[1]);
	for (int i = 0; i < count; i++)
		failed |= wait(&status) < 0 || status;
	if (failed) {
		fprintf(stderr, "zeronow: a writer failed\n");
		exit(1);
	}

	begin = writers[0].begin;
	end = writers[0].end;
	for (int i = 0; i < count; i++) {
		begin = writers[i].begin < begin ? writers[i].begin : begin;
		end = writers[i].end > end ? writers[i].end : end;
		writers[i].cpu = charged(groups[i]) - before[i];
	}
	return end - begin;
}

static void print_writers(double seconds, const struct writer *writers, int count)
{
	printf("{\"seconds\":%.9f,\"writers\":[", seconds);
	for (int i = 0; i < count; i++)
		printf("%s{\"seconds\":%.9f,\"cpuSeconds\":%.6f}", i ? "," : "", writers[i].end - writers[i].begin,
		       writers[i].cpu);
	printf("]}\n");
}

/* A process of its own takes what is zero, and gives back what is not */
static void dirty(size_t bytes)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		memset(map(bytes, MAP_PRIVATE), 0xa5, bytes);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || status) {
		fprintf(stderr, "zeronow: there is not as much memory\n");
		exit(1);
	}
}

/* Milliseconds from the signal to the end of a writer */
static double interrupt(const char *path, size_t bytes, volatile struct writer *own)
{
	int start[2], status;
	double sent, gone;
	pid_t pid;

	if (pipe(start))
		die("zeronow: pipe");
	/* What the writer before has cleared would leave this one less to do, on a fast host nothing */
	dirty(bytes);
	own->begin = 0;
	pid = fork_writer(path, bytes, NULL, start, own);
	close(start[0]);
	close(start[1]);
	while (!own->begin) {
		if (waitpid(pid, &status, WNOHANG)) {
			fprintf(stderr, "zeronow: the writer failed\n");
			exit(1);
		}
		usleep(1000);
	}
	usleep(INTERRUPT_AFTER_US);
	sent = now();
	kill(pid, SIGINT);
	if (waitpid(pid, &status, 0) < 0)
		die("zeronow: waitpid");
	gone = now();
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGINT) {
		fprintf(stderr, "zeronow: the writer had ended before the signal came\n");
		exit(1);
	}
	return (gone - sent) * 1000;
}

static void print_interrupts(const char *path, size_t bytes, long times, struct writer *own)
{
	double ended[MAX_TIMES];

	for (long i = 0; i < times; i++)
		ended[i] = interrupt(path, bytes, own);
	printf("{\"milliseconds\":[");
	for (long i = 0; i < times; i++)
		printf("%s%.6f", i ? "," : "", ended[i]);
	printf("]}\n");
}

static int compare(const void *a, const void *b)
{
	double first = *(const double *)a, second = *(const double *)b;

	return (first > second) - (first < second);
}

static void fill(const char *path, size_t bytes, char **groups, struct writer *writers, int count)
{
	double one, several, took = 0, cpu = 0, ended[FILL_TIMES];

	dirty(bytes);
	one = write_at_once(path, bytes, groups, writers, 1);
	dirty(bytes);
	several = write_at_once(path, bytes, groups, writers, count);
	for (int i = 0; i < count; i++) {
		took += writers[i].end - writers[i].begin;
		cpu += writers[i].cpu;
	}
	for (int i = 0; i < FILL_TIMES; i++)
		ended[i] = interrupt(path, bytes, writers);
	qsort(ended, FILL_TIMES, sizeof(*ended), compare);
	printf("{\"seconds\":%.9f,\"values\":{\"writersCount\":%d,\"writersSeconds\":%.9f,\"chargedShare\":%.6f,"
	       "\"interruptMilliseconds\":%.6f},\"hugeShare\":null}\n", one, count, several, cpu / took,
	       ended[FILL_TIMES / 2]);
}

int main(int argc, char **argv)
{
	struct writer *writers = map(MAX_WRITERS * sizeof(*writers), MAP_SHARED);
	const char *what = argc >= 5 && argc - 4 <= MAX_WRITERS ? argv[1] : "";
	long times = !strcmp(what, "interrupt") ? strtol(argv[4], NULL, 10) : 0;

	if (!strcmp(what, "write")) {
		print_writers(write_at_once(argv[2], mib(argv[3]), argv + 4, writers, argc - 4), writers, argc - 4);
	} else if (!strcmp(what, "fill")) {
		fill(argv[2], mib(argv[3]), argv + 4, writers, argc - 4);
	} else if (times > 0 && times <= MAX_TIMES) {
		print_interrupts(argv[2], mib(argv[3]), times, writers);
	} else {
		fprintf(stderr, "usage: zeronow write|fill FILE MIB GROUP... | zeronow interrupt FILE MIB TIMES\n");
		return 2;
	}
	return 0;
}
