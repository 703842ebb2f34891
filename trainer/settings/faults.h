/* Wrong settings, collected so that all of them are told at once: nothing is printed before all are
 * known. Calling sequence: struct faults faults = {0}; faults_add ...; faults_end, or between ranks
 * faults_agree. */
#ifndef FAULTS_H
#define FAULTS_H

#include "comm/base/text.h"

struct faults {
    struct text text; // one a line
    int count;
};
/* "--hidden: 'abc' is not a whole number": one line, no full stop. */
void faults_add(struct faults *faults, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* What is to be said, or NULL without faults: one fault as it is; several as "3 wrong settings:"
 * and a line for each, indented. The end of the adding. */
const char *faults_words(struct faults *faults);
/* Dies with those words and status 2 if there are any. */
void faults_end(struct faults *faults);
/* [all] Where every rank has found them alike: rank 0 ends the job so, if there are any. */
void faults_agree(struct faults *faults);
void faults_release(struct faults *faults);

#endif
