#include "checkpoint/table_file.hpp"

#include "bundle_writer.hpp"
#include "catch.hpp"
#include "checkpoint/snappy.hpp"

using namespace fcol;
using namespace fcol::test;

namespace {

class Collector final : public TableVisitor {
 public:
  Result<void> record(std::string_view key, std::string_view value) override {
    records.emplace_back(key, value);
    return {};
  }
  Records records;
};

Result<void> read(const std::string& file, Records& records) {
  Collector collector;
  auto result = readTable(bytesOf(file), collector);
  records = std::move(collector.records);
  return result;
}

Records manyRecords(size_t count) {
  Records records;
  for (size_t i = 0; i < count; ++i) {
    char key[64];
    std::snprintf(key, sizeof key, "layer/with/a/long/name/%05zu", i);
    records.push_back({key, std::string(i % 37, static_cast<char>(i))});
  }
  return records;
}

}  // namespace

TEST_CASE("A table file gives its records, however they are blocked", "[checkpoint]") {
  const Records expected = manyRecords(200);
  for (const size_t per_block : {1, 7, 16, 1000})
    for (const size_t restarts : {1, 3, 16})
      for (const bool snappy : {false, true}) {
        Records records;
        REQUIRE(read(tableFile(expected, {per_block, restarts, snappy}), records));
        CHECK(records == expected);
      }
  Records none;
  REQUIRE(read(tableFile({}), none));
  CHECK(none.empty());
}

TEST_CASE("A table file out of order, of overlapping blocks or of another compression is refused", "[checkpoint]") {
  Records records;
  auto result = read(tableFile({{"b", "1"}, {"a", "2"}}), records);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::InvalidCheckpoint);
  CHECK_FALSE(read(tableFile({{"a", "1"}, {"a", "2"}}), records));
  CHECK_FALSE(read(tableFile({{"b", "1"}, {"a", "2"}}, {1}), records));  // in two blocks
  result = read(tableFile({{"a", "1"}}, {16, 16, false, 2}), records);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::Unsupported);
  result = read("not a table", records);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::InvalidCheckpoint);
}

TEST_CASE("Keys that would grow out of proportion to the file are refused", "[checkpoint]") {
  Records records{{std::string(5000, 'x'), ""}};
  for (int i = 0; i < 250; ++i) records.push_back({std::string(5000, 'x') + static_cast<char>(i), ""});
  Records read_back;
  const auto result = read(tableFile(records, {1000, 1000}), read_back);
  REQUIRE_FALSE(result);
  CHECK(result.error().message.find("out of proportion") != std::string::npos);
}

TEST_CASE("Every bit flip and every cut of a table file is noticed or harmless", "[checkpoint]") {
  const Records expected = manyRecords(40);
  for (const bool snappy : {false, true}) {
    const std::string file = tableFile(expected, {16, 16, snappy});
    size_t refused = 0, harmless = 0;
    for (size_t bit = 0; bit < file.size() * 8; ++bit) {
      std::string broken = file;
      broken[bit / 8] = static_cast<char>(broken[bit / 8] ^ 1 << bit % 8);
      Records records;
      if (!read(broken, records)) {
        ++refused;
        continue;
      }
      ++harmless;  // such as the padding of the footer
      REQUIRE(records == expected);
    }
    CHECK(refused > file.size() * 7);
    CHECK(harmless < 40 * 8);
    for (size_t size = 0; size < file.size(); ++size) {
      Records records;
      REQUIRE_FALSE(read(file.substr(0, size), records));
    }
  }
}

TEST_CASE("Snappy: literals of every length code, copies of every kind", "[checkpoint]") {
  const auto unpack = [](const std::string& packed) -> std::string {
    const auto result = unpackSnappy(bytesOf(packed));
    if (!result) return "refused";
    return {reinterpret_cast<const char*>(result->data()), result->size()};
  };
  CHECK(unpack(std::string("\x00", 1)).empty());
  CHECK(unpack("\x03\x08" "abc") == "abc");
  CHECK(unpack(std::string("\x05\xf0\x04" "hello")) == "hello");                       // length in one byte behind the tag
  CHECK(unpack(std::string("\x05\xf4\x04\x00" "hello", 9)) == "hello");                // in two
  CHECK(unpack(std::string("\x09\x08" "abc\x09\x03", 7)) == "abcabcabc");              // copy of 6, offset 3, in two bytes: it overlaps itself
  CHECK(unpack(std::string("\x06\x08" "abc\x0a\x03\x00", 8)) == "abcabc");             // offset in two bytes
  CHECK(unpack(std::string("\x06\x08" "abc\x0b\x03\x00\x00\x00", 10)) == "abcabc");    // in four
  for (const auto& bad : {std::string("\x04\x08" "abc"), std::string("\x02\x08" "abc"), std::string("\x06\x08" "abc\x0a\x04\x00", 8),
                          std::string("\x06\x08" "abc\x0a\x00\x00", 8), std::string("\x05\x08" "abc\x0a\x03\x00", 8), std::string("\x03\x08" "ab"),
                          std::string("\xff\xff\xff\xff\x7f\x08" "abc"), std::string("\x03\xfc\xff\xff\xff\xff" "abc"), std::string()})
    CHECK(unpack(bad) == "refused");
}
