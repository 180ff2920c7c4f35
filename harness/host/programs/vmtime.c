// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmtime [--until FIFO WORD SECONDS] COMMAND ARGS...: how long a VM takes to be created.
 *
 * COMMAND is a QEMU that was given -daemonize: the process that was started exits when its daemon has allocated,
 * pinned and mapped the VM's memory and its monitor would answer. The clock runs from just before that process is made
 * to its exit. With --until the clock runs on until the guest has written WORD to FIFO, which is made here and is the
 * guest's serial port; a guest that has not done so SECONDS later is given up.
 *
 * The daemon lives on, so its CPU time is not in this process's rusage yet; it is read from the daemon's
 * /proc/PID/stat, where PID is what the file named by -pidfile holds.
 *
 * Prints one JSON object: {"seconds":S,"execSeconds":X,"startedAt":T,"endedAt":T,"cpuSeconds":C,"pid":P,"exitCode":E}.
 * X is when QEMU had taken the place of the new process. Both T are of CLOCK_REALTIME, which QEMU stamps its trace
 * with. S is null when the guest was given up; what it wrote is on stderr then.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/*
 * What CLOCK_REALTIME is ahead of CLOCK_MONOTONIC. A CPU that is taken away between two readings makes it wrong: the
 * closest of a few readings counts.
 */
static double realtime_offset(void)
{
	double closest = 1, offset = 0;

	for (int i = 0; i < 10; i++) {
		double before = now(CLOCK_MONOTONIC);
		double realtime = now(CLOCK_REALTIME);
		double after = now(CLOCK_MONOTONIC);

		if (after - before < closest) {
			closest = after - before;
			offset = realtime - (before + after) / 2;
		}
	}
	return offset;
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

/* Waits until the guest has written the word; 0 when it has not in time, or its QEMU has ended. */
static int wait_for_word(int fifo, const char *word, double patience)
{
	static char text[65536];
	struct pollfd ready = { .fd = fifo, .events = POLLIN };
	double deadline = now(CLOCK_MONOTONIC) + patience;
	size_t length = 0;
	ssize_t got;

	while (now(CLOCK_MONOTONIC) < deadline && length < sizeof(text)) {
		if (poll(&ready, 1, 1000) <= 0)
			continue;
		got = read(fifo, text + length, sizeof(text) - length);
		if (got <= 0)
			break;
		length += got;
		if (memmem(text, length, word, strlen(word)))
			return 1;
	}
	fwrite(text, 1, length, stderr);
	return 0;
}

int main(int argc, char **argv)
{
	const char *pidfile = NULL, *word = NULL;
	double offset, start, exec, end, patience = 0;
	int status, pid, error, fifo = -1, arrived = 1;
	struct rusage usage;
	pid_t child;

	argv++;
	if (argc > 5 && !strcmp(argv[0], "--until")) {
		unlink(argv[1]);
		/* Not blocking: nobody has the other end yet. */
		if (mkfifo(argv[1], 0600) || (fifo = open(argv[1], O_RDONLY | O_NONBLOCK | O_CLOEXEC)) < 0) {
			perror(argv[1]);
			return 1;
		}
		word = argv[2];
		patience = atof(argv[3]);
		argv += 4;
	} else if (argc < 2 || argv[0][0] == '-') {
		fprintf(stderr, "usage: vmtime [--until FIFO WORD SECONDS] COMMAND ARGS...\n");
		return 2;
	}
	for (int i = 0; argv[i] && argv[i + 1]; i++)
		if (!strcmp(argv[i], "-pidfile"))
			pidfile = argv[i + 1];

	offset = realtime_offset();
	start = now(CLOCK_MONOTONIC);
	/* The child shares our memory, and this does not return, until the new image is in place. */
	error = posix_spawnp(&child, argv[0], NULL, NULL, argv, environ);
	exec = now(CLOCK_MONOTONIC);
	if (error) {
		fprintf(stderr, "%s: %s\n", argv[0], strerror(error));
		return 127;
	}
	if (waitpid(child, &status, 0) < 0) {
		perror("vmtime: waitpid");
		return 1;
	}
	if (word && status == 0)
		arrived = wait_for_word(fifo, word, patience);
	end = now(CLOCK_MONOTONIC);

	getrusage(RUSAGE_CHILDREN, &usage);
	pid = read_pid(pidfile);
	if (arrived)
		printf("{\"seconds\":%.6f,", end - start);
	else
		printf("{\"seconds\":null,");
	printf("\"execSeconds\":%.6f,\"startedAt\":%.6f,\"endedAt\":%.6f,", exec - start, start + offset,
	       end + realtime_offset());
	printf("\"cpuSeconds\":%.6f,\"pid\":%d,\"exitCode\":%d}\n",
	       seconds(usage.ru_utime) + seconds(usage.ru_stime) + (pid ? process_cpu(pid) : 0), pid,
	       WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return 0;
}
