extern "C" {
#include "io/tokenizer/sentencepiece.h"
#include "comm/base/memory.h"
#include "io/tokenizer/tokenizer_kinds.h"
}
#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>
#include <string>
#include <unordered_map>
#include <vector>

namespace sentencepiece::logging
{
void SetMinLogLevel(int level); // exported, in no public header
}

namespace
{
using sentencepiece::SentencePieceProcessor;
using sentencepiece::util::Status;

/* Both are one for the process: the library's level, and what ends it where C++ has no memory left,
 * in whatever function, so that no exception about that comes up. */
void set_up()
{
    std::set_new_handler(memory_gone);
    sentencepiece::logging::SetMinLogLevel(5); // beyond fatal
}

class Sentences : public sentencepiece::SentenceIterator
{
  public:
    explicit Sentences(const sentencepiece_training *training) : training_(training)
    {
        load();
    }
    bool done() const override
    {
        return number_ >= training_->count;
    }
    void Next() override
    {
        number_++;
        load();
    }
    const std::string &value() const override
    {
        return sentence_;
    }
    Status status() const override
    {
        return Status();
    }

  private:
    void load()
    {
        if (done())
            return;
        const int64_t *range = training_->offsets + number_;
        sentence_.assign(training_->bytes + range[0], (size_t)(range[1] - range[0]));
    }
    const sentencepiece_training *training_;
    int64_t number_ = 0;
    std::string sentence_;
};

/* The library reads its list of symbols as one line of CSV. */
std::string symbols_as_csv(const char *rest)
{
    std::string csv;
    const char *symbol;
    size_t length;
    while (symbols_next(&rest, &symbol, &length)) {
        csv += csv.empty() ? "\"" : ",\"";
        for (size_t i = 0; i < length; i++)
            csv += symbol[i] == '"' ? std::string("\"\"") : std::string(1, symbol[i]);
        csv += '"';
    }
    return csv;
}

/* Without the library's source position: "Internal: file(line) [claim] words". */
std::string words_of(const Status &status)
{
    std::string words = status.error_message();
    size_t claim = words.find("] ");
    bool explained = claim != std::string::npos && claim + 2 < words.size();
    return explained ? words.substr(claim + 2) : words;
}

/* The number that follows the phrase, or 0. */
int number_after(const std::string &words, const char *phrase)
{
    size_t at = words.find(phrase);
    int number = 0;
    if (at != std::string::npos)
        std::sscanf(words.c_str() + at + std::strlen(phrase), "%d", &number);
    return number;
}

std::unordered_map<std::string, std::string> settings_of(const sentencepiece_training *training)
{
    std::unordered_map<std::string, std::string> settings = {
        {"model_type", training->bpe ? "bpe" : "unigram"},
        {"vocab_size", std::to_string(training->vocabulary)},
        {"hard_vocab_limit", "false"},
        {"unk_id", "0"},
        {"bos_id", "1"},
        {"eos_id", "2"},
        {"pad_id", "-1"},
        {"unk_surface", "<unk>"},
        {"normalization_rule_name", "identity"},
        {"remove_extra_whitespaces", "false"},
        {"add_dummy_prefix", "true"},
        {"byte_fallback", "true"},
        {"character_coverage", "0.9995"},
        {"max_sentence_length", std::to_string(1 << 30)},
        {"num_threads", "1"},
    };
    std::string symbols = symbols_as_csv(training->symbols);
    if (!symbols.empty())
        settings["user_defined_symbols"] = symbols;
    return settings;
}
} // namespace

extern "C" bool sentencepiece_train(const struct sentencepiece_training *training,
                                    struct text *model, int *size, struct reason *why)
try {
    *size = 0;
    set_up();
    Sentences sentences(training);
    std::string bytes;
    Status status =
        sentencepiece::SentencePieceTrainer::Train(settings_of(training), &sentences, &bytes);
    if (!status.ok()) {
        std::string words = words_of(status);
        *size = number_after(words, " vs ");
        return fail(why, "SentencePiece: %s", words.c_str());
    }
    SentencePieceProcessor processor;
    status = processor.LoadFromSerializedProto(bytes);
    if (!status.ok())
        return fail(why, "SentencePiece: %s", words_of(status).c_str());
    *size = processor.GetPieceSize();
    text_clear(model);
    text_add(model, bytes.data(), bytes.size());
    return true;
} catch (const std::exception &error) {
    return fail(why, "SentencePiece: %s", error.what());
}

extern "C" void *sentencepiece_load(const struct text *model, struct reason *why)
try {
    set_up();
    auto processor = std::make_unique<SentencePieceProcessor>();
    Status status = processor->LoadFromSerializedProto(
        std::string_view(model->bytes ? model->bytes : "", model->length));
    if (status.ok())
        return processor.release();
    fail(why, "SentencePiece: %s", words_of(status).c_str());
    return nullptr;
} catch (const std::exception &error) {
    fail(why, "SentencePiece: %s", error.what());
    return nullptr;
}

extern "C" void sentencepiece_unload(void *processor)
{
    delete static_cast<SentencePieceProcessor *>(processor);
}

extern "C" int sentencepiece_size(const void *processor)
{
    return static_cast<const SentencePieceProcessor *>(processor)->GetPieceSize();
}

extern "C" const char *sentencepiece_piece(const void *processor, int id, size_t *length)
{
    const std::string &piece =
        static_cast<const SentencePieceProcessor *>(processor)->IdToPiece(id);
    *length = piece.size();
    return piece.data();
}

extern "C" int sentencepiece_find(const void *processor, const char *piece)
{
    return static_cast<const SentencePieceProcessor *>(processor)->PieceToId(piece);
}

extern "C" bool sentencepiece_encode(const void *processor, const char *line, size_t length,
                                     struct ids *ids)
try {
    std::vector<int> found;
    auto library = static_cast<const SentencePieceProcessor *>(processor);
    if (!library->Encode(std::string_view(line, length), &found).ok())
        return false;
    ids_add_all(ids, found.data(), (int64_t)found.size());
    return true;
} catch (const std::exception &) {
    return false;
}

extern "C" bool sentencepiece_decode(const void *processor, const int32_t *ids, int64_t count,
                                     struct text *line)
try {
    std::string found;
    auto library = static_cast<const SentencePieceProcessor *>(processor);
    if (!library->Decode(std::vector<int>(ids, ids + count), &found).ok())
        return false;
    text_add(line, found.data(), found.size());
    return true;
} catch (const std::exception &) {
    return false;
}
