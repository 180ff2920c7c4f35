// SPDX-License-Identifier: GPL-2.0-only
/*
 * The whole software of a small VM: a ROM in the place of the firmware that touches memory, and gives it back through a
 * virtio balloon's free page reporting, when its serial line says so. It has no timers and no interrupts, whose
 * emulation inside an emulated host is slow.
 *
 * On the line: 'B' when it runs. 't' has it write to every page from 16 MiB up, answered by 'T'; 'r' has it report all of
 * these pages as free, answered by 'R'; anything else is answered by '?'. 'E' is its last word: there is no such balloon.
 *
 * A transitional virtio device by its legacy interface (Virtual I/O Device 1.2, 4.1.4.8 and 2.7.2); the reporting queue
 * is the fourth, because QEMU makes the one for statistics whether it is used or not.
 */
#include <stdint.h>

#define PAGE_BYTES 4096U
#define FIRST_BYTES (16U << 20)
/* What Linux reports at a time: blocks of the largest order, 32 in a request */
#define BLOCK_BYTES (4U << 20)
#define BLOCKS 32U

#define SERIAL 0x3f8
#define SERIAL_STATUS (SERIAL + 5)
#define HAS_INPUT 0x01
#define CAN_OUTPUT 0x20

#define PCI_ADDRESS 0xcf8
#define PCI_DATA 0xcfc
#define PCI_ENABLE 0x80000000U
#define PCI_IO_AND_MASTER 5U
#define LEGACY_BALLOON 0x10021af4U
#define IO_BASE 0xc000

#define REPORTING_FEATURE (1U << 5)
#define REPORTING_QUEUE 3
#define QUEUE ((uint8_t *)(1U << 20))
#define DRIVER_OK 7
#define DESC_NEXT 1
#define DESC_WRITE 2

/* CMOS as QEMU fills it for its firmware: memory above 16 MiB in 64 KiB */
#define CMOS_INDEX 0x70
#define CMOS_DATA 0x71
#define CMOS_HIGH_MEMORY 0x34

struct desc {
	uint64_t address;
	uint32_t length;
	uint16_t flags, next;
};

struct avail {
	uint16_t flags, index, ring[];
};

struct used {
	uint16_t flags, index;
};

/* Reset: from real mode to flat 32 bits, a stack in low memory, and on to C. Linked to end at 4 GiB. */
asm(".section .reset, \"ax\"\n"
    ".code16\n"
    "	jmp start16\n"
    "	.balign 16, 0\n"
    ".text\n"
    ".code16\n"
    "start16:\n"
    "	cli\n"
    "	addr32 lgdtl %cs:gdt_pointer + 0x10000\n"
    "	movl %cr0, %eax\n"
    "	orl $1, %eax\n"
    "	movl %eax, %cr0\n"
    "	ljmpl $8, $start32\n"
    ".code32\n"
    "start32:\n"
    "	movl $16, %eax\n"
    "	movl %eax, %ds\n"
    "	movl %eax, %es\n"
    "	movl %eax, %ss\n"
    "	movl $0x7000, %esp\n"
    "	jmp reporter\n"
    "	.balign 8\n"
    "gdt:	.quad 0, 0x00cf9b000000ffff, 0x00cf93000000ffff\n"
    "gdt_pointer:\n"
    "	.word . - gdt - 1\n"
    "	.long gdt\n");

static void outb(uint16_t port, uint8_t value)
{
	asm volatile("outb %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static void outw(uint16_t port, uint16_t value)
{
	asm volatile("outw %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static void outl(uint16_t port, uint32_t value)
{
	asm volatile("outl %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static uint8_t inb(uint16_t port)
{
	uint8_t value;

	asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port) : "memory");
	return value;
}

static uint32_t inl(uint16_t port)
{
	uint32_t value;

	asm volatile("inl %1, %0" : "=a"(value) : "Nd"(port) : "memory");
	return value;
}

static void say(char word)
{
	while (!(inb(SERIAL_STATUS) & CAN_OUTPUT))
		;
	outb(SERIAL, word);
}

static char listen(void)
{
	while (!(inb(SERIAL_STATUS) & HAS_INPUT))
		;
	return inb(SERIAL);
}

static uint32_t cmos(uint8_t index)
{
	outb(CMOS_INDEX, index);
	return inb(CMOS_DATA);
}

static uint32_t end_of_memory(void)
{
	return FIRST_BYTES + ((cmos(CMOS_HIGH_MEMORY) | cmos(CMOS_HIGH_MEMORY + 1) << 8) << 16);
}

/* Gives the balloon its ports and its reporting queue; 0 when there is none. */
static int find_balloon(void)
{
	for (uint32_t device = 0; device < 32; device++) {
		uint32_t address = PCI_ENABLE | device << 11;

		outl(PCI_ADDRESS, address);
		if (inl(PCI_DATA) != LEGACY_BALLOON)
			continue;
		outl(PCI_ADDRESS, address | 0x10);
		outl(PCI_DATA, IO_BASE);
		outl(PCI_ADDRESS, address | 0x04);
		outl(PCI_DATA, PCI_IO_AND_MASTER);
		outb(IO_BASE + 18, 0);
		outb(IO_BASE + 18, 3);
		if (!(inl(IO_BASE) & REPORTING_FEATURE))
			return 0;
		outl(IO_BASE + 4, REPORTING_FEATURE);
		outw(IO_BASE + 14, REPORTING_QUEUE);
		outl(IO_BASE + 8, (uint32_t)QUEUE / PAGE_BYTES);
		outb(IO_BASE + 18, DRIVER_OK);
		return 1;
	}
	return 0;
}

static void touch(uint32_t end)
{
	for (uint32_t at = FIRST_BYTES; at < end; at += PAGE_BYTES)
		*(volatile uint32_t *)at = at;
}

static void report(uint32_t end)
{
	volatile struct desc *desc = (volatile struct desc *)QUEUE;
	volatile struct avail *avail = (volatile struct avail *)(QUEUE + BLOCKS * sizeof(*desc));
	volatile struct used *used = (volatile struct used *)(QUEUE + PAGE_BYTES);

	for (uint32_t at = FIRST_BYTES; at < end;) {
		uint32_t count = 0;

		for (; count < BLOCKS && at < end; count++) {
			uint32_t length = end - at < BLOCK_BYTES ? end - at : BLOCK_BYTES;

			desc[count].address = at;
			desc[count].length = length;
			desc[count].flags = DESC_WRITE | DESC_NEXT;
			desc[count].next = count + 1;
			at += length;
		}
		desc[count - 1].flags = DESC_WRITE;
		avail->ring[avail->index % BLOCKS] = 0;
		asm volatile("" : : : "memory");
		avail->index++;
		outw(IO_BASE + 16, REPORTING_QUEUE);
		while (used->index != avail->index)
			;
	}
}

__attribute__((used, noreturn)) static void reporter(void)
{
	uint32_t end = end_of_memory();
	char word = find_balloon() ? 'B' : 'E';

	for (;;) {
		say(word);
		if (word == 'E')
			for (;;)
				asm volatile("hlt");
		switch (listen()) {
		case 't':
			touch(end);
			word = 'T';
			break;
		case 'r':
			report(end);
			word = 'R';
			break;
		default:
			word = '?';
		}
	}
}
