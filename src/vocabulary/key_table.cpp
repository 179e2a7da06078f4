#include "vocabulary/key_table.hpp"

#include <algorithm>
#include <bit>

#include "base/touch.hpp"

namespace fcol {
namespace {

constexpr size_t kLine = 64;
constexpr uint64_t kLowBits = 0x0001010101010101u;   // one for each of the seven tags
constexpr uint64_t kHighBits = 0x0080808080808080u;

// A high bit for each tag that is zero. Exact: no carry runs from one byte to the next.
uint64_t zeroBytes(uint64_t tags) { return ~(((tags & ~kHighBits) + (kHighBits - kLowBits)) | tags) & kHighBits; }

size_t entryOf(uint64_t bits) { return static_cast<size_t>(std::countr_zero(bits)) / 8; }

// Where it is called seldom; the groups of find() have it in line.
FCOL_NOINLINE bool holdsKey(const KeyArena& arena, uint32_t offset, std::string_view key) { return arena.holds(offset, key); }

// A table of n keys in which a key lies this many buckets from its own is one that somebody has made collide.
constexpr size_t kCrowded = 256;

}  // namespace

Result<KeyTable> KeyTable::make(size_t keys, uint64_t seed) {
  KeyTable index;
  index.bucket_count_ = keys / 5 + 1;  // 5 of 7 entries in use: 13 bytes a key, and few buckets are full
  FCOL_ASSIGN(memory, Buffer<uint8_t>::make((index.bucket_count_ + 1) * uint64_t{sizeof(Bucket)}));
  index.memory_ = std::move(memory);
  const auto address = reinterpret_cast<uintptr_t>(index.memory_.data());
  index.buckets_ = reinterpret_cast<Bucket*>((address + kLine - 1) / kLine * kLine);
  std::memset(static_cast<void*>(index.buckets_), 0, index.bucket_count_ * sizeof(Bucket));
  index.seed_ = seed;
  return index;
}

// Brings in the bucket lines of many hashes. Its own loop, and a short one: the processor then has a whole group of misses under
// way, where hashing between them would leave room for a few.
void KeyTable::touch(std::span<const uint64_t> hashes) const {
  uint64_t touched = 0;
  for (const uint64_t hash : hashes) touched |= buckets_[bucketOf(hash)].tags;
  keepAlive(touched);
}

KeyTable::Insertion KeyTable::insert(const KeyArena& arena, std::span<const Entry> entries, uint32_t first_id) {
  uint64_t hashes[kGroup];
  for (size_t i = 0; i < entries.size(); ++i) hashes[i] = hashKey({arena.at(entries[i].offset), entries[i].length}, seed_);
  touch({hashes, entries.size()});
  for (size_t i = 0; i < entries.size(); ++i) {
    const std::string_view key{arena.at(entries[i].offset), entries[i].length};
    const uint64_t tag = tagOf(hashes[i]);
    size_t at = bucketOf(hashes[i]);
    for (size_t steps = 0;; ++steps, at = at + 1 == bucket_count_ ? 0 : at + 1) {
      if (steps == kCrowded || steps == bucket_count_) return {Outcome::Crowded, i, 0};
      Bucket& bucket = buckets_[at];
      for (uint64_t same = zeroBytes(bucket.tags ^ tag * kLowBits); same; same &= same - 1)
        if (holdsKey(arena, bucket.offsets[entryOf(same)], key)) return {Outcome::Duplicate, i, bucket.ids[entryOf(same)]};
      const uint64_t empty = zeroBytes(bucket.tags);
      if (!empty) continue;
      const size_t entry = entryOf(empty);
      bucket.tags |= tag << 8 * entry;
      bucket.offsets[entry] = entries[i].offset;
      bucket.ids[entry] = first_id + static_cast<uint32_t>(i);
      break;
    }
  }
  return {Outcome::Inserted, entries.size(), 0};
}

int64_t KeyTable::findOne(const KeyArena& arena, std::string_view key, uint64_t hash) const {
  const uint64_t tags = tagOf(hash) * kLowBits;
  size_t at = bucketOf(hash);
  for (size_t steps = 0; steps < bucket_count_; ++steps, at = at + 1 == bucket_count_ ? 0 : at + 1) {
    const Bucket& bucket = buckets_[at];
    for (uint64_t same = zeroBytes(bucket.tags ^ tags); same; same &= same - 1)
      if (holdsKey(arena, bucket.offsets[entryOf(same)], key)) return bucket.ids[entryOf(same)];
    if (zeroBytes(bucket.tags)) break;
  }
  return -1;
}

void KeyTable::find(const KeyArena& arena, const Utf8Batch& keys, int64_t* ids) const {
  constexpr uint32_t kAbsent = UINT32_MAX;  // no key lies so far back in a file of less than 4 GB
  uint64_t hashes[kGroup];
  struct Candidate {
    uint32_t offset, id;
  } candidates[kGroup];
  for (size_t from = 0; from < keys.size(); from += kGroup) {
    const size_t count = std::min(kGroup, keys.size() - from);
    for (size_t i = 0; i < count; ++i) hashes[i] = hashKey(keys[from + i], seed_);
    touch({hashes, count});
    // The first candidate of each, and a touch of the line that its search reads next: that key, or the next bucket if its own is
    // full. Chosen without branches, which would be guessed wrongly.
    unsigned touched = 0;
    for (size_t i = 0; i < count; ++i) {
      const size_t at = bucketOf(hashes[i]);
      const Bucket& bucket = buckets_[at];
      const uint64_t same = zeroBytes(bucket.tags ^ tagOf(hashes[i]) * kLowBits), empty = zeroBytes(bucket.tags);
      const size_t next = empty || at + 1 == bucket_count_ ? at : at + 1;
      const size_t entry = entryOf(same ? same : 1);
      const char* key = arena.at(bucket.offsets[entry]);
      touched |= static_cast<unsigned char>(*(same ? key : reinterpret_cast<const char*>(buckets_ + next)));
      candidates[i] = {!same && empty ? kAbsent : bucket.offsets[entry], bucket.ids[entry]};
    }
    keepAlive(touched);
    for (size_t i = 0; i < count; ++i) {
      const std::string_view key = keys[from + i];
      const auto [offset, id] = candidates[i];
      if (offset == kAbsent) ids[from + i] = -1;
      else if (arena.holds(offset, key)) ids[from + i] = id;
      else ids[from + i] = findOne(arena, key, hashes[i]);
    }
  }
}

void KeyTable::offsetsById(std::span<uint32_t> starts) const {
  for (uint64_t at = 0; at < bucket_count_; ++at) {
    const Bucket& bucket = buckets_[at];
    for (size_t entry = 0; entry < kEntries && (bucket.tags >> 8 * entry & 0xff); ++entry) starts[bucket.ids[entry]] = bucket.offsets[entry];
  }
}

}  // namespace fcol
