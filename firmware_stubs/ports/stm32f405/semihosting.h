/* Arm semihosting (Arm IHI 0077, "Semihosting for AArch32 and AArch64"), what the emulated board needs of it: files of the
 * machine that runs the emulator. Time stands still for the firmware while a call waits. */
#ifndef SEMIHOSTING_H
#define SEMIHOSTING_H

#include <stddef.h>
#include <stdint.h>

/* Open a file to read or to write; returns a handle, negative when that failed. */
int semihosting_open_read(const char *path);
int semihosting_open_write(const char *path);

/* Wait for bytes, at most `capacity`; returns how many, 0 at the end of the file or on an error. */
size_t semihosting_read(int file, uint8_t *data, size_t capacity);

/* Returns the number of bytes that were not written. */
size_t semihosting_write(int file, const uint8_t *data, size_t n);

/* The emulator's arguments, joined by blanks, as a string in text[0..capacity); empty when they do not fit. */
void semihosting_arguments(char *text, size_t capacity);

/* End the emulator, with status 0 or 1. */
void semihosting_exit(int status) __attribute__((noreturn));

#endif
