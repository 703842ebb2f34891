/* A sentence, as io yields it and model takes it: what one example has on each side. A side is a
 * sequence of symbols (a second number and more at each place where there are features beside the
 * words), a sequence of vectors, or nothing. Views: whoever fills them says how long they live. */
#ifndef SENTENCE_H
#define SENTENCE_H

enum side { SOURCE, SECOND, TARGET, SIDES }; // SECOND: another source, as a question beside a text
enum { SOURCES = 2 };                        // SOURCE and SECOND

enum form { FORM_NONE, FORM_SYMBOLS, FORM_VECTORS };

/* length places of `width` cells; a cell is an int32_t (FORM_SYMBOLS: the symbol, then its
 * features) or a float (FORM_VECTORS). Form and width are the corpus's, or the model's, to know.
 * Without begin and end. */
struct sequence {
    const void *cells; // NULL: there is none, as a target that is yet to be found
    int length;
};

struct sentence {
    struct sequence side[SIDES];
    /* 1: the target is a piece of a running text or series: what stands before it are not begin but
     * the cells before its cells, which are there, and no end is appended. */
    int continues;
};

#endif
