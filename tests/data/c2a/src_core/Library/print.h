#define Printf(...) ((void)0)
