#include <src_core/Drivers/Super/driver_super.h>
