// The gradient of every model that heads, kinds of pooling, forms of sources and targets make
// together, element by element, against differences of its loss. Cells and directions go round.
#include "tests/gradients/gradient_of_model.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { SYMBOLS, FEATURES, VECTORS, SOURCE_FORMS };

struct made_of {
    enum head head;
    enum pooling_kind pooling;
    enum input_kind input;
    int source; // a form
    int vectors, second, layers, readout, dropout;
};
enum { MODELS = HEADS * POOLINGS * INPUT_KINDS * SOURCE_FORMS * 2 * 2 * 2 * 2 * 2 };

static int digit(int *number, int base)
{
    int value = *number % base;
    *number /= base;
    return value;
}

static struct made_of made_of(int number)
{
    struct made_of m;
    m.dropout = digit(&number, 2);
    m.readout = digit(&number, 2);
    m.layers = digit(&number, 2);
    m.second = digit(&number, 2);
    m.vectors = digit(&number, 2);
    m.source = digit(&number, SOURCE_FORMS);
    m.input = (enum input_kind)digit(&number, INPUT_KINDS);
    m.pooling = (enum pooling_kind)digit(&number, POOLINGS);
    m.head = (enum head)digit(&number, HEADS);
    return m;
}

// The second source is of another form than the first.
static int second_of(const struct made_of *m)
{
    return (m->source + 1) % SOURCE_FORMS;
}

// What has no meaning is checked once.
static bool repeats(const struct made_of *m)
{
    bool pools = m->head == HEAD_POOL;
    bool some_vectors = m->source == VECTORS || (m->second && second_of(m) == VECTORS) ||
                        (m->head == HEAD_DECODE && m->vectors);
    return (!pools && m->pooling) || (m->head == HEAD_STEP && m->second) ||
           (!some_vectors && m->input) || (m->head == HEAD_DECODE && m->readout);
}

static struct shape shape_of(const struct made_of *m, int number)
{
    static const struct side_shape forms[SOURCE_FORMS] = {
        {.form = FORM_SYMBOLS, .vocabulary = 7},
        {.form = FORM_SYMBOLS, .vocabulary = 7, .feature_count = 2, .features = {5, 6}},
        {.form = FORM_VECTORS, .dimension = 3}};
    struct shape shape = {.side = {[SOURCE] = forms[m->source]},
                          .head = m->head,
                          .embedding = 3,
                          .feature_embedding = 2,
                          .input = m->input,
                          .pooling = m->pooling,
                          .hidden = 4,
                          .encoder_hidden = 3,
                          .encoder_layers = m->layers,
                          .decoder_layers = 1,
                          .bidirectional = number / 7 % 2,
                          .cell = (enum cell_kind)(number / 3 % CELL_KINDS),
                          .context = CONTEXT_AFFINE,
                          .attention_hidden = 5,
                          .readout = m->readout || m->head == HEAD_DECODE ? 4 : 0};
    shape.side[TARGET] = m->vectors ? (struct side_shape){.form = FORM_VECTORS, .dimension = 2}
                                    : (struct side_shape){.form = FORM_SYMBOLS, .vocabulary = 8};
    shape.side[TARGET].end = m->head == HEAD_DECODE && !m->vectors;
    if (m->second)
        shape.side[SECOND] = forms[second_of(m)];
    if (m->dropout) {
        shape.dropout_embedding = shape.dropout_encoder = shape.dropout_output = 0.3;
        shape.unknown_dropout = 0.3;
        shape.label_smoothing = 0.1;
    }
    return shape;
}

static void every_element_agrees_with_differences_for_every_head_and_form(void **state)
{
    (void)state;
    int models = 0, wrong = 0;
    double worst = 0;
    for (int number = 0; number < MODELS; number++) {
        const struct made_of m = made_of(number);
        if (repeats(&m))
            continue;
        const struct shape shape = shape_of(&m, number);
        struct reason why;
        char name[160];
        snprintf(name, sizeof name,
                 "head %d pooling %d input %d source %d second %d target %d layers %d readout %d "
                 "dropout %d",
                 (int)m.head, (int)m.pooling, (int)m.input, m.source, m.second, m.vectors, m.layers,
                 m.readout, m.dropout);
        if (!shape_check(&shape, &why))
            fail_msg("%s: %s", name, why.text);
        const struct differences_result result = gradient_of_shape_check(
            &shape, m.head != HEAD_STEP && m.source != VECTORS && number % 2,
            500 + (uint64_t)number, name);
        models++;
        wrong += result.wrong > 0;
        worst = fmax(worst, result.worst);
    }
    print_message("%d models of %d heads, %d poolings: %d wrong; largest error %.2g of %.2g\n",
                  models, HEADS, POOLINGS, wrong, worst, differences_tolerance);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_element_agrees_with_differences_for_every_head_and_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
