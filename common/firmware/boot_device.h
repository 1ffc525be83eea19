/* SPDX-License-Identifier: MIT */
/* The volume that the loader was read from, in terms that an operating system can find it by. */
#pragma once

#include <bowline.h>

/*
 * Fills in the disk's and the partition's GUID, the partition's number, the disk signature (bytes
 * 440 to 443 of sector 0, of a GPT disk too) and the BIOS drive; all else is 0, and so is what the
 * firmware cannot tell, which is no error. To be asked once a file of the volume has been opened.
 */
void firmware_find_boot_device(struct bowline_boot_device *out);
