#include "checkpoint/ordered_code.hpp"

#include "catch.hpp"

using namespace fcol;

namespace {

std::string fromHex(std::string_view hex) {
  std::string out;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) out += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return out;
}

// The start of the only dimension of a slice of "a" that is written so.
std::optional<int64_t> startOf(std::string_view hex) {
  const auto key = readSliceKey(fromHex("0061" "0001" "0101") + fromHex(hex) + fromHex("7f"));
  if (!key) return std::nullopt;
  CHECK(key->name == "a");
  CHECK(key->slice.length.at(0) == -1);
  return key->slice.start.at(0);
}

}  // namespace

TEST_CASE("OrderedCode of signed numbers: the samples of the specification and the ends of each length", "[checkpoint]") {
  CHECK(startOf("80") == 0);
  CHECK(startOf("81") == 1);
  CHECK(startOf("7f") == -1);
  CHECK(startOf("bf") == 63);
  CHECK(startOf("c040") == 64);
  CHECK(startOf("40") == -64);
  CHECK(startOf("3fbf") == -65);
  CHECK(startOf("dfff") == 8191);
  CHECK(startOf("e02000") == 8192);
  CHECK(startOf("e186a0") == 100000);
  CHECK(startOf("ff7fffffffffffff") == (int64_t{1} << 55) - 1);
  CHECK(startOf("ff8080000000000000") == int64_t{1} << 55);
  CHECK(startOf("ffbfffffffffffffff") == (int64_t{1} << 62) - 1);
  CHECK(startOf("ffc04000000000000000") == int64_t{1} << 62);
  CHECK(startOf("ffc07fffffffffffffff") == INT64_MAX);
  CHECK(startOf("003f8000000000000000") == INT64_MIN);
}

TEST_CASE("OrderedCode that is cut, too long for its number or too large is refused", "[checkpoint]") {
  for (const char* bad : {"c000", "c03f", "ffc08000000000000000", "ffffffffffffffffffff", "ffe0000000000000000000", "e0", "c0"}) {
    INFO(bad);
    CHECK_FALSE(startOf(bad));
  }
  const std::string good = fromHex("00656d6200010102808280" "7f");
  REQUIRE(readSliceKey(good));
  for (size_t size = 0; size < good.size(); ++size) CHECK_FALSE(readSliceKey(good.substr(0, size)));
  CHECK_FALSE(readSliceKey(good + "x"));
}

TEST_CASE("OrderedCode of a slice of emb, and of a name with zeros and 0xff", "[checkpoint]") {
  const auto key = readSliceKey(fromHex("00656d62000101028082807f"));
  REQUIRE(key);
  CHECK(key->name == "emb");
  CHECK(key->slice.start == std::vector<int64_t>{0, 0});
  CHECK(key->slice.length == std::vector<int64_t>{2, -1});
  const auto odd = readSliceKey(fromHex("00" "00ff" "ff00" "61" "0001" "00"));
  REQUIRE(odd);
  CHECK(odd->name == std::string("\0\xff" "a", 3));
  CHECK(odd->slice.start.empty());
  CHECK_FALSE(readSliceKey(fromHex("00" "0002" "0001" "00")));  // no escape of that kind
}
