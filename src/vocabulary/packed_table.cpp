// KeyTable in the form of prebuilt vocabularies: in the order of its buckets, without the room of entries that are not there.
#include <bit>
#include <cstring>

#include "vocabulary/key_table.hpp"

namespace fcol {
namespace {

constexpr size_t kLine = 64;  // packed tables end with this many zeros at least, so that a bucket's entries may be read without a look

unsigned bitsOf(uint32_t end) { return static_cast<unsigned>(std::bit_width(end)); }

uint64_t wordAt(const uint8_t* at) {
  uint64_t word;
  std::memcpy(&word, at, 8);
  return word;
}

Failure broken(std::string_view what) {
  return error(ErrorCode::InvalidVocabulary, "the index contradicts itself: {}", what);
}

}  // namespace

uint64_t KeyTable::packedSize(uint64_t keys, uint64_t buckets, uint32_t end) {
  return (buckets + keys + (keys * bitsOf(end) + 7) / 8 + 2 * kLine - 1) / kLine * kLine;
}

void KeyTable::pack(uint8_t* out, uint64_t keys, uint32_t shift, uint32_t end) const {
  std::memset(out, 0, static_cast<size_t>(packedSize(keys, end)));
  uint8_t* tags = out + bucket_count_;
  uint8_t* const offsets = tags + keys;
  uint64_t bit = 0;
  for (size_t at = 0; at < bucket_count_; ++at) {
    const Bucket& bucket = buckets_[at];
    size_t count = 0;
    for (; count < kEntries && bucket.tags[count]; ++count, bit += bitsOf(end)) {
      *tags++ = bucket.tags[count];
      uint8_t* const to = offsets + bit / 8;
      const uint64_t word = wordAt(to) | uint64_t{bucket.offsets[count] + shift} << bit % 8;
      std::memcpy(to, &word, 8);
    }
    out[at] = static_cast<uint8_t>(count | static_cast<size_t>(bucket.overflowed) << 4);
  }
}

Result<KeyTable> KeyTable::unpack(Bytes packed, uint64_t keys, uint64_t bucket_count, uint32_t end, uint64_t seed, uint64_t& places) {
  if (packed.size() != packedSize(keys, bucket_count, end) || bucket_count == 0) return broken("its size");
  KeyTable index;
  index.bucket_count_ = bucket_count;
  index.seed_ = seed;
  FCOL_ASSIGN(buckets, Buffer<Bucket>::makeAligned(bucket_count));
  index.buckets_ = std::move(buckets);
  const unsigned bits = bitsOf(end);
  const uint64_t mask = (uint64_t{1} << bits) - 1;
  const uint8_t* tags = packed.data() + bucket_count;
  const uint8_t* const offsets = tags + keys;
  const v128_t lanes = wasm_i8x16_make(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  uint64_t left = keys, bit = 0, sum = 0, largest = 0;
  size_t run = 0;  // of buckets that overflowed
  for (size_t at = 0; at < bucket_count; ++at) {
    const size_t count = packed[at] & 15, overflowed = packed[at] >> 4;
    // Only a full bucket overflows, and a search may not go on and on.
    if (count > kEntries || overflowed > (count == kEntries) || count > left || (run = overflowed ? run + 1 : 0) > kCrowded) return broken("the entries of a bucket");
    Bucket& bucket = index.buckets_[at];
    const v128_t there = wasm_i8x16_lt(lanes, wasm_i8x16_splat(static_cast<int8_t>(count)));
    const v128_t own = wasm_v128_and(wasm_v128_load(tags), there);
    if (wasm_i8x16_bitmask(wasm_v128_and(there, wasm_i8x16_eq(own, wasm_i8x16_splat(0)))) != 0) return broken("a tag of 0");
    wasm_v128_store(bucket.tags, own);
    bucket.overflowed = static_cast<uint8_t>(overflowed);
    for (size_t i = 0; i < kEntries; ++i, bit += bits) {
      const uint64_t present = 0 - uint64_t{i < count};
      const uint64_t offset = wordAt(offsets + bit / 8) >> bit % 8 & mask & present;
      bucket.offsets[i] = static_cast<uint32_t>(offset);
      if (offset > largest) largest = offset;
      sum += placeOf(static_cast<uint32_t>(offset)) & present;
    }
    bit -= (kEntries - count) * bits;
    tags += count;
    left -= count;
  }
  if (left != 0) return broken("the number of its keys");
  if (largest >= end) return broken("an offset beyond the text");
  places = sum;
  return index;
}

}  // namespace fcol
