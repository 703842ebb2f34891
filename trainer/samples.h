/* Three fixed sentences of the validation corpus, translated at each validation: source, reference,
 * output. */
#ifndef SAMPLES_H
#define SAMPLES_H

#include "trainer/report.h"

/* On rank 0; needs run->valid. */
void samples_show(struct run *run, struct report *report);

#endif
