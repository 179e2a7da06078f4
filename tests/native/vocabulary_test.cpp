// Vocabulary by TensorFlow's rules (spec 2.5, 2.6), against a plain map.
#include "vocabulary/vocabulary.hpp"

#include <cstring>
#include <map>
#include <random>

#include "base/crc32c.hpp"
#include "catch.hpp"
#include "reference/vocabulary.hpp"
#include "text_bytes.hpp"
#include "vocabulary/key_hash.hpp"
#include "vocabulary/key_table.hpp"

using namespace fcol;
using test::bytesOf;

namespace {

Result<std::shared_ptr<const Vocabulary>> fromText(std::string_view text, DType dtype = DType::String, std::optional<uint64_t> size = {}) {
  return Vocabulary::fromText(bytesOf(text), dtype, size, "videos.txt");
}

int64_t idOf(const Vocabulary& vocabulary, std::string_view key) {
  // A copy of just the key's size, so that a sanitizer sees any byte read beyond it.
  const std::vector<char> exact(key.begin(), key.end());
  const uint32_t offsets[] = {0, static_cast<uint32_t>(key.size())};
  int64_t id = -7;
  vocabulary.find(Utf8Batch{exact.data(), offsets}, &id);
  return id;
}

int64_t idOf(const Vocabulary& vocabulary, int64_t key) {
  int64_t id = -7;
  vocabulary.find(std::span(&key, 1), &id);
  return id;
}

std::string record(std::string_view data) {
  std::string text(12 + data.size() + 4, '\0');
  const uint64_t length = data.size();
  std::memcpy(text.data(), &length, 8);
  const uint32_t length_crc = maskedCrc32c({reinterpret_cast<const uint8_t*>(text.data()), 8});
  std::memcpy(text.data() + 8, &length_crc, 4);
  std::memcpy(text.data() + 12, data.data(), data.size());
  const uint32_t crc = maskedCrc32c({reinterpret_cast<const uint8_t*>(data.data()), data.size()});
  std::memcpy(text.data() + 12 + data.size(), &crc, 4);
  return text;
}

}  // namespace

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

TEST_CASE("TFRecords are keys, checked", "[vocabulary]") {
  const std::string two = record("omar") + record("marlo");
  const auto vocabulary = Vocabulary::fromRecords(bytesOf(two + record("")), DType::String, {}, "v");
  REQUIRE(vocabulary.ok());
  CHECK((*vocabulary)->size() == 3);
  CHECK(idOf(**vocabulary, "marlo") == 1);
  CHECK(idOf(**vocabulary, "") == 2);
  CHECK(idOf(**vocabulary, "mar") == -1);

  const auto few = Vocabulary::fromRecords(bytesOf(two), DType::String, 3, "v");
  REQUIRE(!few.ok());
  CHECK(few.error().message.find("Input dataset was expected to contain 3 elements but contained only 2 elements.") != std::string::npos);
  std::string corrupt = two;
  corrupt.back() ^= 1;
  const auto bad = Vocabulary::fromRecords(bytesOf(corrupt), DType::String, 2, "v");
  REQUIRE(!bad.ok());
  CHECK(bad.error().code == ErrorCode::ChecksumMismatch);
  CHECK(bad.error().message.find("corrupted record at 32") != std::string::npos);
  CHECK(Vocabulary::fromRecords(bytesOf(corrupt), DType::String, 1, "v").ok());  // the second record is not read
  // Without a size the records are counted before the table is filled, as TensorFlow does: damage comes before a duplicate.
  std::string twice = record("omar") + record("omar") + record("x");
  twice.back() ^= 1;
  CHECK(Vocabulary::fromRecords(bytesOf(twice), DType::String, {}, "v").error().code == ErrorCode::ChecksumMismatch);
  CHECK(Vocabulary::fromRecords(bytesOf(twice), DType::String, 3, "v").error().message.find("different value for same key") != std::string::npos);
  CHECK(Vocabulary::fromRecords(bytesOf(record("x")), DType::String, 2, "v").error().message.find("contain 2 elements but contained only 1 element.") != std::string::npos);
  CHECK(Vocabulary::fromRecords(bytesOf(""), DType::String, {}, "v").error().message.find("Invalid vocabulary_size in v") != std::string::npos);
  CHECK(Vocabulary::fromRecords(bytesOf(two), DType::String, 0, "v").error().message.find("Invalid vocabulary_size in v") != std::string::npos);
  // A cut is refused, also within a header, where TensorFlow takes it for the file's end.
  for (size_t cut = 0; cut < two.size(); ++cut) {
    const auto result = Vocabulary::fromRecords(bytesOf(two.substr(0, cut)), DType::String, {}, "v");
    CHECK(result.ok() == (cut == 20));
  }
}

TEST_CASE("a record is one integer, whole", "[vocabulary]") {
  const auto vocabulary = Vocabulary::fromRecords(bytesOf(record(" 7") + record("+8") + record("-9\n")), DType::Int64, {}, "v");
  REQUIRE(vocabulary.ok());
  CHECK(idOf(**vocabulary, int64_t{7}) == 0);
  CHECK(idOf(**vocabulary, int64_t{-9}) == 2);
  CHECK(idOf(**vocabulary, int64_t{9}) == -1);
  for (const std::string& bad : {std::string(), std::string("x"), std::string("2\0", 2), std::string("9223372036854775808")}) {
    const auto result = Vocabulary::fromRecords(bytesOf(record("1") + record(bad)), DType::Int64, {}, "v");
    REQUIRE(!result.ok());
    CHECK(result.error().message.find("StringToNumberOp could not correctly convert string: " + bad) != std::string::npos);
    CHECK(result.error().row == 1);
  }
}

TEST_CASE("lists keep any bytes", "[vocabulary]") {
  const std::string bytes("a\nbx\0", 5);
  const uint32_t offsets[] = {0, 3, 3, 5};
  const auto vocabulary = Vocabulary::fromStrings({bytes.data(), offsets}, "list");
  REQUIRE(vocabulary.ok());
  CHECK(idOf(**vocabulary, "a\nb") == 0);
  CHECK(idOf(**vocabulary, "") == 1);
  CHECK(idOf(**vocabulary, std::string_view("x\0", 2)) == 2);
  CHECK(idOf(**vocabulary, "x") == -1);
  // A group of lookups touches memory ahead: also that of an empty key at the arena's end.
  const uint32_t with_empty_last[] = {0, 1, 1}, asked[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  const auto empty_last = Vocabulary::fromStrings({"a", with_empty_last}, "list");
  REQUIRE(empty_last.ok());
  int64_t ids[10];
  (*empty_last)->find(Utf8Batch{"a", asked}, ids);
  CHECK(std::vector<int64_t>(ids, ids + 10) == std::vector<int64_t>{1, 1, 1, 1, 1, 1, 1, 1, 1, 0});
  const uint32_t twice[] = {0, 1, 2};
  CHECK(!Vocabulary::fromStrings({"aa", twice}, "list").ok());
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

TEST_CASE("records and lists tell the ids of many keys, and of which one a key is the double", "[vocabulary]") {
  std::string records, bytes;
  std::vector<uint32_t> offsets{0};
  std::vector<int64_t> expected;
  for (int64_t id = 0; id < 1000; ++id) {
    const std::string key = std::string(static_cast<size_t>(id) % 20, '\n') + toText(id);  // of 1 to 22 bytes, line ends among them
    records += record(key);
    bytes += key;
    offsets.push_back(static_cast<uint32_t>(bytes.size()));
    expected.push_back(id);
  }
  const Utf8Batch keys{bytes.data(), offsets};
  const auto of_records = Vocabulary::fromRecords(bytesOf(records), DType::String, {}, "v");
  const auto of_list = Vocabulary::fromStrings(keys, "list");
  for (const auto* vocabulary : {&of_records, &of_list}) {
    REQUIRE(vocabulary->ok());
    std::vector<int64_t> ids(expected.size());
    (**vocabulary)->find(keys, ids.data());
    CHECK(ids == expected);
    std::string scratch;
    CHECK((**vocabulary)->key(999, scratch) == keys[999]);
    CHECK(idOf(***vocabulary, "\n1000") == -1);
  }
  const auto double_key = Vocabulary::fromRecords(bytesOf(records + record(keys[41])), DType::String, {}, "v");
  REQUIRE(!double_key.ok());
  CHECK(double_key.error().message.find("has 41 and trying to add value 1000") != std::string::npos);
  // One line of a file that is the double of another, blocks of the file apart.
  std::string lines;
  for (int64_t id = 0; id < 1000; ++id) lines += "line" + toText(id) + "\n";
  const auto line = fromText(lines + "line777\n");
  REQUIRE(!line.ok());
  CHECK(line.error().message.find("Key line777 has 777 and trying to add value 1000") != std::string::npos);
}

TEST_CASE("keys made to collide cost another seed, not the square of their number", "[vocabulary]") {
  constexpr uint64_t kFirstSeed = 0x9e3779b97f4a7c15u, kMultiplier = 0x9fb21c651e98df25u;  // of the tables and of hashKey
  // Strings: the second half of 16 bytes undoes what the first half did to the hash.
  std::string bytes;
  std::vector<uint32_t> offsets{0};
  std::vector<int64_t> expected;
  for (uint64_t first = 0; first < 5000; ++first) {
    uint64_t state = ((kFirstSeed ^ 16 * kMultiplier) ^ first) * kMultiplier;
    state ^= state >> 32;
    char key[16];
    std::memcpy(key, &first, 8);
    std::memcpy(key + 8, &state, 8);
    REQUIRE(hashKey({key, 16}, kFirstSeed) == mixBits(0));
    bytes.append(key, 16);
    offsets.push_back(static_cast<uint32_t>(bytes.size()));
    expected.push_back(static_cast<int64_t>(first));
  }
  // The table gives up on its seed before it has walked far for each key,
  auto table = KeyTable::make(expected.size(), kFirstSeed);
  REQUIRE(table.ok());
  const KeyArena arena{bytesOf(bytes), KeyFraming::Lines, {}};  // no key is there twice, so no comparison reaches a key's end
  KeyTable::Outcome outcome = KeyTable::Outcome::Inserted;
  uint32_t inserted = 0;
  for (; outcome == KeyTable::Outcome::Inserted && inserted < expected.size(); ++inserted) {
    const KeyTable::Entry entry{offsets[inserted], 16};
    outcome = table->insert(arena, {&entry, 1}).outcome;
  }
  CHECK(outcome == KeyTable::Outcome::Crowded);
  CHECK(inserted < 2000);
  // and the vocabulary takes the next.
  const auto strings = Vocabulary::fromStrings({bytes.data(), offsets}, "list");
  REQUIRE(strings.ok());
  std::vector<int64_t> ids(expected.size());
  (*strings)->find({bytes.data(), offsets}, ids.data());
  CHECK(ids == expected);

  // Integers: the hash run backwards, for keys that all belong to the first slot.
  uint64_t inverse = 1;  // of mixBits' multiplier, by Newton's method
  for (int i = 0; i < 6; ++i) inverse *= 2 - 0xd6e8feb86659fd93u * inverse;
  std::vector<int64_t> keys;
  for (uint64_t hash = 0; hash < 10000; ++hash) {
    uint64_t x = hash;  // below 2^32, where the last step changes nothing
    x *= inverse;
    x ^= x >> 32;
    x *= inverse;
    x ^= x >> 32;
    keys.push_back(static_cast<int64_t>(x ^ kFirstSeed));
    REQUIRE(hashInteger(keys.back(), kFirstSeed) == hash);
  }
  const auto integers = Vocabulary::fromIntegers(keys, "list");
  REQUIRE(integers.ok());
  for (size_t i = 0; i < keys.size(); ++i) REQUIRE(idOf(**integers, keys[i]) == static_cast<int64_t>(i));
}
