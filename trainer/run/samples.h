/* Three fixed sentences of the validation corpus, translated at each validation: source, reference,
 * output; of a language model three lines that it draws. */
#ifndef SAMPLES_H
#define SAMPLES_H

#include "trainer/run/report.h"

/* On rank 0; needs run->valid. */
void samples_show(struct run *run, struct report *report);

#endif
