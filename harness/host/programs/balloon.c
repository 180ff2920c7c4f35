// SPDX-License-Identifier: GPL-2.0-only
/*
 * balloon MIB THP [ROM [ACCEL]]: how long it takes until a VM has back what free page reporting took from it.
 *
 * Starts QEMU with MIB, a balloon that takes reported memory back, and reporter.rom in the place of firmware. That
 * touches all memory above 16 MiB, reports all of it as free, which QEMU gives back to the host, and touches it again.
 * Fails when the host did not get back what was reported. No device is assigned: that would pin the memory.
 *
 * seconds: the second touching, every page of which is new for the host; firstTouchSeconds: the first; reportSeconds:
 * reporting and giving back; takenBackShare: of the memory of QEMU. hugeShare is of QEMU after the second touching.
 */
#include "measured.h"
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define ROM "/usr/local/share/reporter.rom"
#define BELOW_BYTES (16UL << 20)
/* QEMU's machine has no more in one piece below 4 GiB */
#define MAX_BYTES (3UL << 30)
#define LEAST_SHARE 0.95

static int line_in, line_out;

static pid_t start_qemu(const char *mib_text, const char *rom, const char *accel)
{
	int to[2], from[2];
	char memory[32];
	pid_t pid;

	snprintf(memory, sizeof(memory), "%sM", mib_text);
	if (pipe(to) || pipe(from))
		die("balloon: pipe");
	pid = fork();
	if (pid < 0)
		die("balloon: fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(to[0], 0);
		dup2(from[1], 1);
		close(to[1]);
		close(from[0]);
		execlp("qemu-system-x86_64", "qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none",
		       "-machine", "pc", "-accel", accel, "-cpu", "max", "-m", memory, "-bios", rom,
		       "-chardev", "stdio,id=line,signal=off", "-device", "isa-serial,chardev=line",
		       "-device", "virtio-balloon-pci,free-page-reporting=on,disable-modern=on,disable-legacy=off",
		       (char *)NULL);
		perror("qemu-system-x86_64");
		_exit(127);
	}
	close(to[0]);
	close(from[1]);
	line_out = to[1];
	line_in = from[0];
	return pid;
}

/* Says a word to the guest, or none, and waits for its answer. */
static void ask(char word, char wanted)
{
	char answer = 0;

	if ((word && write(line_out, &word, 1) != 1) || read(line_in, &answer, 1) != 1) {
		fprintf(stderr, "balloon: QEMU ended\n");
		exit(1);
	}
	if (answer != wanted) {
		fprintf(stderr, "balloon: the guest answered 0x%02x instead of '%c'\n", answer, wanted);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	double start, touched, report, reported, again, end, share, back;
	unsigned long full_kb, left_kb;
	char rollup[64];
	size_t bytes;
	pid_t pid;

	if (argc < 3 || argc > 5) {
		fprintf(stderr, "usage: balloon MIB THP [ROM [ACCEL]]\n");
		return 2;
	}
	bytes = mib(argv[1]);
	if (bytes <= BELOW_BYTES || bytes > MAX_BYTES) {
		fprintf(stderr, "balloon: from 17 to 3072 MiB, not %s\n", argv[1]);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	pid = start_qemu(argv[1], argc > 3 ? argv[3] : ROM, argc > 4 ? argv[4] : "kvm");
	snprintf(rollup, sizeof(rollup), "/proc/%d/smaps_rollup", pid);
	ask(0, 'B');

	start = now();
	ask('t', 'T');
	touched = now();
	full_kb = rollup_kb(rollup, "Anonymous");
	report = now();
	ask('r', 'R');
	reported = now();
	left_kb = rollup_kb(rollup, "Anonymous");
	again = now();
	ask('t', 'T');
	end = now();
	share = huge_share(rollup, argv[2]);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);

	back = (full_kb - (double)left_kb) * 1024 / (bytes - BELOW_BYTES);
	if (back < LEAST_SHARE) {
		fprintf(stderr, "balloon: of %lu kB only %lu kB went back to the host\n", full_kb, full_kb - left_kb);
		return 1;
	}
	printf("{\"seconds\":%.9f,\"values\":{\"firstTouchSeconds\":%.9f,\"reportSeconds\":%.9f,\"takenBackShare\":%.6f},\"hugeShare\":%.6f}\n",
	       end - again, touched - start, reported - report, back < 1 ? back : 1, share);
	return 0;
}
