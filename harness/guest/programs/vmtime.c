// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmtime COMMAND ARGS...: how long a VM takes to be created.
 *
 * COMMAND is a QEMU that was given -daemonize: the process that was started exits when its daemon has allocated,
 * pinned and mapped the VM's memory and its monitor would answer. The clock runs from just before the fork to that
 * exit. The daemon lives on, so its CPU time is not in this process's rusage yet; it is read from the daemon's
 * /proc/PID/stat, where PID is what the file named by -pidfile holds.
 *
 * Prints one JSON object: {"seconds":S,"startedAt":T,"cpuSeconds":C,"pid":P,"exitCode":E}. T is of CLOCK_REALTIME, for
 * telling apart the starts of several.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static double seconds(struct timeval tv)
{
	return tv.tv_sec + tv.tv_usec / 1e6;
}

/* User plus system time of a live process, all its threads; 0 when it is gone. */
static double process_cpu(int pid)
{
	char path[64], line[1024], *after_name;
	unsigned long long user = 0, system = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "r");
	if (!file)
		return 0;
	if (!fgets(line, sizeof(line), file))
		line[0] = '\0';
	fclose(file);
	/* Field 2 is the name in parentheses and may hold anything; fields 14 and 15 are utime and stime. */
	after_name = strrchr(line, ')');
	if (after_name)
		sscanf(after_name + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user, &system);
	return (double)(user + system) / sysconf(_SC_CLK_TCK);
}

static int read_pid(const char *path)
{
	int pid = 0;
	FILE *file = path ? fopen(path, "r") : NULL;

	if (!file)
		return 0;
	if (fscanf(file, "%d", &pid) != 1)
		pid = 0;
	fclose(file);
	return pid;
}

int main(int argc, char **argv)
{
	const char *pidfile = NULL;
	struct rusage usage;
	double started_at, start, end;
	int status, pid;
	pid_t child;

	if (argc < 2) {
		fprintf(stderr, "usage: vmtime COMMAND ARGS...\n");
		return 2;
	}
	for (int i = 1; i + 1 < argc; i++)
		if (!strcmp(argv[i], "-pidfile"))
			pidfile = argv[i + 1];

	started_at = now(CLOCK_REALTIME);
	start = now(CLOCK_MONOTONIC);
	child = fork();
	if (child < 0) {
		perror("vmtime: fork");
		return 1;
	}
	if (!child) {
		execvp(argv[1], argv + 1);
		perror(argv[1]);
		_exit(127);
	}
	if (waitpid(child, &status, 0) < 0) {
		perror("vmtime: waitpid");
		return 1;
	}
	end = now(CLOCK_MONOTONIC);

	getrusage(RUSAGE_CHILDREN, &usage);
	pid = read_pid(pidfile);
	printf("{\"seconds\":%.6f,\"startedAt\":%.6f,\"cpuSeconds\":%.6f,\"pid\":%d,\"exitCode\":%d}\n",
	       end - start, started_at,
	       seconds(usage.ru_utime) + seconds(usage.ru_stime) + (pid ? process_cpu(pid) : 0), pid,
	       WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return 0;
}
