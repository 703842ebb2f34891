#include "io/text/lines.h"
#include "comm/base/memory.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { INPUT_BYTES = 1 << 18, GZIP_WINDOW = 15 + 16 };

/* The file's bytes pass through `input` only if they are gzip; plain text is read straight into
 * `bytes`. */
struct lines {
    int file;
    bool gzip, in_member, input_ended, ended, failed;
    z_stream stream;
    unsigned char *input;
    char *bytes; // [start, end) is text that was not returned yet, of which [start, searched) has
                 // no \n
    size_t start, searched, end, capacity;
    int64_t number;
    struct lines_marks marks;
    struct reason trouble;
};

static int trouble(struct lines *lines, struct reason *why, const char *words)
{
    if (!lines->failed)
        fail(&lines->trouble, "line %lld: %s", (long long)lines->number + 1, words);
    lines->failed = true;
    *why = lines->trouble;
    return -1;
}

/* -1 with errno, 0 at the end. */
static ssize_t read_some(int file, void *bytes, size_t count)
{
    ssize_t got;
    do
        got = read(file, bytes, count);
    while (got < 0 && errno == EINTR);
    return got;
}

/* The words of what is wrong, or NULL. */
static const char *fill_input(struct lines *lines)
{
    ssize_t got = read_some(lines->file, lines->input, INPUT_BYTES);
    if (got < 0)
        return strerror(errno);
    lines->input_ended = got == 0;
    lines->stream.next_in = lines->input;
    lines->stream.avail_in = (unsigned)got;
    return NULL;
}

static const char *inflate_trouble(const struct lines *lines, int status)
{
    if (status == Z_NEED_DICT || status == Z_DATA_ERROR)
        return lines->in_member ? "damaged gzip data" : "what follows the gzip data is not gzip";
    return status == Z_MEM_ERROR ? "no memory for gzip data" : NULL;
}

/* A gzip file is one member or several; each ends with a checksum, which inflate checks. */
static const char *unpack(struct lines *lines, char *to, size_t room, size_t *got)
{
    z_stream *stream = &lines->stream;
    stream->next_out = (unsigned char *)to;
    stream->avail_out = (unsigned)room;
    while (stream->avail_out == (unsigned)room) {
        if (!stream->avail_in && !lines->input_ended) {
            const char *words = fill_input(lines);
            if (words)
                return words;
        }
        if (!stream->avail_in && !lines->in_member)
            break;
        if (!stream->avail_in)
            return "unexpected end of gzip data";
        int status = inflate(stream, Z_NO_FLUSH);
        const char *words = inflate_trouble(lines, status);
        if (words && stream->avail_out == (unsigned)room)
            return words;
        if (words)
            break; // what came before it first; inflate will say it again
        lines->in_member = status != Z_STREAM_END;
        if (!lines->in_member)
            inflateReset(stream);
    }
    *got = room - stream->avail_out;
    return NULL;
}

static void make_room(struct lines *lines)
{
    if (lines->start) {
        memmove(lines->bytes, lines->bytes + lines->start, lines->end - lines->start);
        lines->end -= lines->start;
        lines->searched -= lines->start;
        lines->start = 0;
    }
    if (lines->capacity - lines->end < INPUT_BYTES) {
        size_t capacity = 2 * lines->capacity;
        lines->bytes = memory_grow(lines->bytes, lines->capacity, capacity);
        lines->capacity = capacity;
    }
}

static const char *fill(struct lines *lines)
{
    make_room(lines);
    char *to = lines->bytes + lines->end;
    size_t room = lines->capacity - lines->end, got = 0;
    if (lines->gzip) {
        const char *words = unpack(lines, to, room, &got);
        if (words)
            return words;
    } else {
        ssize_t count = read_some(lines->file, to, room);
        if (count < 0)
            return strerror(errno);
        got = (size_t)count;
    }
    lines->ended = got == 0;
    lines->end += got;
    return NULL;
}

/* Reads the first bytes (a pipe may give one at a time) and tells by them. A lone first half of
 * gzip's magic is truncated gzip. */
static const char *recognise(struct lines *lines)
{
    size_t have = 0;
    ssize_t got = 1;
    while (have < 2 && got > 0) {
        got = read_some(lines->file, lines->input + have, INPUT_BYTES - have);
        if (got < 0)
            return strerror(errno);
        have += (size_t)got;
    }
    lines->gzip = have > 0 && lines->input[0] == 0x1F && (have == 1 || lines->input[1] == 0x8B);
    if (lines->gzip) {
        lines->stream.next_in = lines->input;
        lines->stream.avail_in = (unsigned)have;
        lines->in_member = true;
        return inflateInit2(&lines->stream, GZIP_WINDOW) == Z_OK ? NULL : "no memory for gzip data";
    }
    memcpy(lines->bytes, lines->input, have);
    lines->end = have;
    return NULL;
}

struct lines *lines_open(const char *path, struct reason *why)
{
    int file = strcmp(path, "-") != 0 ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
    if (file < 0) {
        fail_errno(why);
        return NULL;
    }
    struct lines *lines = memory_take(sizeof *lines);
    lines->file = file;
    lines->input = memory_take(INPUT_BYTES);
    lines->capacity = 2 * (size_t)INPUT_BYTES;
    lines->bytes = memory_take(lines->capacity);
    struct stat status;
    const char *words = NULL;
    if (fstat(file, &status) != 0)
        words = strerror(errno);
    else if (S_ISDIR(status.st_mode))
        words = "is a directory";
    else
        words = recognise(lines);
    if (!words)
        return lines;
    fail(why, "%s", words);
    lines_close(lines);
    return NULL;
}

/* UTF-16 by its byte order mark, or by the NULs that half of its bytes are where the letters are
 * Latin. */
static bool looks_like_utf16(const char *line, size_t length)
{
    size_t nuls[2] = {0};
    if (length >= 2 && (memcmp(line, "\xFF\xFE", 2) == 0 || memcmp(line, "\xFE\xFF", 2) == 0))
        return true;
    for (size_t i = 0; i < length; i++)
        nuls[i % 2] += line[i] == '\0';
    return length >= 4 && (4 * nuls[0] > length || 4 * nuls[1] > length);
}

/* The words of what is wrong with a line, or NULL. The mark at the head of the first is left out.
 */
static const char *check_line(struct lines *lines, const char **line, size_t *length)
{
    bool first = lines->number == 0;
    if (*length > LINE_MOST)
        return "is longer than 1 MiB";
    bool nul = memchr(*line, '\0', *length) != NULL;
    if (first && looks_like_utf16(*line, *length))
        return "looks like UTF-16, not UTF-8 ('iconv -f UTF-16 -t UTF-8' converts it)";
    if (nul)
        return "holds a NUL";
    if (first && *length >= 3 && memcmp(*line, "\xEF\xBB\xBF", 3) == 0) {
        lines->marks.byte_order = true;
        *line += 3;
        *length -= 3;
    }
    return NULL;
}

int lines_next(struct lines *lines, const char **bytes, size_t *length, struct reason *why)
{
    if (lines->failed)
        return trouble(lines, why, NULL);
    const char *end = NULL;
    while (!(end = memchr(lines->bytes + lines->searched, '\n', lines->end - lines->searched))) {
        lines->searched = lines->end;
        if (lines->end - lines->start > LINE_MOST + 1)
            return trouble(lines, why, "is longer than 1 MiB");
        if (lines->ended)
            break;
        const char *words = fill(lines);
        if (words)
            return trouble(lines, why, words);
    }
    if (!end && lines->start == lines->end)
        return 0;
    size_t count = (end ? (size_t)(end - lines->bytes) : lines->end) - lines->start;
    const char *line = lines->bytes + lines->start;
    size_t held = count;
    bool windows = end && held && line[held - 1] == '\r';
    held -= windows;
    const char *words = check_line(lines, &line, &held);
    if (words)
        return trouble(lines, why, words);
    lines->marks.windows_ends += windows;
    lines->start += count + (end ? 1 : 0);
    lines->searched = lines->start;
    lines->number++;
    *bytes = line;
    *length = held;
    return 1;
}

struct lines_marks lines_marks(const struct lines *lines)
{
    return lines->marks;
}

int64_t lines_number(const struct lines *lines)
{
    return lines->number;
}

void lines_close(struct lines *lines)
{
    if (!lines)
        return;
    if (lines->gzip)
        inflateEnd(&lines->stream);
    if (lines->file != STDIN_FILENO)
        close(lines->file);
    memory_free(lines->input);
    memory_free(lines->bytes);
    memory_free(lines);
}
