// KeyTable: the hash table from keys to their places in the arena, which tell their ids. Buckets of one cache line with twelve
// entries; a lookup reads one bucket and one key, so two cache lines, and groups of lookups read them together (wasm has no prefetch:
// the lines are touched first).
#pragma once

#include <span>

#include "text/utf8_batch.hpp"
#include "vocabulary/key_arena.hpp"

namespace fcol {

class KeyTable {
 public:
  // Room for `keys` keys. Errors: OutOfMemory.
  static Result<KeyTable> make(size_t keys, uint64_t seed);
  static uint64_t bucketsFor(uint64_t keys) { return keys / kMeanEntries + 1; }
  static constexpr uint64_t kFirstSeed = 0x9e3779b97f4a7c15u;

  static constexpr size_t kGroup = 64;
  struct Entry {
    uint32_t offset;
    uint32_t length;
  };
  enum class Outcome : uint8_t { Inserted, Duplicate, Crowded };
  struct Insertion {
    Outcome outcome;
    size_t at;              // of the entry that was not inserted
    uint32_t other_offset;  // of a duplicate: where its key is already
  };
  // Inserts up to kGroup keys; stops at the first that cannot be.
  Insertion insert(const KeyArena& arena, std::span<const Entry> entries);

  // The table as a prebuilt vocabulary has it (prebuilt_vocabulary.hpp): a byte for each bucket with the number of its entries and, from
  // bit 4, whether it overflowed; the tags of all entries; their offsets, each of as many bits as `end` has; zeros.
  static uint64_t packedSize(uint64_t keys, uint64_t buckets, uint32_t end);
  uint64_t packedSize(uint64_t keys, uint32_t end) const { return packedSize(keys, bucket_count_, end); }
  // `shift` is added to each offset; all are then smaller than `end`. `out`: packedSize bytes.
  void pack(uint8_t* out, uint64_t keys, uint32_t shift, uint32_t end) const;
  // `packed`: packedSize bytes that nobody vouches for. `places`: the sum of placeOf of all offsets. Errors: OutOfMemory, InvalidVocabulary.
  static Result<KeyTable> unpack(Bytes packed, uint64_t keys, uint64_t buckets, uint32_t end, uint64_t seed, uint64_t& places);
  // By their sums, sets of offsets are told apart that are different by mistake.
  static uint64_t placeOf(uint32_t offset) { return mixBits(offset); }

  uint64_t buckets() const { return bucket_count_; }
  uint64_t seed() const { return seed_; }

  int64_t find(const KeyArena& arena, std::string_view key) const { return findOne(arena, key, hashKey(key, seed_)); }
  // ids[i] = id of keys[i] or -1.
  void find(const KeyArena& arena, const Utf8Batch& keys, int64_t* ids) const;

  // starts[id] = offset, for all ids.
  void offsetsById(const KeyArena& arena, std::span<uint32_t> starts) const;
  size_t bytes() const { return buckets_.size() * sizeof(Bucket); }

 private:
  static constexpr size_t kEntries = 12;
  // Nine of twelve entries in use: 7.1 bytes a key, and one key in thirty lies beyond its bucket.
  static constexpr size_t kMeanEntries = 9;
  // An entry is there if its tag is not 0. All are compared at once.
  struct Bucket {
    uint8_t tags[kEntries];
    uint8_t overflowed;  // whether a key of this bucket or one before it lies in the next
    uint8_t unused[3];
    uint32_t offsets[kEntries];
  };
  static_assert(sizeof(Bucket) == 64);
  // A table of n keys in which a key lies this many buckets from its own is one that somebody has made collide.
  static constexpr size_t kCrowded = 128;

  size_t bucketOf(uint64_t hash) const { return static_cast<size_t>((hash >> 32) * bucket_count_ >> 32); }
  static uint8_t tagOf(uint64_t hash) { return (hash & 0xff) ? static_cast<uint8_t>(hash) : 1; }
  size_t after(size_t bucket) const { return bucket + 1 == bucket_count_ ? 0 : bucket + 1; }

  // Stands for no offset: a file is smaller than 4 GB.
  static constexpr uint32_t kAbsent = UINT32_MAX;

  void touch(std::span<const uint64_t> hashes) const;
  void findCandidates(std::span<const uint64_t> hashes, uint32_t* candidates) const;
  int64_t findOne(const KeyArena& arena, std::string_view key, uint64_t hash) const;

  Buffer<Bucket> buckets_;  // each in a cache line of its own
  uint64_t bucket_count_ = 0;
  uint64_t seed_ = 0;
};

}  // namespace fcol
