/* The text that `prepare` reads, several times over and on every rank; what is read from standard
 * input is first spooled to a file. */
#ifndef PREPARE_TEXT_H
#define PREPARE_TEXT_H

#include "io/corpus/examples.h"
#include "trainer/settings/settings.h"

struct prepare_text {
    const struct settings *settings;
    struct examples_options options; // paths: the settings', or the spool's
    char *spooled;                   // what was on standard input, or NULL
    int64_t lines;                   // 0 until a rank has read them all
    struct lines_marks marks[SIDES]; // of the files, likewise
};

/* [all] Spools standard input into `aside` on rank 0. */
void prepare_text_open(struct prepare_text *text, const struct settings *settings,
                       const char *aside);
/* [all] Removes the spool. */
void prepare_text_close(struct prepare_text *text);

/* On rank 0, part of the summary: what was left out of the text, and sides that are one file. */
void prepare_text_remarks(const struct prepare_text *text);

/* [all] One reading, from the first line to the last: each is given to `take` with `taker`. Unequal
 * numbers of lines, an empty file and whatever lines.h refuses end the program; one rank speaks of
 * what they all meet. */
typedef void prepare_taker(void *taker, const struct example *example);
void prepare_text_read(struct prepare_text *text, prepare_taker *take, void *taker);
/* The same on this rank alone. */
void prepare_text_read_alone(struct prepare_text *text, prepare_taker *take, void *taker);
/* On this rank alone: text->lines, by a reading of its own unless there was one. */
void prepare_text_count(struct prepare_text *text);

/* The file that a person named for this side ("-": standard input). */
const char *prepare_text_path(const struct settings *settings, enum side side);
/* Is anything read for this side? */
bool prepare_text_has(const struct prepare_text *text, enum side side);

/* [all] Ends the program if a stop was requested anywhere; cheap enough for every PREPARE_POLL
 * lines. */
enum { PREPARE_POLL = 1 << 14 };
void prepare_poll(void);

#endif
