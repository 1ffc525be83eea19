/* SPDX-License-Identifier: MIT */
#include "file_source.h"

const struct file_source *const file_source = &volume_source;
