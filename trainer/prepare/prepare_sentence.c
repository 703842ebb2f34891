#include "trainer/prepare/prepare_sentence.h"
#include "comm/base/memory.h"
#include "comm/comm.h"
#include "io/text/utf8.h"
#include "trainer/prepare/prepare_text.h"
#include "trainer/process/agree.h"

void prepare_sentence_init(struct prepare_sentence *taking, const struct settings *settings,
                           const struct task *task, const struct corpus *corpus)
{
    *taking = (struct prepare_sentence){.settings = settings, .task = task, .corpus = corpus};
    for (int side = 0; side < SIDES; side++)
        encode_init(&taking->rooms[side], &corpus->contents[side]);
}

void prepare_sentence_release(struct prepare_sentence *taking)
{
    for (int side = 0; side < SIDES; side++) {
        ids_release(&taking->cells[side]);
        encode_release(&taking->rooms[side]);
    }
    prepare_count_release(&taking->count);
}

static void note_wrong(struct prepare_sentence *taking, enum side side,
                       const struct example *example, const struct reason *what)
{
    const int64_t line = example->side[side].line;
    if (taking->wrong)
        return;
    taking->wrong = example->number;
    taking->why = *what;
    fail_about(&taking->why, "'%s': %s %lld", prepare_text_path(taking->settings, side),
               line > 0 ? "line" : "sequence", (long long)(line > 0 ? line : example->number));
}

/* Of one side, before it is encoded. */
static enum drop drop_of(const struct prepare_sentence *taking, const struct raw *raw)
{
    if (raw->values)
        return DROPS;
    if (!utf8_valid(raw->bytes, raw->length))
        return DROP_ENCODING;
    return !taking->corpus->stream && utf8_words(raw->bytes, raw->length) == 0 ? DROP_EMPTY : DROPS;
}

/* Encodes one side of an example; or why it is dropped. */
static enum drop take_side(struct prepare_sentence *taking, enum side side,
                           const struct example *example)
{
    struct reason why;
    struct sequence *sequence = &taking->sentence.side[side];
    struct ids *cells = &taking->cells[side];
    enum drop drop = drop_of(taking, &example->side[side]);
    sequence->length = 0;
    cells->count = 0;
    if (drop != DROPS)
        return drop;
    if (!encode(&taking->corpus->contents[side], &example->side[side], &taking->rooms[side], cells,
                &sequence->length, &why))
        note_wrong(taking, side, example, &why);
    sequence->cells = cells->list;
    bool all = taking->settings->like || taking->corpus->stream;
    return !all && sequence->length > taking->settings->max_length ? DROP_LENGTH : DROPS;
}

bool prepare_sentence_take(struct prepare_sentence *taking, const struct example *example)
{
    struct reason why;
    const struct content *contents = taking->corpus->contents;
    enum drop first = DROPS;
    enum side first_side = SOURCE;
    for (enum side side = 0; side < SIDES; side++) {
        if (contents[side].form == FORM_NONE)
            continue;
        enum drop drop = take_side(taking, side, example);
        if (drop < first) {
            first = drop;
            first_side = side;
        }
    }
    if (first < DROPS) {
        prepare_count_drop(&taking->count, first, first_side, example->number);
        return false;
    }
    if (!task_fits(taking->task->head, contents[TARGET].form, &taking->sentence, &why))
        note_wrong(taking, TARGET, example, &why);
    if (taking->wrong)
        return false;
    for (enum side side = 0; side < SIDES; side++)
        prepare_count_keep(&taking->count, side, &contents[side], &taking->sentence.side[side]);
    taking->count.kept++;
    return true;
}

/* [all] */
static void refuse_wrong(const struct prepare_sentence *taking)
{
    int64_t *all = memory_take((size_t)comm_size() * sizeof *all), first = 0;
    comm_all_gather(&taking->wrong, sizeof taking->wrong, all);
    for (int rank = 0; rank < comm_size(); rank++)
        if (all[rank] && (!first || all[rank] < first))
            first = all[rank];
    memory_free(all);
    agree(!first || taking->wrong != first, "%s", taking->why.text);
}

/* [all] */
static void refuse_dropped(const struct prepare_sentence *taking)
{
    const struct prepare_count *count = &taking->count;
    int first = -1;
    for (int drop = 0; drop < DROPS; drop++)
        if (count->first_line[drop] > 0 &&
            (first < 0 || count->first_line[drop] < count->first_line[first]))
            first = drop;
    if (first >= 0)
        agree(false, "'%s': line %lld: %s",
              prepare_text_path(taking->settings, count->first_side[first]),
              (long long)count->first_line[first], drop_names[first]);
}

void prepare_sentence_finish(struct prepare_sentence *taking)
{
    prepare_count_sum(&taking->count);
    refuse_wrong(taking);
    if (taking->settings->strict)
        refuse_dropped(taking);
}
