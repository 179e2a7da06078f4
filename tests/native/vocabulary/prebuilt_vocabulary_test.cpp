// Prebuilt vocabularies: what the text gives, and nothing of a file that is damaged or lies.
#include "vocabulary/prebuilt_vocabulary.hpp"

#include <cstdio>
#include <cstring>
#include <random>
#include <vector>

#include "base/crc32c.hpp"
#include "catch.hpp"
#include "text/utf8_batch.hpp"

using namespace fcol;

namespace {

using Made = Result<std::shared_ptr<const Vocabulary>>;

Buffer<uint8_t> bufferOf(std::string_view bytes) {
  auto buffer = Buffer<uint8_t>::make(bytes.size());
  std::memcpy(buffer->data(), bytes.data(), bytes.size());
  return std::move(*buffer);
}

Made fromText(std::string_view text, std::optional<uint64_t> size = {}) { return Vocabulary::fromText(bufferOf(text), DType::String, size, "videos.txt"); }
Made fromPrebuilt(std::string_view file, std::optional<uint64_t> size = {}, DType dtype = DType::String) {
  return Vocabulary::fromPrebuilt(bufferOf(file), dtype, size, "videos.vocabulary");
}

std::string prebuilt(const Vocabulary& vocabulary) {
  const auto size = prebuiltSize(vocabulary);
  REQUIRE(size.ok());
  std::string file(static_cast<size_t>(*size), '?');
  writePrebuilt(vocabulary, reinterpret_cast<uint8_t*>(file.data()));
  return file;
}

std::vector<int64_t> idsOf(const Vocabulary& vocabulary, const std::vector<std::string>& keys) {
  std::string bytes;
  std::vector<uint32_t> offsets{0};
  for (const auto& key : keys) offsets.push_back(static_cast<uint32_t>((bytes += key).size()));
  const std::vector<char> exact(bytes.begin(), bytes.end());
  std::vector<int64_t> ids(keys.size(), -7);
  vocabulary.find(Utf8Batch{exact.data(), offsets}, ids.data());
  return ids;
}

void repair(std::string& file) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(file.data());
  char hex[9];
  std::snprintf(hex, sizeof hex, "%08x", crc32c({bytes + 64, file.size() - 64}, crc32c({bytes, 56})));
  file.replace(56, 8, hex, 8);
}

uint64_t number(const std::string& file, size_t at, size_t digits) { return std::stoull(file.substr(at, digits), nullptr, 16); }

std::vector<std::string> wordsOf(size_t count, std::mt19937& random) {
  std::vector<std::string> words;
  for (size_t i = 0; i < count; ++i) {
    std::string word = std::to_string(i);
    const size_t more = random() % (i % 97 == 0 ? 200 : 12);
    for (size_t c = 0; c < more; ++c) word += "\r\t \0\xffzZ\xc3"[random() % 8];
    words.push_back(word);
  }
  return words;
}

}  // namespace

TEST_CASE("a prebuilt vocabulary gives the ids of its text", "[prebuilt]") {
  std::mt19937 random(7);
  for (const size_t count : {1, 2, 8, 9, 10, 63, 64, 65, 1000, 20000}) {
    for (const std::string end : {"\n", "\r\n"}) {
      auto words = wordsOf(count, random);
      std::string text;
      for (const auto& word : words) text += word + end;
      for (const std::string tail : {"", "unended", "\r", "cr\r"}) {
        const auto plain = fromText(text + tail);
        REQUIRE(plain.ok());
        const std::string file = prebuilt(**plain);
        CHECK(file.size() % 64 == 0);
        CHECK(file.size() < 64 * 5 + text.size() + tail.size() + 6 * count);
        const auto ready = fromPrebuilt(file);
        INFO((ready ? "" : ready.error().message));
        REQUIRE(ready.ok());
        CHECK((*ready)->size() == (*plain)->size());
        auto asked = words;
        for (const auto& word : words) {
          asked.push_back(word + "x");
          asked.push_back(word.substr(0, word.size() / 2));
          asked.push_back(word + "\r");
          asked.push_back(word + "\n");
        }
        for (const auto* other : {"", "unended", "cr", "cr\r", "\r", "\n", "\x89" "fcvocab", "\x89" "fcvocabstrings1"}) asked.push_back(other);
        asked.push_back(file.substr(0, 64));
        asked.push_back(file.substr(0, 64 + words[0].size()));
        CHECK(idsOf(**ready, asked) == idsOf(**plain, asked));
        std::string one, other;
        for (const uint32_t id : {uint32_t{0}, (*plain)->size() / 2, (*plain)->size() - 1}) CHECK((*ready)->key(id, one) == (*plain)->key(id, other));
        // And again: the same file.
        CHECK(prebuilt(**ready) == file);
      }
    }
  }
}

TEST_CASE("a prebuilt vocabulary of the first lines", "[prebuilt]") {
  const auto some = fromText("omar\nmarlo\n\nomar\n", 2);
  REQUIRE(some.ok());
  const std::string file = prebuilt(**some);
  CHECK(file == prebuilt(**fromText("omar\nmarlo\n")));
  for (const std::optional<uint64_t> size : {std::optional<uint64_t>{}, std::optional<uint64_t>{2}}) {
    const auto ready = fromPrebuilt(file, size);
    REQUIRE(ready.ok());
    CHECK(idsOf(**ready, {"marlo", "omar", "", "avon"}) == std::vector<int64_t>{1, 0, -1, -1});
  }
  const auto phrase = [&](std::optional<uint64_t> size, DType dtype = DType::String) {
    const auto refused = fromPrebuilt(file, size, dtype);
    REQUIRE(!refused.ok());
    CHECK(refused.error().code == ErrorCode::InvalidVocabulary);
    return refused.error().message;
  };
  CHECK(phrase(3).find("Invalid vocab_size in videos.vocabulary: expected 3 but got 2") != std::string::npos);
  CHECK(phrase(1).find("vocabulary_size is 1, but the prebuilt vocabulary is of 2 lines") != std::string::npos);
  CHECK(phrase(0).find("vocabulary_size is 0") != std::string::npos);
  CHECK(phrase({}, DType::Int64).find("strings") != std::string::npos);
}

TEST_CASE("only text files of strings are prebuilt", "[prebuilt]") {
  const std::string bytes = "ab";
  const uint32_t offsets[] = {0, 1, 2};
  const auto list = Vocabulary::fromStrings(Utf8Batch{bytes.data(), offsets}, "list");
  const auto integers = Vocabulary::fromText(bufferOf("1\n2\n"), DType::Int64, {}, "integers");
  for (const auto& each : {*list, *integers}) {
    const auto size = prebuiltSize(*each);
    REQUIRE(!size.ok());
    CHECK(size.error().code == ErrorCode::Unsupported);
  }
}

TEST_CASE("a prebuilt vocabulary that is cut off, longer or has a wrong bit", "[prebuilt]") {
  std::mt19937 random(3);
  std::string text;
  for (const auto& word : wordsOf(40, random)) text += word + "\n";
  const std::string file = prebuilt(**fromText(text));
  for (size_t size = 0; size < file.size(); ++size) {
    const auto refused = fromPrebuilt(std::string_view(file).substr(0, size));
    REQUIRE(!refused.ok());
    CHECK(refused.error().code == ErrorCode::InvalidVocabulary);
  }
  CHECK(!fromPrebuilt(file + '\0').ok());
  for (size_t bit = 0; bit < file.size() * 8; ++bit) {
    std::string damaged = file;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
    const auto refused = fromPrebuilt(damaged);
    REQUIRE(!refused.ok());
    CHECK(refused.error().code == (bit / 8 >= 64 ? ErrorCode::ChecksumMismatch : refused.error().code));
    CHECK((refused.error().code == ErrorCode::ChecksumMismatch || refused.error().code == ErrorCode::InvalidVocabulary));
  }
}

TEST_CASE("a prebuilt vocabulary that lies, with a right checksum", "[prebuilt]") {
  std::mt19937 random(5);
  const auto words = wordsOf(300, random);
  std::string text;
  for (const auto& word : words) text += word + "\n";
  const std::string file = prebuilt(**fromText(text));
  const size_t keys = number(file, 16, 8), text_bytes = number(file, 24, 8), buckets = number(file, 32, 8);
  CHECK(keys == words.size());
  CHECK(text_bytes == text.size());
  const size_t index = (64 + text_bytes + 63) / 64 * 64;
  const auto refusal = [&](std::string lie) -> std::string {
    repair(lie);
    const auto made = fromPrebuilt(lie);
    if (made.ok()) return "";
    CHECK(made.error().code == ErrorCode::InvalidVocabulary);
    return made.error().message;
  };
  const auto with = [&](size_t at, std::string_view bytes) { return std::string(file).replace(at, bytes.size(), bytes); };
  const auto xored = [&](size_t at, int bits) {
    std::string lie = file;
    lie[at] = static_cast<char>(lie[at] ^ bits);
    return lie;
  };
  CHECK(refusal(file).empty());
  // Sizes of the header that do not overflow, whatever they are.
  for (const size_t at : {16, 24, 32})
    for (const std::string_view size : {"00000000", "00000001", "7fffffff", "80000000", "ffffffff", "fffffff0", "ffffffc0", "0000012b", "0000012d"})
      if (file.substr(at, 8) != size) CHECK(!refusal(with(at, size)).empty());
  CHECK(refusal(with(40, "0000000000000001")).find("the index is not that of the text") != std::string::npos);  // another seed
  CHECK(refusal(with(8, "strings2")).find("no prebuilt vocabulary of this version") != std::string::npos);
  CHECK(refusal(xored(index, 1)).find("the index contradicts itself") != std::string::npos);               // entries of a bucket
  CHECK(refusal(xored(index, 0x10)).find("the entries of a bucket") != std::string::npos);                 // overflows, but is not full
  CHECK(refusal(with(index + buckets, std::string(1, '\0'))).find("a tag of 0") != std::string::npos);
  CHECK(refusal(with(index + buckets + keys, "\xff\xff\xff\xff")).find("an offset beyond the text") != std::string::npos);
  CHECK(refusal(xored(index + buckets + keys, 1)).find("the index is not that of the text") != std::string::npos);
  // Lines of the text: one more, one less, an empty one.
  CHECK(!refusal(with(64 + text.find('\n'), "x")).empty());
  CHECK(refusal(with(64, "\n")).find("empty line found at position 1") != std::string::npos);
  // Anything else: refused, or ids of the vocabulary. The sanitizers see what is read.
  for (int round = 0; round < 20000; ++round) {
    std::string lie = file;
    for (size_t n = 1 + random() % 3; n > 0; --n) {
      const size_t at = random() % 4 ? index + random() % (file.size() - index) : 64 + random() % (file.size() - 64);
      lie[at] = random() % 3 ? static_cast<char>(random()) : static_cast<char>(lie[at] ^ 1 << random() % 8);
    }
    repair(lie);
    const auto made = fromPrebuilt(lie);
    if (!made) continue;
    for (const int64_t id : idsOf(**made, words)) REQUIRE((id >= -1 && id < static_cast<int64_t>(keys)));
    std::string scratch;
    for (uint32_t id = 0; id < keys; id += 37) (*made)->key(id, scratch);
  }
}
