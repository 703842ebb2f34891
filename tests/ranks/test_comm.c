#include "tests/ranks/ranks.h"

#include "comm/base/die.h"
#include "comm/base/memory.h"
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void the_launcher_and_mpi_agree(void **state)
{
    (void)state;
    assert_everywhere(comm_rank() == comm_launcher_rank());
    assert_everywhere(comm_size() == comm_launcher_size());
}

static void ranks_know_all_hosts(void **state)
{
    (void)state;
    char host[256] = "";
    gethostname(host, sizeof host - 1);
    assert_everywhere(strcmp(comm_host(), host) == 0);
    for (int rank = 0; rank < comm_size(); rank++)
        assert_everywhere(strcmp(comm_host_of(rank), host) == 0);
    assert_everywhere(comm_hosts() == 1);
}

static void the_library_is_named_in_short(void **state)
{
    (void)state;
    int major, minor, patch, length = 0;
    sscanf(comm_library(), "Open MPI %d.%d.%d%n", &major, &minor, &patch, &length);
    assert_everywhere(length > 0 && !comm_library()[length]);
}

static void flags_are_joined(void **state)
{
    (void)state;
    assert_everywhere(comm_agree(NULL, 0, 1 << comm_rank()) == (1 << comm_size()) - 1);
    assert_everywhere(comm_agree(NULL, 0, 0) == 0);
}

static unsigned char byte_of(int rank, size_t i)
{
    return (unsigned char)(i * 7 + i / 251 + (size_t)rank * 31);
}

static void fill(unsigned char *bytes, size_t count, int rank)
{
    for (size_t i = 0; i < count; i++)
        bytes[i] = byte_of(rank, i);
}

static bool filled(const unsigned char *bytes, size_t count, int rank)
{
    for (size_t i = 0; i < count; i++)
        if (bytes[i] != byte_of(rank, i))
            return false;
    return true;
}

static const size_t LENGTHS[] = {0, 1, 1000, 300000};

static void a_broadcast_reaches_all_from_any_root(void **state)
{
    (void)state;
    unsigned char *bytes = memory_take(300000);
    for (int i = 0; i < 4; i++)
        for (int root = 0; root < comm_size(); root++) {
            memset(bytes, 0, 300000);
            if (comm_rank() == root)
                fill(bytes, LENGTHS[i], root);
            comm_broadcast(bytes, LENGTHS[i], root);
            assert_everywhere(filled(bytes, LENGTHS[i], root));
        }
    memory_free(bytes);
}

/* 64 MB and a bit: it travels in two pieces. */
static void a_broadcast_may_be_longer_than_a_message(void **state)
{
    (void)state;
    const size_t count = (64 << 20) + 5;
    unsigned char *bytes = memory_take(count);
    if (comm_rank() == 0)
        fill(bytes, count, 0);
    comm_broadcast(bytes, count, 0);
    assert_everywhere(filled(bytes, count, 0));
    memory_free(bytes);
}

static void a_broadcast_text_replaces_the_others(void **state)
{
    (void)state;
    const int root = comm_size() - 1;
    const size_t lengths[] = {5, 0, 70000, 3};
    struct text text;
    text_init(&text);
    for (int i = 0; i < 4; i++) {
        text_clear(&text);
        text_add_format(&text, "%*d", comm_rank() == root ? (int)lengths[i] : 20, comm_rank());
        if (!lengths[i] && comm_rank() == root)
            text_clear(&text);
        comm_broadcast_text(&text, root);
        assert_everywhere(text.length == lengths[i]);
        assert_everywhere(strlen(text.bytes) == lengths[i]);
        assert_everywhere(!lengths[i] || text.bytes[lengths[i] - 1] == '0' + root);
        text_add(&text, "more", 4);
        assert_everywhere(text.length == lengths[i] + 4);
    }
    text_release(&text);
}

static void gathering_puts_all_in_order_of_ranks(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        const size_t count = LENGTHS[i];
        unsigned char *mine = memory_take(count);
        unsigned char *all = memory_take(count * (size_t)comm_size());
        fill(mine, count, comm_rank());
        comm_all_gather(mine, count, all);
        bool right = true;
        for (int rank = 0; rank < comm_size(); rank++)
            right &= filled(all + (size_t)rank * count, count, rank);
        assert_everywhere(right);
        memory_free(all);
        memory_free(mine);
    }
}

static void texts_are_joined_on_rank_0(void **state)
{
    (void)state;
    struct text mine, all, expected;
    uint64_t lengths[64] = {77};
    text_init(&mine);
    text_init(&all);
    text_init(&expected);
    for (int rank = 0; rank < comm_size(); rank++)
        for (int i = 0; i < rank * 5000; i++)
            text_add_format(rank == comm_rank() ? &mine : &expected, "%d", rank % 10);
    text_clear(&expected);
    for (int rank = 0; rank < comm_size(); rank++)
        for (int i = 0; i < rank * 5000; i++)
            text_add_format(&expected, "%d", rank % 10);
    text_add(&all, "old", 3);
    comm_gather_text(&mine, &all, lengths);
    if (comm_rank() != 0) {
        assert_everywhere(strcmp(all.bytes, "old") == 0 && lengths[0] == 77);
    } else {
        bool right = strcmp(all.bytes, expected.bytes) == 0;
        for (int rank = 0; rank < comm_size(); rank++)
            right &= lengths[rank] == (uint64_t)rank * 5000;
        assert_everywhere(right);
    }
    text_release(&mine);
    text_release(&all);
    text_release(&expected);
}

enum { NUMBERS = 5001 };

static void reals_of_one_rank_each_add_up_exactly(void **state)
{
    (void)state;
    static double values[NUMBERS];
    for (int i = 0; i < NUMBERS; i++)
        values[i] = i % comm_size() == comm_rank() ? 1.0 / (i + 3) : 0;
    comm_sum_reals(values, NUMBERS);
    bool right = true;
    for (int i = 0; i < NUMBERS; i++)
        right &= values[i] == 1.0 / (i + 3);
    assert_everywhere(right);
}

static void integers_add_up(void **state)
{
    (void)state;
    static int64_t values[NUMBERS];
    for (int i = 0; i < NUMBERS; i++)
        values[i] = (int64_t)i * (comm_rank() + 1) + (INT64_C(1) << 40);
    comm_sum_integers(values, NUMBERS);
    bool right = true;
    const int size = comm_size();
    for (int i = 0; i < NUMBERS; i++)
        right &= values[i] == (int64_t)i * size * (size + 1) / 2 + (INT64_C(1) << 40) * size;
    assert_everywhere(right);
}

static void messages_of_any_length_keep_their_order(void **state)
{
    (void)state;
    unsigned char *bytes = memory_take(300000);
    bool right = true;
    for (int i = 0; i < 4; i++) {
        const int last = comm_size() - 1, rank = comm_rank();
        fill(bytes, LENGTHS[i], rank);
        if (rank < last)
            comm_send(rank + 1, bytes, LENGTHS[i]);
        if (rank > 0) {
            comm_receive(rank - 1, bytes, LENGTHS[i]);
            right &= filled(bytes, LENGTHS[i], rank - 1);
        }
    }
    assert_everywhere(right);
    memory_free(bytes);
}

/* comm_agree is in every update, and so is a sum. */
static void agreeing_and_summing_allocate_nothing(void **state)
{
    (void)state;
    double values[3] = {0};
    struct memory_count before = memory_count();
    comm_agree(NULL, 0, 1);
    comm_sum_reals(values, 3);
    comm_broadcast(values, sizeof values, 0);
    assert_everywhere(memory_count().allocations == before.allocations);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_launcher_and_mpi_agree),
        cmocka_unit_test(ranks_know_all_hosts),
        cmocka_unit_test(the_library_is_named_in_short),
        cmocka_unit_test(flags_are_joined),
        cmocka_unit_test(a_broadcast_reaches_all_from_any_root),
        cmocka_unit_test(a_broadcast_may_be_longer_than_a_message),
        cmocka_unit_test(a_broadcast_text_replaces_the_others),
        cmocka_unit_test(gathering_puts_all_in_order_of_ranks),
        cmocka_unit_test(texts_are_joined_on_rank_0),
        cmocka_unit_test(reals_of_one_rank_each_add_up_exactly),
        cmocka_unit_test(integers_add_up),
        cmocka_unit_test(messages_of_any_length_keep_their_order),
        cmocka_unit_test(agreeing_and_summing_allocate_nothing),
    };
    return ranks_run(tests);
}
