/* SPDX-License-Identifier: MIT */
#include "cpu/interrupts.h"

#include "console/log.h"
#include "cpu/cpu.h"
#include "cpu/local_apic.h"

/* Intel 8259A data sheet. */
enum {
    MASTER_COMMAND = 0x20,
    MASTER_DATA = 0x21,
    SLAVE_COMMAND = 0xa0,
    SLAVE_DATA = 0xa1,

    INITIALISE = 0x11, /* ICW1: edge triggered, cascaded, ICW4 follows */
    MODE_8086 = 0x01,  /* ICW4 */
    MASTER_VECTOR = 0x20,
    SLAVE_VECTOR = 0x28,
    SLAVE_ON_LINE_2 = 1 << 2, /* ICW3 of the master */
    SLAVE_IDENTITY = 2,       /* ICW3 of the slave */
    END_OF_INTERRUPT = 0x20,
    ALL_LINES = 0xff,

    UNUSED_PORT = 0x80, /* a write there takes the microsecond that old controllers need */
};

static void write_slowly(uint16_t port, uint8_t value)
{
    cpu_out8(port, value);
    cpu_out8(UNUSED_PORT, 0);
}

static void silence_pics(void)
{
    /* Initialisation clears what is requested and in service. */
    write_slowly(MASTER_COMMAND, INITIALISE);
    write_slowly(SLAVE_COMMAND, INITIALISE);
    write_slowly(MASTER_DATA, MASTER_VECTOR);
    write_slowly(SLAVE_DATA, SLAVE_VECTOR);
    write_slowly(MASTER_DATA, SLAVE_ON_LINE_2);
    write_slowly(SLAVE_DATA, SLAVE_IDENTITY);
    write_slowly(MASTER_DATA, MODE_8086);
    write_slowly(SLAVE_DATA, MODE_8086);
    write_slowly(MASTER_DATA, ALL_LINES);
    write_slowly(SLAVE_DATA, ALL_LINES);
    write_slowly(SLAVE_COMMAND, END_OF_INTERRUPT);
    write_slowly(MASTER_COMMAND, END_OF_INTERRUPT);
}

void interrupts_silence(void)
{
    struct error error;

    silence_pics(); /* first: the local APIC passes on what they request */
    if (!local_apic_silence(&error))
        log_error(LOG_WARNING, &error);
}
