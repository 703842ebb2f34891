/* A run does not lie inside a corpus or another run, nor a corpus inside either: the outer folder
 * is replaced, copied and removed as one thing. */
#ifndef INSIDE_H
#define INSIDE_H

/* Wrong usage if the path given as --name lies inside one. On rank 0. */
void refuse_inside(const char *name, const char *path);

#endif
