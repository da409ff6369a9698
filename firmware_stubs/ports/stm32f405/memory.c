/* What compilers call to copy and clear. Compiled so that no loop here is turned into a call of itself. */
#include <string.h>

#undef memcpy
#undef memset

void *memcpy(void *restrict destination, const void *restrict source, size_t n)
{
    unsigned char *to = destination;
    const unsigned char *from = source;
    while (n-- > 0) {
        *to++ = *from++;
    }
    return destination;
}

void *memmove(void *destination, const void *source, size_t n)
{
    unsigned char *to = destination;
    const unsigned char *from = source;
    if (to < from) {
        return memcpy(destination, source, n);
    }
    while (n-- > 0) {
        to[n] = from[n];
    }
    return destination;
}

void *memset(void *destination, int value, size_t n)
{
    unsigned char *to = destination;
    while (n-- > 0) {
        *to++ = (unsigned char)value;
    }
    return destination;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const unsigned char *left = a;
    const unsigned char *right = b;
    for (; n > 0; n--, left++, right++) {
        if (*left != *right) {
            return *left - *right;
        }
    }
    return 0;
}
