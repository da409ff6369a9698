#include "semihosting.h"

#define SYS_OPEN 0x01u
#define SYS_WRITE 0x05u
#define SYS_READ 0x06u
#define SYS_GET_CMDLINE 0x15u
#define SYS_EXIT 0x18u
#define MODE_RB 1u
#define MODE_WB 5u
#define APPLICATION_EXIT 0x20026u
#define RUN_TIME_ERROR 0x20023u

static uint32_t call(uint32_t operation, uintptr_t argument)
{
    register uint32_t r0 __asm("r0") = operation;
    register uintptr_t r1 __asm("r1") = argument;
    __asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

static uint32_t call_3(uint32_t operation, uintptr_t a, uintptr_t b, uintptr_t c)
{
    const uintptr_t block[3] = {a, b, c};
    return call(operation, (uintptr_t)block);
}

static int open_file(const char *path, uint32_t mode)
{
    size_t length = 0;
    while (path[length] != '\0') {
        length++;
    }
    return (int)call_3(SYS_OPEN, (uintptr_t)path, mode, length);
}

int semihosting_open_read(const char *path)
{
    return open_file(path, MODE_RB);
}

int semihosting_open_write(const char *path)
{
    return open_file(path, MODE_WB);
}

size_t semihosting_read(int file, uint8_t *data, size_t capacity)
{
    const uint32_t missing = call_3(SYS_READ, (uintptr_t)file, (uintptr_t)data, capacity);
    return missing <= capacity ? capacity - missing : 0;
}

size_t semihosting_write(int file, const uint8_t *data, size_t n)
{
    return call_3(SYS_WRITE, (uintptr_t)file, (uintptr_t)data, n);
}

void semihosting_arguments(char *text, size_t capacity)
{
    const uintptr_t block[2] = {(uintptr_t)text, capacity};
    if (call(SYS_GET_CMDLINE, (uintptr_t)block) != 0) {
        text[0] = '\0';
    }
}

void semihosting_exit(int status)
{
    for (;;) {
        (void)call(SYS_EXIT, status == 0 ? APPLICATION_EXIT : RUN_TIME_ERROR);
    }
}
