/* A store's memory in a file: two sectors, one behind the other. */
#ifndef FILE_STORE_H
#define FILE_STORE_H

#include "store.h"

struct file_store {
    struct store_medium medium;
    int file;
};

/* Open or make the file; what is new in it is erased. False, with errno set, when that fails. *store stays in use. */
bool file_store_open(struct file_store *store, const char *path);

#endif
