// Tables of keys that were made to collide.
#include "vocabulary/key_table.hpp"

#include <cstring>

#include "catch.hpp"
#include "vocabulary/key_hash.hpp"
#include "vocabulary_fixture.hpp"

using namespace fcol;
using namespace fcol::test;

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
