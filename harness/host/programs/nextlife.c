// SPDX-License-Identifier: GPL-2.0-only
/*
 * nextlife MIB: first and only process of a kernel that follows another one.
 *
 * Switches the worker and its verifier on, waits until most of the free memory is zero, looks at MIB in small and in
 * huge pages with zerocheck, which has to stand beside it, prints /proc/vmstat, and powers off. What it prints is
 * between "nextlife: begin" and "nextlife: end".
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define WAIT_SECONDS 60
#define FULL_SHARE 0.75

#define CONTROLS "/sys/kernel/mm/page_prezero/"
#define VERIFY "/sys/kernel/debug/page_prezero/verify"

static void set(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		perror(path);
	if (fd >= 0)
		close(fd);
}

static double pool_share(void)
{
	FILE *file = fopen("/proc/vmstat", "r");
	unsigned long value, unused = 0, zero = 0;
	char name[128];

	while (file && fscanf(file, "%127s %lu", name, &value) == 2) {
		if (!strcmp(name, "nr_free_pages"))
			unused = value;
		if (!strcmp(name, "nr_prezeroed"))
			zero = value;
	}
	if (file)
		fclose(file);
	return unused ? (double)zero / unused : 0;
}

static void run(const char *mib, const char *kind)
{
	pid_t pid = fork();

	if (!pid) {
		execl("/zerocheck", "zerocheck", mib, "1", kind, (char *)NULL);
		perror("zerocheck");
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

static void show(const char *path)
{
	FILE *file = fopen(path, "r");
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		fputs(line, stdout);
	if (file)
		fclose(file);
}

int main(int argc, char **argv)
{
	const char *mib = argc > 1 ? argv[argc - 1] : "64";
	int console;

	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mkdir("/dev", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	console = open("/dev/console", O_RDWR);
	for (int fd = 0; fd < 3; fd++)
		dup2(console, fd);

	printf("nextlife: begin\n");
	fflush(stdout);
	/* The older form of the series has it among the controls */
	set(access(VERIFY, F_OK) ? CONTROLS "verify" : VERIFY, "1");
	set(CONTROLS "delay_millisecs", "100");
	set(CONTROLS "enabled", "1");
	for (int second = 0; second < WAIT_SECONDS && pool_share() < FULL_SHARE; second++)
		sleep(1);
	run(mib, "small");
	run(mib, "huge");
	show("/proc/vmstat");
	printf("nextlife: end\n");
	fflush(stdout);
	/* What is in the serial port's buffer goes first */
	sleep(1);
	reboot(RB_POWER_OFF);
	return 1;
}
