// readPackedBatch: what JavaScript packs is read as it is meant, and every inconsistency is refused before it can be followed.
#include <cstring>
#include <random>

#include "../columns/batch_builder.hpp"
#include "catch.hpp"

using namespace fcol;
using namespace fcol::testing;
using Catch::Matchers::Contains;

namespace {

const std::vector<std::string> kKeys = {"a", "b"};
enum Word { kDtype, kFlags, kRank, kCount, kWidth, kValues, kOffsets, kRowSplits, kStepSplits, kPositions, kNulls, kTextBytes };

// The message that refuses the batch once a word of feature "a" is changed; "" if it is taken.
std::string refusal(const RawFeature& a, Word word, uint32_t value) {
  PackedBatch packed(2, kKeys, {{"a", a}});
  packed.word(2 + word) = value;
  FeatureBatch batch;
  const auto result = readPackedBatch(packed.bytes(), kKeys, batch);
  if (result) return "";
  CHECK(result.error().code == ErrorCode::InvalidBatch);
  CHECK(result.error().column == "a");
  return result.error().message;
}

// The same for features that contradict themselves.
Error refusal(const RawFeature& a) {
  const PackedBatch packed(2, kKeys, {{"a", a}});
  FeatureBatch batch;
  const auto result = readPackedBatch(packed.bytes(), kKeys, batch);
  REQUIRE_FALSE(result);
  return result.error();
}

}  // namespace

TEST_CASE("a packed batch is read in place") {
  const PackedBatch packed(2, kKeys, {{"a", strings({{"x", ""}, {"äö"}})}, {"b", nested<int64_t>(DType::Int64, {{{1, 2}, {}}, {{3}}})}});
  FeatureBatch batch;
  REQUIRE(readPackedBatch(packed.bytes(), kKeys, batch));
  REQUIRE(batch.features.size() == 2);
  const Feature& a = batch.features[0];
  CHECK(batch.rows == 2);
  CHECK(a.count == 3);
  CHECK(a.strings[0] == "x");
  CHECK(a.strings[1] == "");
  CHECK(a.strings[2] == "äö");
  CHECK(a.rowOf(0) == 0);
  CHECK(a.rowOf(2) == 1);
  const Feature& b = batch.features[1];
  CHECK(b.rank == 3);
  CHECK(b.width == 2);
  CHECK(b.as<int64_t>()[2] == 3);
  CHECK(b.firstOf(1) == 2);
  CHECK(b.rowOf(2) == 1);
}

TEST_CASE("values of a sparse tensor of rank 3 have cells in their steps") {
  const auto steps = [](std::vector<uint32_t> cells, uint32_t each) { return nested<int64_t>(DType::Int64, {{{1, 2}, {}}, {{3}}}).cells(std::move(cells), each); };
  const PackedBatch packed(2, kKeys, {{"a", steps({0, 3, 2}, 4)}});
  FeatureBatch batch;
  REQUIRE(readPackedBatch(packed.bytes(), kKeys, batch));
  CHECK(batch.features[0].inner == 4);
  CHECK(batch.features[0].positions[2] == 2);
  const Error outside = refusal(steps({0, 3, 4}, 4));
  CHECK(outside.row == 1);
  CHECK_THAT(outside.message, Contains("position 4 is not in [0, 4)"));
  CHECK_THAT(refusal(steps({1, 0, 2}, 4)).message, Contains("positions must rise"));
  CHECK_THAT(refusal(steps({}, 1)).message, Contains("a step has more than 1 values"));
}

TEST_CASE("a feature may be absent, a batch may have no rows") {
  FeatureBatch batch;
  const PackedBatch absent(2, kKeys, {});
  REQUIRE(readPackedBatch(absent.bytes(), kKeys, batch));
  CHECK(batch.features[0].dtype == DType::None);
  const PackedBatch empty(0, kKeys, {{"a", strings({})}, {"b", scalars<float>(DType::Float32, {})}});
  REQUIRE(readPackedBatch(empty.bytes(), kKeys, batch));
  CHECK(batch.features[0].count == 0);
}

TEST_CASE("strings of a dictionary: keys are checked, text is found through them") {
  const std::vector<std::string> keys = {"a"};
  // Two entries, three values: 1, 0, 1.
  uint64_t block[32] = {};
  auto* words = reinterpret_cast<uint32_t*>(block);
  words[0] = 3;
  words[1] = 1;
  uint32_t* d = words + 2;
  d[0] = 1;  // string
  d[2] = 1;  // one value a row
  d[3] = 3;
  d[4] = 1;
  d[5] = 64, d[6] = 72, d[11] = 3, d[12] = 88, d[13] = 2;
  std::memcpy(reinterpret_cast<char*>(block) + 64, "xyz", 3);
  const uint32_t offsets[] = {0, 1, 3}, entries[] = {1, 0, 1};
  std::memcpy(words + 18, offsets, sizeof offsets);
  std::memcpy(words + 22, entries, sizeof entries);
  const Bytes bytes(reinterpret_cast<const uint8_t*>(block), sizeof block);
  FeatureBatch batch;
  REQUIRE(readPackedBatch(bytes, keys, batch));
  CHECK(batch.features[0].text(0) == "yz");
  CHECK(batch.features[0].text(1) == "x");
  CHECK(batch.features[0].text(2) == "yz");
  words[23] = 2;
  auto result = readPackedBatch(bytes, keys, batch);
  REQUIRE(!result);
  CHECK_THAT(result.error().message, Contains("dictionary keys must be below 2"));
  words[23] = 0;
  d[12] = 248;  // the keys would end behind the block
  CHECK(!readPackedBatch(bytes, keys, batch));
}

TEST_CASE("descriptors that point outside or nowhere are refused") {
  const RawFeature text = strings({{"x", "y"}, {"z"}});
  CHECK_THAT(refusal(text, kDtype, 7), Contains("dtype 7 is unknown"));
  CHECK_THAT(refusal(text, kFlags, 16), Contains("flags 16 are unknown"));
  CHECK_THAT(refusal(text, kFlags, 2), Contains("only a sparse tensor can be unordered"));
  CHECK_THAT(refusal(text, kRank, 0), Contains("rank 0"));
  CHECK_THAT(refusal(text, kRank, 1), Contains("no splits"));
  CHECK_THAT(refusal(text, kRank, 300), Contains("rank 300"));
  CHECK_THAT(refusal(text, kRank, 3), Contains("step splits at byte 0"));
  CHECK_THAT(refusal(text, kCount, 4), Contains("row splits"));
  CHECK_THAT(refusal(text, kCount, 0xffffffff), Contains("row splits"));
  CHECK_THAT(refusal(text, kWidth, 1), Contains("longer than the width 1"));
  CHECK_THAT(refusal(text, kValues, 4), Contains("not at a multiple of 8"));
  CHECK_THAT(refusal(text, kValues, 0xfffffff8), Contains("not within"));
  CHECK_THAT(refusal(text, kOffsets, 0), Contains("UTF-8 offsets at byte 0"));
  CHECK_THAT(refusal(text, kOffsets, 0xfffffff8), Contains("not within"));
  CHECK_THAT(refusal(text, kRowSplits, 0), Contains("row splits at byte 0"));
  CHECK_THAT(refusal(text, kRowSplits, 0xfffffff8), Contains("not within"));
  CHECK_THAT(refusal(text, kStepSplits, 8), Contains("no step splits"));
  CHECK_THAT(refusal(text, kPositions, 8), Contains("only a sparse tensor has positions"));
  CHECK_THAT(refusal(text, kNulls, 0xfffffff8), Contains("not within"));
  CHECK_THAT(refusal(text, kTextBytes, 2), Contains("UTF-8 offsets must begin at 0"));
  CHECK_THAT(refusal(text, kTextBytes, 0xffffffff), Contains("not within"));
  CHECK_THAT(refusal(int64s({{1}, {2}}), kTextBytes, 1), Contains("numbers have no UTF-8 offsets"));
  CHECK_THAT(refusal(int64s({{1}, {2}}), kValues, 0), Contains("values at byte 0"));
}

TEST_CASE("splits, offsets and positions that fall are refused with their row") {
  RawFeature feature = int64s({{1, 2}, {3}});
  feature.row_splits = {0, 4, 3};
  CHECK(refusal(feature).row == 1);
  feature.row_splits = {1, 2, 3};
  CHECK(refusal(feature).row == 0);
  feature.row_splits = {0, 2, 2};
  CHECK_THAT(refusal(feature).message, Contains("end at 3"));
  feature = strings({{"ab", "c"}, {"d"}});
  feature.offsets = {0, 3, 2, 4};
  CHECK_THAT(refusal(feature).message, Contains("UTF-8 offsets must begin at 0, not fall"));
  feature = nested<int64_t>(DType::Int64, {{{1, 2}, {}}, {{3}}});
  feature.step_splits = {0, 3, 2, 3};
  CHECK_THAT(refusal(feature).message, Contains("step splits"));
  feature = scalars<float>(DType::Float32, {1, 2, 3});
  CHECK_THAT(refusal(feature).message, Contains("has 3 values for 2 rows"));
  CHECK(refusal(int64s({{1, 2}, {3}}).at({0, 1, 5}, 5)).row == 1);
  CHECK(refusal(int64s({{1, 2}, {3}}).at({1, 1, 0}, 5)).row == 0);
  FeatureBatch batch;
  const PackedBatch unordered(2, kKeys, {{"a", int64s({{1, 2}, {3}}).at({3, 1, 0}, 5).unordered()}});
  CHECK(readPackedBatch(unordered.bytes(), kKeys, batch));
}

TEST_CASE("a block that is too short, or of another layer, is refused") {
  const PackedBatch packed(2, kKeys, {{"a", strings({{"x"}, {"y"}})}});
  FeatureBatch batch;
  const std::vector<std::string> three = {"a", "b", "c"};
  CHECK_FALSE(readPackedBatch(packed.bytes(), three, batch));
  CHECK_FALSE(readPackedBatch(packed.bytes().first(4), kKeys, batch));
  CHECK_FALSE(readPackedBatch({}, kKeys, batch));
  CHECK_FALSE(readPackedBatch(packed.bytes().subspan(4), kKeys, batch));
  for (size_t size = 8; size < packed.bytes().size(); size += 8) CHECK_FALSE(readPackedBatch(packed.bytes().first(size), kKeys, batch));
}

TEST_CASE("no change of a word makes it read outside the block") {  // worth most under AddressSanitizer
  std::mt19937 generator(7);
  const auto random = [&] { return static_cast<uint32_t>(generator()); };
  const PackedBatch original(2, kKeys, {{"a", strings({{"x", "yz"}, {"z"}}).at({0, 2, 1}, 3)}, {"b", nested<int64_t>(DType::Int64, {{{1, 2}, {}}, {{3}}})}});
  const size_t words = original.bytes().size() / 4;
  uint64_t touched = 0, refused = 0;
  for (int round = 0; round < 20000; ++round) {
    PackedBatch packed = original;
    for (uint32_t changes = 1 + random() % 3; changes; --changes) {
      const uint32_t values[] = {random() % 16, random() % 256 * 8, random(), 0xffffffffu - random() % 16};
      packed.word(random() % words) = values[random() % 4];
    }
    // A copy of the exact size, so that a sanitizer sees the first byte behind it.
    std::vector<uint64_t> block(packed.bytes().size() / 8);
    std::memcpy(block.data(), packed.bytes().data(), packed.bytes().size());
    FeatureBatch batch;
    if (!readPackedBatch({reinterpret_cast<const uint8_t*>(block.data()), block.size() * 8}, kKeys, batch)) {
      ++refused;
      continue;
    }
    for (const Feature& feature : batch.features) {
      if (feature.dtype == DType::None) continue;
      for (uint32_t i = 0; i < feature.count; ++i) {
        touched += feature.rowOf(i) + feature.isNull(i);
        if (feature.dtype == DType::String) {
          for (const char c : feature.strings[i]) touched += static_cast<unsigned char>(c);
        } else {
          const size_t size = feature.dtype == DType::Int32 || feature.dtype == DType::Float32 ? 4 : 8;
          touched += static_cast<const uint8_t*>(feature.numbers)[i * size + size - 1];
        }
      }
    }
  }
  CHECK(refused > 1000);
  CHECK(touched > 0);
}
