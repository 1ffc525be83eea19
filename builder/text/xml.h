/* SPDX-License-Identifier: MIT */
/* Text of any kind inside XML and HTML. */
#pragma once

#include <stdio.h>

/*
 * Writes the text with what has a meaning in XML escaped, inside elements as inside attributes.
 * What no XML document can hold becomes U+FFFD: control characters, bytes that are not UTF-8.
 */
void xml_write(FILE *to, const char *text);
