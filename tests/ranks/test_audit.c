#include "tests/ranks/ranks.h"

#include "comm/audit.h"
#include <string.h>

enum { COUNT = 100 };
static const struct audit_piece PIECES[] = {
    {"source.embedding", {0, 60}},
    {"decoder.0.input", {60, 39}},
    {"output.bias", {99, 1}},
};
static float weights[COUNT];

static void fill(void)
{
    for (int i = 0; i < COUNT; i++)
        weights[i] = 1.0F / (float)(i + 1);
}

static void flip_lowest_bit(float *weight)
{
    unsigned char bytes[sizeof *weight];
    memcpy(bytes, weight, sizeof bytes);
    bytes[0] ^= 1;
    memcpy(weight, bytes, sizeof bytes);
}

static void assert_difference(int rank, const char *piece)
{
    struct reason why = {"silence"};
    char expected[512];
    snprintf(expected, sizeof expected, "weights of rank %d (%s) differ from the others' in '%s'",
             rank, comm_host_of(rank), piece);
    bool same = audit(weights, PIECES, 3, &why);
    assert_everywhere(!same);
    assert_everywhere(strcmp(why.text, expected) == 0);
}

static void equal_weights_pass(void **state)
{
    (void)state;
    struct reason why;
    fill();
    assert_everywhere(audit(weights, PIECES, 3, &why));
    assert_everywhere(audit(weights, PIECES, 0, &why));
}

/* With two ranks there is no majority, and rank 0 counts as right. */
static void a_flipped_bit_is_found_on_any_rank_and_piece(void **state)
{
    (void)state;
    const int places[] = {59, 60, 99};
    for (int rank = comm_size() > 2 ? 0 : 1; rank < comm_size(); rank++)
        for (int i = 0; i < 3; i++) {
            fill();
            if (comm_rank() == rank)
                flip_lowest_bit(&weights[places[i]]);
            assert_difference(rank, PIECES[i].name);
        }
}

static void the_first_rank_and_its_first_piece_are_named(void **state)
{
    (void)state;
    if (comm_size() < 5)
        return;
    fill();
    if (comm_rank() == 1)
        flip_lowest_bit(&weights[99]);
    if (comm_rank() == 3)
        flip_lowest_bit(&weights[0]);
    assert_difference(1, "output.bias");
}

static void without_a_majority_rank_0_counts_as_right(void **state)
{
    (void)state;
    if (comm_size() < 2)
        return;
    fill();
    weights[70] = (float)comm_rank();
    assert_difference(1, "decoder.0.input");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_weights_pass),
        cmocka_unit_test(a_flipped_bit_is_found_on_any_rank_and_piece),
        cmocka_unit_test(the_first_rank_and_its_first_piece_are_named),
        cmocka_unit_test(without_a_majority_rank_0_counts_as_right),
    };
    return ranks_run(tests);
}
