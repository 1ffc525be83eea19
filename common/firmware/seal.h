/* SPDX-License-Identifier: MIT */
/* The seal that mkimage has put into the loader. */
#pragma once

#include "format/seal.h"

/* As it lies in the loader, not checked: seal_check() is to come first. */
const struct seal *firmware_find_seal(void);
