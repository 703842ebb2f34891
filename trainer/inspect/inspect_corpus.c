#include "comm/base/die.h"
#include "io/text/json.h"
#include "trainer/inspect/inspect.h"
#include "trainer/settings/task.h"
#include <stdio.h>

static void add_json(const struct corpus *corpus, bool checked, struct text *text)
{
    char word[32];
    json_open(text, NULL);
    json_text(text, "what", "corpus");
    json_text(text, "path", corpus->path);
    json_integer(text, "sentences", corpus->sentences);
    snprintf(word, sizeof word, "%016llx", (unsigned long long)corpus->digest);
    json_text(text, "digest", word);
    json_integer(text, "seed", (int64_t)corpus->seed);
    json_bool(text, "joint", corpus->joint);
    json_bool(text, "target_text", corpus->has_text);
    json_bool(text, "stream", corpus->stream);
    for (enum side side = SOURCE; side < SIDES; side++) {
        if (corpus->contents[side].form == FORM_NONE)
            continue;
        inspect_add_content_json(&corpus->contents[side], side, text);
        json_integer(text, "tokens", corpus->tokens[side]);
        json_close(text);
    }
    json_open_list(text, "shards");
    for (int i = 0; i < corpus->shards; i++) {
        const struct corpus_shard *shard = &corpus->table[i];
        json_open(text, NULL);
        json_text(text, "file", shard->file);
        json_integer(text, "sentences", shard->sentences);
        for (enum side side = SOURCE; side < SIDES; side++) {
            char name[32];
            snprintf(name, sizeof name, "%s_tokens", side_names[side]);
            if (corpus->contents[side].form != FORM_NONE)
                json_integer(text, name, shard->tokens[side]);
        }
        snprintf(word, sizeof word, "%016llx", (unsigned long long)shard->hash);
        json_text(text, "hash", word);
        json_close(text);
    }
    json_close_list(text);
    json_bool(text, "checked", checked);
    json_close(text);
}

static void add_side(const struct corpus *corpus, enum side side, struct text *text)
{
    char tokens[32], name[32];
    double sentences = corpus->sentences ? (double)corpus->sentences : 1;
    inspect_add_content(&corpus->contents[side], side, text);
    text_of_count(corpus->tokens[side], tokens);
    snprintf(name, sizeof name, "%s tokens", side_names[side]);
    inspect_add_line(text, name, "%s, %.1f a sentence", tokens,
                     (double)corpus->tokens[side] / sentences);
}

static void add_for_people(const struct corpus *corpus, bool checked, struct text *text)
{
    char sentences[32], tokens[32];
    text_of_count(corpus->sentences, sentences);
    text_add_format(text, "corpus '%s'\n", corpus->path);
    inspect_add_line(text, "sentences", "%s in %d shards", sentences, corpus->shards);
    for (enum side side = SOURCE; side < SIDES; side++)
        if (corpus->contents[side].form != FORM_NONE)
            add_side(corpus, side, text);
    if (corpus->stream)
        inspect_add_line(text, "stream", "one running %s",
                         corpus->contents[TARGET].form == FORM_VECTORS ? "series" : "text");
    inspect_add_line(text, "joint vocabulary", "%s", corpus->joint ? "yes" : "no");
    inspect_add_line(text, "raw target text", "%s", corpus->has_text ? "kept" : "not kept");
    inspect_add_line(text, "digest", "%016llx", (unsigned long long)corpus->digest);
    for (int i = 0; i < corpus->shards; i++) {
        const struct corpus_shard *shard = &corpus->table[i];
        struct text line = {0};
        text_of_count(shard->sentences, sentences);
        text_add_format(&line, "%s sentences, tokens:", sentences);
        const char *comma = "";
        for (enum side side = SOURCE; side < SIDES; side++) {
            if (corpus->contents[side].form == FORM_NONE)
                continue;
            text_of_count(shard->tokens[side], tokens);
            text_add_format(&line, "%s %s %s", comma, side_names[side], tokens);
            comma = ",";
        }
        inspect_add_line(text, shard->file, "%s", line.bytes);
        text_release(&line);
    }
    if (checked)
        inspect_add_line(text, "checked", "every byte of %d shards", corpus->shards);
}

void inspect_corpus(const char *path, const struct settings *settings, struct text *text)
{
    struct reason why;
    bool check = settings->check == 1;
    struct corpus *corpus = corpus_open(path, task_rules, &why);
    if (!corpus || (check && !corpus_check(corpus, &why)))
        die("corpus '%s': %s", path, why.text);
    if (settings->json == 1)
        add_json(corpus, check, text);
    else
        add_for_people(corpus, check, text);
    corpus_close(corpus);
}
