// IntegerVocabulary: int64 keys to ids. Its text is not kept.
#pragma once

#include "vocabulary/vocabulary.hpp"

namespace fcol {

class IntegerVocabulary final : public Vocabulary {
 public:
  // Errors: InvalidVocabulary for a duplicate, OutOfMemory.
  static Result<std::shared_ptr<const Vocabulary>> make(Buffer<int64_t> keys, const std::string& name);

  DType dtype() const override { return DType::Int64; }
  uint32_t size() const override { return static_cast<uint32_t>(keys_.size()); }
  size_t bytes() const override { return keys_.size() * sizeof(int64_t) + slots_.size() * sizeof(uint32_t); }
  void find(const Utf8Batch&, int64_t*) const override { FCOL_ASSERT(false); }
  void find(std::span<const int64_t> keys, int64_t* ids) const override;
  std::string_view key(uint32_t id, std::string& scratch) const override;

 private:
  static constexpr uint32_t kEmpty = 0xffffffffu;
  size_t slotOf(int64_t key) const;

  Buffer<int64_t> keys_;
  Buffer<uint32_t> slots_;  // ids by hash, open addressing, two thirds in use
  uint64_t seed_ = 0;
};

}  // namespace fcol
