/* SPDX-License-Identifier: GPL-2.0-only */
/* How an init that has said all it had to say ends. */
#include <stdio.h>
#include <sys/reboot.h>
#include <termios.h>
#include <unistd.h>

static inline void power_off(void)
{
	fflush(stdout);
	/* The kernel's last words would end up among what is still in the serial port's buffer */
	tcdrain(STDOUT_FILENO);
	sleep(1);
	reboot(RB_POWER_OFF);
}
