// SPDX-License-Identifier: GPL-2.0-only
/*
 * arrive: the init of a guest that has nothing to do but to say that its user space is there. It says so on the console
 * and sleeps for ever.
 */
#include <string.h>
#include <unistd.h>

int main(void)
{
	static const char word[] = "prezero-guest: user space\n";

	if (write(STDOUT_FILENO, word, strlen(word)) < 0)
		return 1;
	for (;;)
		pause();
}
