/* SPDX-License-Identifier: MIT */
#include "file_source.h"

const struct file_source *const file_source = &network_source;
