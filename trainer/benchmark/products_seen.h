/* Which matrix products an update is made of. Those of one form whose sides are the model's own and
 * alike, and whose number of rows (or, summed over, columns of A) is within a factor of two, are
 * one kind, with the mean for its sides. Calling sequence: products_seen_start, (an update),
 * products_seen_stop. */
#ifndef PRODUCTS_SEEN_H
#define PRODUCTS_SEEN_H

#include "model/product/product.h"

enum { PRODUCTS_SEEN_MOST = 512 };

struct product_kind {
    int form;         // or PRODUCT_PACKED
    int each;         // of product_each: how many a call makes, about; 0: of `product`
    int64_t M, N, K;  // means
    int64_t products; // of this rank, in all updates that were seen
    double work;      // multiply-adds of these
};

void products_seen_start(void);
/* The kinds, most work first; returns their number. The memory is this module's (the
 * listener of product_tell gets nothing else), until the next start. */
int products_seen_stop(const struct product_kind **kinds);

#endif
