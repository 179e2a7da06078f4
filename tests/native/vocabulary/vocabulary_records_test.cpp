// Vocabularies of TFRecords and of lists, whose keys are any bytes.
#include "catch.hpp"
#include "vocabulary/vocabulary.hpp"
#include "vocabulary_fixture.hpp"

using namespace fcol;
using namespace fcol::test;

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
