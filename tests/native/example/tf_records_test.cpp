#include "base/crc32c.hpp"
#include "catch.hpp"
#include "example/example_batch.hpp"

using namespace fcol;

namespace {

std::string record(const std::string& data) {
  const auto put = [](auto value) { return std::string(reinterpret_cast<const char*>(&value), sizeof value); };
  const auto bytes = [](const std::string& text) { return Bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size()); };
  const std::string length = put(static_cast<uint64_t>(data.size()));
  return length + put(maskedCrc32c(bytes(length))) + data + put(maskedCrc32c(bytes(data)));
}

Result<std::vector<std::string_view>> read(const std::string& file) { return readTfRecords({reinterpret_cast<const uint8_t*>(file.data()), file.size()}); }

}  // namespace

TEST_CASE("Records as TensorFlow writes them", "[example]") {
  // From a vocabulary of TensorFlow's tests: the record `omar`.
  const std::string omar("\x04\x00\x00\x00\x00\x00\x00\x00\x42\x45\x52\x04omar\x7c\xe6\x44\x05", 20);
  CHECK(record("omar") == omar);
  const std::string file = omar + record("") + record(std::string(300, 'x'));
  const auto records = read(file);
  REQUIRE(records);
  CHECK(*records == std::vector<std::string_view>{"omar", "", std::string_view(file).substr(48, 300)});
  CHECK(read("")->empty());
}

TEST_CASE("A cut anywhere but between records, and every bit flip, is refused", "[example]") {
  const std::string file = record("omar") + record("stringer");
  for (size_t size = 0; size < file.size(); ++size) {
    INFO(size);
    const auto records = read(file.substr(0, size));
    CHECK(records.ok() == (size == 0 || size == 20));
    if (!records) {
      CHECK(records.error().code == ErrorCode::InvalidExample);
      CHECK(records.error().message.find(size < 20 ? "truncated record at 0" : "truncated record at 20") == 0);
    }
  }
  for (size_t bit = 0; bit < file.size() * 8; ++bit) {
    std::string broken = file;
    broken[bit / 8] = static_cast<char>(broken[bit / 8] ^ 1 << bit % 8);
    const auto records = read(broken);
    REQUIRE_FALSE(records);
    CHECK(records.error().message.find("corrupted record at ") == 0);
  }
}
