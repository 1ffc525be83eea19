/* SPDX-License-Identifier: MIT */
/* The best random numbers that the machine has to offer. */
#pragma once

#include "base/random.h"

/*
 * Seeds *random from RDSEED, RDRAND, the firmware, and times. True: one of the first three took
 * part. False: there were only times, which somebody else might guess.
 */
bool entropy_gather(struct random *random);
