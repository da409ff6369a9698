/* The little of the C library that the firmware needs, for builds without one; defined in ../memory.c. */
#ifndef STM32F405_STRING_H
#define STM32F405_STRING_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#define restrict
#endif

void *memcpy(void *restrict destination, const void *restrict source, size_t n);
void *memmove(void *destination, const void *source, size_t n);
void *memset(void *destination, int value, size_t n);
int memcmp(const void *a, const void *b, size_t n);

#ifdef __cplusplus
#undef restrict
}
#endif

/* So that a copy of four bytes is one instruction also under -ffreestanding. */
#define memcpy __builtin_memcpy
#define memset __builtin_memset

#endif
