/* The text that `prepare` reads, several times over and on every rank; what is read from standard
 * input is first spooled to a file. Any failure to read it is the same on every rank, and ends the
 * program there. */
#ifndef PREPARE_TEXT_H
#define PREPARE_TEXT_H

#include "io/bitext.h"
#include "trainer/settings.h"

struct prepare_text {
    char *source, *target, *pairs; // paths: the settings', or the spool's
    int64_t lines;
    struct lines_marks marks[2]; // of the files, on rank 0
};

/* [all] Spools standard input into `aside` on rank 0, then counts the lines there: unequal numbers,
 * an empty file and whatever lines.h refuses end the program. */
void prepare_text_open(struct prepare_text *text, const struct settings *settings,
                       const char *aside);
/* [all] Removes the spool. */
void prepare_text_close(struct prepare_text *text, const struct settings *settings);

/* On rank 0, part of the summary: what was left out of the text, and sides that are one file. */
void prepare_text_remarks(const struct prepare_text *text, const struct settings *settings);

struct bitext *prepare_text_read(const struct prepare_text *text);
/* As bitext_next; a failure ends the program. */
int prepare_text_next(struct bitext *bitext, struct bitext_line *line);

/* [all] Ends the program if a stop was requested anywhere; cheap enough for every PREPARE_POLL
 * lines. */
enum { PREPARE_POLL = 1 << 14 };
void prepare_poll(void);

#endif
