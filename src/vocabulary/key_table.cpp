#include "vocabulary/key_table.hpp"

#include <algorithm>
#include <bit>

#include "base/touch.hpp"

namespace fcol {
namespace {

// A bit for each of the twelve tags that is this one.
FCOL_INLINE uint32_t matches(const void* tags, uint8_t tag) {
  return wasm_i8x16_bitmask(wasm_i8x16_eq(wasm_v128_load(tags), wasm_i8x16_splat(static_cast<int8_t>(tag)))) & 0xfff;
}

size_t entryOf(uint32_t bits) { return static_cast<size_t>(std::countr_zero(bits)); }

// Where it is called seldom; the groups of find() have it in line.
FCOL_NOINLINE bool holdsKey(const KeyArena& arena, uint32_t offset, std::string_view key) { return arena.holds(offset, key); }

}  // namespace

Result<KeyTable> KeyTable::make(size_t keys, uint64_t seed) {
  KeyTable index;
  index.bucket_count_ = bucketsFor(keys);
  FCOL_ASSIGN(buckets, Buffer<Bucket>::makeAligned(index.bucket_count_));
  std::memset(static_cast<void*>(buckets.data()), 0, buckets.size() * sizeof(Bucket));
  index.buckets_ = std::move(buckets);
  index.seed_ = seed;
  return index;
}

// Brings in the bucket lines of many hashes. Its own loop, and a short one: the processor then has a whole group of misses under
// way, where hashing between them would leave room for a few.
void KeyTable::touch(std::span<const uint64_t> hashes) const {
  Toucher lines;
  FCOL_PLAIN_LOOP
  for (const uint64_t hash : hashes) lines.touch(buckets_.data() + bucketOf(hash));
}

KeyTable::Insertion KeyTable::insert(const KeyArena& arena, std::span<const Entry> entries) {
  uint64_t hashes[kGroup];
  for (size_t i = 0; i < entries.size(); ++i) hashes[i] = hashKey({arena.at(entries[i].offset), entries[i].length}, seed_);
  touch({hashes, entries.size()});
  for (size_t i = 0; i < entries.size(); ++i) {
    const std::string_view key{arena.at(entries[i].offset), entries[i].length};
    const uint8_t tag = tagOf(hashes[i]);
    size_t at = bucketOf(hashes[i]);
    for (size_t steps = 0;; ++steps, at = after(at)) {
      if (steps == kCrowded || steps == bucket_count_) return {Outcome::Crowded, i, 0};
      Bucket& bucket = buckets_[at];
      for (uint32_t same = matches(bucket.tags, tag); same; same &= same - 1)
        if (holdsKey(arena, bucket.offsets[entryOf(same)], key)) return {Outcome::Duplicate, i, bucket.offsets[entryOf(same)]};
      const uint32_t empty = matches(bucket.tags, 0);
      if (!empty) {
        bucket.overflowed = 1;
        continue;
      }
      bucket.tags[entryOf(empty)] = tag;
      bucket.offsets[entryOf(empty)] = entries[i].offset;
      break;
    }
  }
  return {Outcome::Inserted, entries.size(), 0};
}

int64_t KeyTable::findOne(const KeyArena& arena, std::string_view key, uint64_t hash) const {
  size_t at = bucketOf(hash);
  for (size_t steps = 0; steps < bucket_count_; ++steps, at = after(at)) {
    const Bucket& bucket = buckets_[at];
    for (uint32_t same = matches(bucket.tags, tagOf(hash)); same; same &= same - 1)
      if (holdsKey(arena, bucket.offsets[entryOf(same)], key)) return arena.idOf(bucket.offsets[entryOf(same)]);
    if (!bucket.overflowed) break;
  }
  return -1;
}

void KeyTable::find(const KeyArena& arena, const Utf8Batch& keys, int64_t* ids) const {
  uint64_t hashes[kGroup];
  uint32_t candidates[kGroup];
  const size_t readable = keys.size() == 0 ? 0 : keys.offsets.back() + keys.slack;
  for (size_t from = 0; from < keys.size(); from += kGroup) {
    const size_t count = std::min(kGroup, keys.size() - from);
    for (size_t i = 0; i < count; ++i) hashes[i] = hashKey(keys[from + i], seed_);
    touch({hashes, count});
    findCandidates({hashes, count}, candidates);
    arena.touch({candidates, count});
    for (size_t i = 0; i < count; ++i) {
      const std::string_view key = keys[from + i];
      const uint32_t offset = candidates[i];
      if (offset == kAbsent) ids[from + i] = -1;
      else if (keys.offsets[from + i] + 16 <= readable && arena.surelyHolds(offset, key.data(), key.size())) ids[from + i] = arena.idOf(offset);
      else ids[from + i] = findOne(arena, key, hashes[i]);
    }
  }
}

// The first candidate of each; where there is none but the search goes on in the next bucket, any, and a touch of that bucket. Chosen
// without branches, which would be guessed wrongly.
void KeyTable::findCandidates(std::span<const uint64_t> hashes, uint32_t* candidates) const {
  Toucher lines;
  for (size_t i = 0; i < hashes.size(); ++i) {
    const size_t at = bucketOf(hashes[i]);
    const Bucket& bucket = buckets_[at];
    const uint32_t same = matches(bucket.tags, tagOf(hashes[i]));
    const uint32_t offset = bucket.offsets[entryOf(same | 1u << (kEntries - 1))];
    const uint32_t none = same == 0, further = none & bucket.overflowed;
    lines.touch(buckets_.data() + at + (at + 1 == bucket_count_ ? 0 : further));
    candidates[i] = offset | (0 - (none & ~further & 1));
  }
}

void KeyTable::offsetsById(const KeyArena& arena, std::span<uint32_t> starts) const {
  for (uint64_t at = 0; at < bucket_count_; ++at) {
    const Bucket& bucket = buckets_[at];
    for (size_t entry = 0; entry < kEntries && bucket.tags[entry]; ++entry) starts[arena.idOf(bucket.offsets[entry])] = bucket.offsets[entry];
  }
}

}  // namespace fcol
