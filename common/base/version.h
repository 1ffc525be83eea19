/* SPDX-License-Identifier: MIT */
/* The version of loader and mkimage. CMakeLists.txt reads it from here. */
#pragma once

#define BOWLINE_VERSION "0.1.0"
#define BOWLINE_NAME    "Bowline " BOWLINE_VERSION
