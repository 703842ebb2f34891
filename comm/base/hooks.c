#include "comm/base/hooks.h"

struct hooks hooks;
