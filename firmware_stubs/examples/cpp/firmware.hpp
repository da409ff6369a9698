#pragma once

#include "hil_link.h"

// What the link is to be made with, in whatever place it runs.
const hil_application &firmware();
