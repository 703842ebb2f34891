#include "trainer/run/feed.h"
#include "comm/base/clock.h"
#include "comm/base/die.h"
#include "comm/base/memory.h"
#include "comm/base/points.h"
#include "io/stream/running_stream.h"
#include <pthread.h>
#include <string.h>

enum { ROOM_LEAST = 64 }; // places: small lists would grow again and again by chance

/* Where groups come from: sentences, or a running text. */
struct source {
    struct stream *sentences;
    struct running_stream *running;
};

static bool source_open(struct source *source, const struct corpus *corpus,
                        const struct stream_options *options, struct reason *why)
{
    *source = (struct source){0};
    if (corpus->stream)
        source->running = running_stream_open(corpus, options, why);
    else
        source->sentences = stream_open(corpus, options, why);
    return source->running || source->sentences;
}

static bool source_seek(const struct source *source, int64_t epoch, int64_t number,
                        struct reason *why)
{
    return source->running ? running_stream_seek(source->running, epoch, number, why)
                           : stream_seek(source->sentences, epoch, number, why);
}

static bool source_next(const struct source *source, struct stream_group *group, struct reason *why)
{
    return source->running ? running_stream_next(source->running, group, why)
                           : stream_next(source->sentences, group, why);
}

struct feed {
    const struct corpus *corpus;
    struct stream_options options;
    const struct shape *shape;
    int64_t epoch, number; // where to begin
    struct feed_group ring[FEED_AHEAD];
    struct sentence *views; // of one micro-batch
    int view_capacity;

    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int64_t made, taken; // groups so far: the ring holds [taken, made)
    bool failed, closing;
    struct reason why;
};

static int room(int count)
{
    return 2 * (count > ROOM_LEAST ? count : ROOM_LEAST);
}

static void note_origin(const struct stream_batch *from, struct feed_origin *origin)
{
    if (from->count > origin->capacity) {
        int capacity = room(from->count);
        origin->places =
            memory_grow(origin->places, (size_t)origin->capacity * sizeof *origin->places,
                        (size_t)capacity * sizeof *origin->places);
        origin->capacity = capacity;
    }
    origin->count = from->count;
    for (int i = 0; i < from->count; i++)
        origin->places[i] = (struct feed_place){from->sentences[i].shard, from->sentences[i].index};
}

static void pack(struct feed *feed, const struct stream_batch *from, struct batch *batch)
{
    if (from->count > feed->view_capacity) {
        int capacity = room(from->count);
        feed->views = memory_grow(feed->views, (size_t)feed->view_capacity * sizeof *feed->views,
                                  (size_t)capacity * sizeof *feed->views);
        feed->view_capacity = capacity;
    }
    for (int i = 0; i < from->count; i++)
        feed->views[i] = from->sentences[i].sentence;
    batch_pack(batch, feed->shape, feed->views, from->count);
}

/* Waits for a free place in the ring; false when the feed is closing. */
static bool wait_for_place(struct feed *feed)
{
    pthread_mutex_lock(&feed->lock);
    while (!feed->closing && feed->made - feed->taken == FEED_AHEAD)
        pthread_cond_wait(&feed->changed, &feed->lock);
    bool go_on = !feed->closing;
    pthread_mutex_unlock(&feed->lock);
    return go_on;
}

static void publish(struct feed *feed, bool failed)
{
    pthread_mutex_lock(&feed->lock);
    if (failed)
        feed->failed = true;
    else
        feed->made++;
    pthread_cond_broadcast(&feed->changed);
    pthread_mutex_unlock(&feed->lock);
}

static bool load_group(struct feed *feed, const struct source *source)
{
    struct stream_group group;
    if (!source_next(source, &group, &feed->why))
        return false;
    struct feed_group *place = &feed->ring[feed->made % FEED_AHEAD];
    place->epoch = group.epoch;
    place->number = group.number;
    place->last = group.last;
    for (int i = 0; i < place->count; i++) {
        const struct stream_batch *from = &group.batches[feed->options.first_lane + i];
        pack(feed, from, &place->batches[i]);
        note_origin(from, &place->origins[i]);
    }
    return true;
}

static void *load(void *argument)
{
    struct feed *feed = argument;
    struct source source;
    bool well = source_open(&source, feed->corpus, &feed->options, &feed->why) &&
                source_seek(&source, feed->epoch, feed->number, &feed->why);
    while (well && wait_for_place(feed)) {
        well = load_group(feed, &source);
        if (well)
            publish(feed, false);
    }
    if (!well)
        publish(feed, true);
    stream_close(source.sentences);
    running_stream_close(source.running);
    return NULL;
}

struct feed *feed_open(const struct corpus *corpus, const struct stream_options *options,
                       const struct shape *shape, int64_t epoch, int64_t number)
{
    struct feed *feed = memory_take(sizeof *feed);
    feed->corpus = corpus;
    feed->options = *options;
    feed->shape = shape;
    feed->epoch = epoch;
    feed->number = number;
    for (int i = 0; i < FEED_AHEAD; i++) {
        struct feed_group *group = &feed->ring[i];
        group->count = options->lane_count;
        group->batches = memory_take((size_t)group->count * sizeof *group->batches);
        group->origins = memory_take((size_t)group->count * sizeof *group->origins);
        for (int k = 0; k < group->count; k++)
            batch_init(&group->batches[k]);
    }
    pthread_mutex_init(&feed->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&feed->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    int trouble = pthread_create(&feed->thread, NULL, load, feed);
    if (trouble)
        die("cannot start the loader's thread: %s", strerror(trouble));
    return feed;
}

/* Waiting for a loader that moves is a sign of life; a read that never returns gives none. The lock
 * is held. */
static void wait_for_group(struct feed *feed)
{
    const uint64_t signs = points_beside();
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec++;
    pthread_cond_timedwait(&feed->changed, &feed->lock, &until);
    if (points_beside() != signs)
        point_alive();
}

const struct feed_group *feed_next(struct feed *feed, double *waited, struct reason *why)
{
    double start = clock_seconds();
    pthread_mutex_lock(&feed->lock);
    while (feed->made == feed->taken && !feed->failed)
        wait_for_group(feed);
    const struct feed_group *group = NULL;
    if (feed->made > feed->taken)
        group = &feed->ring[feed->taken % FEED_AHEAD];
    else
        *why = feed->why;
    pthread_mutex_unlock(&feed->lock);
    *waited += clock_seconds() - start;
    return group;
}

void feed_done(struct feed *feed)
{
    pthread_mutex_lock(&feed->lock);
    require(feed->taken < feed->made);
    feed->taken++;
    pthread_cond_broadcast(&feed->changed);
    pthread_mutex_unlock(&feed->lock);
}

void feed_close(struct feed *feed)
{
    pthread_mutex_lock(&feed->lock);
    feed->closing = true;
    pthread_cond_broadcast(&feed->changed);
    pthread_mutex_unlock(&feed->lock);
    pthread_join(feed->thread, NULL);
    pthread_mutex_destroy(&feed->lock);
    pthread_cond_destroy(&feed->changed);
    for (int i = 0; i < FEED_AHEAD; i++) {
        for (int k = 0; k < feed->ring[i].count; k++) {
            batch_release(&feed->ring[i].batches[k]);
            memory_free(feed->ring[i].origins[k].places);
        }
        memory_free(feed->ring[i].origins);
        memory_free(feed->ring[i].batches);
    }
    memory_free(feed->views);
    memory_free(feed);
}
