#include "comm/base/parts.h"
#include <stddef.h>
#include <string.h>

const char *const part_names[PARTS] = {"rest",      "encoder",  "attention", "decoder",   "output",
                                       "optimizer", "exchange", "data",      "checkpoint"};

static struct {
    double (*clock)(void);
    enum part now;
    double since, seconds[PARTS];
} parts;

void parts_start(double (*clock)(void))
{
    memset(&parts, 0, sizeof parts);
    parts.clock = clock;
    if (clock)
        parts.since = clock();
}

enum part part_enter(enum part part)
{
    if (!parts.clock)
        return PART_REST;
    enum part before = parts.now;
    double now = parts.clock();
    parts.seconds[before] += now - parts.since;
    parts.since = now;
    parts.now = part;
    return before;
}

double parts_seconds(enum part part)
{
    return parts.seconds[part];
}
