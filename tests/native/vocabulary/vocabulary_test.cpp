// Vocabularies of text files by TensorFlow's rules (spec 2.5, 2.6), against a plain map.
#include "vocabulary/vocabulary.hpp"

#include <map>
#include <random>

#include "catch.hpp"
#include "reference/vocabulary.hpp"
#include "vocabulary_fixture.hpp"

using namespace fcol;
using namespace fcol::test;

TEST_CASE("a text vocabulary gives line numbers", "[vocabulary]") {
  for (const std::string_view text : {"omar\nstringer\nmarlo\n", "omar\nstringer\nmarlo", "omar\r\nstringer\r\nmarlo\r\n", "omar\r\nstringer\r\nmarlo", "omar\nstringer\nmarlo\r"}) {
    const auto vocabulary = fromText(text);
    REQUIRE(vocabulary.ok());
    CHECK((*vocabulary)->size() == 3);
    CHECK(idOf(**vocabulary, "omar") == 0);
    CHECK(idOf(**vocabulary, "stringer") == 1);
    CHECK(idOf(**vocabulary, "marlo") == 2);
    for (const std::string_view other : {"", "oma", "omarr", "omar\n", "omar\r", "omar\nstringer", "omar\r\nstringer", "marlo\r", "marlo\n", "string"}) CHECK(idOf(**vocabulary, other) == -1);
    std::string scratch;
    CHECK((*vocabulary)->key(1, scratch) == "stringer");
    CHECK((*vocabulary)->key(2, scratch) == "marlo");
  }
}

TEST_CASE("everything but one carriage return at the end belongs to the key", "[vocabulary]") {
  const std::string text = std::string("\xef\xbb\xbfomar\n \n\ta\tb\r\r\nx") + '\0' + "y\n\r";
  const auto vocabulary = fromText(text);
  REQUIRE(vocabulary.ok());
  CHECK((*vocabulary)->size() == 4);
  CHECK(idOf(**vocabulary, "\xef\xbb\xbfomar") == 0);
  CHECK(idOf(**vocabulary, "omar") == -1);
  CHECK(idOf(**vocabulary, " ") == 1);
  CHECK(idOf(**vocabulary, "\ta\tb\r") == 2);
  CHECK(idOf(**vocabulary, "\ta\tb") == -1);
  CHECK(idOf(**vocabulary, std::string_view("x\0y", 3)) == 3);
  CHECK(idOf(**vocabulary, "x") == -1);
}

TEST_CASE("a size takes the first lines", "[vocabulary]") {
  const auto vocabulary = fromText("omar\nmarlo\n\nomar\n", DType::String, 2);
  REQUIRE(vocabulary.ok());
  CHECK((*vocabulary)->size() == 2);
  CHECK(idOf(**vocabulary, "marlo") == 1);
}

TEST_CASE("bad vocabulary files are refused in TensorFlow's words", "[vocabulary]") {
  struct Case { std::string_view text; DType dtype; std::optional<uint64_t> size; std::string_view phrase; int64_t row; };
  const Case cases[] = {
      {"omar\n\nmarlo\n", DType::String, {}, "Invalid content in videos.txt: empty line found at position 6", 1},
      {"omar\r\n\r\nmarlo\r\n", DType::String, {}, "Invalid content in videos.txt: empty line found at position 8", 1},
      {"\n", DType::String, {}, "Invalid content in videos.txt: empty line found at position 1", 0},
      {"omar\nmarlo\nomar\n", DType::String, {}, "HashTable has different value for same key. Key omar has 0 and trying to add value 2", 2},
      {"omar\nomar\n\n", DType::String, {}, "HashTable has different value for same key", 1},
      {"", DType::String, {}, "Invalid vocabulary_size in videos.txt", -1},
      {"\r\r", DType::String, {}, "Invalid vocabulary_size in videos.txt", -1},
      {"", DType::String, 3, "Invalid vocab_size in videos.txt: expected 3 but got 0", -1},
      {"a\nb\nc\n", DType::String, 4, "Invalid vocab_size in videos.txt: expected 4 but got 3", -1},
      {"a\nb\nc\n", DType::String, 4000000000u, "Invalid vocab_size in videos.txt: expected 4000000000 but got 3", -1},
      {"1\n2\nthree\n", DType::Int64, {}, "Field three in line 2 is not a valid int64", 2},
      {"1\n01\n", DType::Int64, {}, "HashTable has different value for same key. Key 1 has 0 and trying to add value 1", 1},
      {"1\n+1\nx\n", DType::Int64, {}, "HashTable has different value for same key", 1},
      {"9223372036854775808\n", DType::Int64, {}, "Field 9223372036854775808 in line 0 is not a valid int64", 0},
  };
  for (const auto& each : cases) {
    INFO(each.phrase);
    const auto result = fromText(each.text, each.dtype, each.size);
    REQUIRE(!result.ok());
    CHECK(result.error().code == ErrorCode::InvalidVocabulary);
    CHECK(result.error().message.find(each.phrase) != std::string::npos);
    CHECK(result.error().row == each.row);
  }
}

TEST_CASE("integers are read as SimpleAtoi reads them", "[vocabulary]") {
  const auto vocabulary = fromText(" 7 \n+8\n-9\n-9223372036854775808\n9223372036854775807\r\n", DType::Int64);
  REQUIRE(vocabulary.ok());
  CHECK(idOf(**vocabulary, int64_t{7}) == 0);
  CHECK(idOf(**vocabulary, int64_t{8}) == 1);
  CHECK(idOf(**vocabulary, int64_t{-9}) == 2);
  CHECK(idOf(**vocabulary, INT64_MIN) == 3);
  CHECK(idOf(**vocabulary, INT64_MAX) == 4);
  CHECK(idOf(**vocabulary, int64_t{0}) == -1);
  std::string scratch;
  CHECK((*vocabulary)->key(3, scratch) == "-9223372036854775808");
}

TEST_CASE("small files give what TensorFlow gives", "[vocabulary]") {
  using namespace std::string_view_literals;
  constexpr DType kText = DType::String, kWhole = DType::Int64;
  struct Answer { std::string_view file; DType dtype; int64_t size; uint32_t keys; std::string_view expected; };
  static constexpr Answer kAnswers[] = {
#include "vocabulary_answers.inc"
  };
  for (const auto& answer : kAnswers) {
    std::string shown;
    for (const char c : answer.file) shown += toText(static_cast<uint64_t>(static_cast<unsigned char>(c))) + " ";
    INFO("bytes " << shown << "size " << answer.size);
    const auto vocabulary = fromText(answer.file, answer.dtype, answer.size < 0 ? std::nullopt : std::optional<uint64_t>(answer.size));
    REQUIRE(vocabulary.ok() == (answer.keys > 0));
    if (!vocabulary) {
      CHECK(vocabulary.error().message.find(answer.expected) != std::string::npos);
      continue;
    }
    REQUIRE((*vocabulary)->size() == answer.keys);
    std::string keys, scratch;
    for (uint32_t id = 0; id < answer.keys; ++id) keys.append(id ? "|" : "").append((*vocabulary)->key(id, scratch));
    CHECK(keys == answer.expected);
  }
}

TEST_CASE("any bytes are used as the reference uses them, or refused", "[vocabulary]") {
  std::mt19937 random(7);
  for (int round = 0; round < 20000; ++round) {
    std::string file(random() % 60, ' ');
    const char* alphabet = round % 2 ? "ab\n\r\0" : "abcdefgh\xff \n";
    for (char& c : file) c = alphabet[random() % (round % 2 ? 5 : 11)];
    const auto size = random() % 2 ? std::optional<uint64_t>(random() % 6) : std::nullopt;
    const auto expected = reference::vocabularyOfText(file, size);
    const auto vocabulary = fromText(file, DType::String, size);
    REQUIRE(vocabulary.ok() == expected.has_value());
    if (!vocabulary) {
      REQUIRE(!vocabulary.error().message.empty());
      continue;
    }
    REQUIRE((*vocabulary)->size() == expected->size());
    for (const auto& [key, id] : *expected) REQUIRE(idOf(**vocabulary, key) == id);
    for (size_t from = 0; from <= file.size(); ++from) {  // pieces of the file itself, line ends and all
      const std::string piece = file.substr(from, random() % 6);
      const auto at = expected->find(piece);
      REQUIRE(idOf(**vocabulary, piece) == (at == expected->end() ? -1 : at->second));
    }
  }
}

TEST_CASE("random vocabularies agree with a map", "[vocabulary]") {
  std::mt19937 random(20240607);
  for (int round = 0; round < 40; ++round) {
    INFO("round " << round);
    const size_t wanted = 1 + random() % (round < 30 ? 300 : 20000);
    std::map<std::string, int64_t> expected;
    std::string text;
    while (expected.size() < wanted) {
      std::string key(1 + random() % (random() % 8 ? 14 : 90), ' ');
      for (char& c : key) c = static_cast<char>("abcde\x80\xff 0"[random() % 9]);
      if (!expected.emplace(key, static_cast<int64_t>(expected.size())).second) continue;
      text += key + (round % 2 ? "\n" : "\r\n");
    }
    const auto vocabulary = fromText(text);
    REQUIRE(vocabulary.ok());
    REQUIRE((*vocabulary)->size() == expected.size());
    std::string bytes;
    std::vector<uint32_t> offsets{0};
    std::vector<int64_t> wanted_ids;
    for (const auto& [key, id] : expected) {
      for (const std::string& asked : {key, key + "a", key.substr(1)}) {
        bytes += asked;
        offsets.push_back(static_cast<uint32_t>(bytes.size()));
        const auto at = expected.find(asked);
        wanted_ids.push_back(at == expected.end() ? -1 : at->second);
      }
    }
    std::vector<int64_t> ids(wanted_ids.size(), -7);
    (*vocabulary)->find({bytes.data(), offsets}, ids.data());
    CHECK(ids == wanted_ids);
    std::string scratch;
    for (const auto& [key, id] : expected) REQUIRE((*vocabulary)->key(static_cast<uint32_t>(id), scratch) == key);
  }
}
