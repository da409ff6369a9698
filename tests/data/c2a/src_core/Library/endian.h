#include <stddef.h>
void *ENDIAN_memcpy(void *to, const void *from, size_t n); /* octets in the opposite order */
