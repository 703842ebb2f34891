#include "trainer/settings/sides.h"

void sides_check(const struct content *contents, const struct examples_options *given, int count,
                 struct faults *faults)
{
    for (int side = 0; side < count; side++) {
        const char *name = side_names[side];
        bool has = contents[side].form != FORM_NONE, vectors = contents[side].form == FORM_VECTORS;
        if (has && !given->paths[side])
            faults_add(faults, "--%s is missing: the model has %s", name,
                       side == SECOND ? "two sources" : "one");
        else if (!has && given->paths[side])
            faults_add(faults, "--%s has no effect: the model has %s", name,
                       side == SECOND ? "one source" : "none");
        else if (has && vectors == (given->formats[side] == EXAMPLES_TEXT))
            faults_add(faults, "--%s-format: the model's %s is %s", name, name,
                       vectors ? "vectors" : "text");
    }
}
