/* How this boot came about: why, after which crash, and where what outlives it is kept. */
#ifndef ORIGIN_H
#define ORIGIN_H

#include "restart.h"

/* To be asked once, first of all. What it returns names memory that stays. */
struct boot origin_of_boot(void);

#endif
