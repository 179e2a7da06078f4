// One vocabulary and batches of keys to look up in it: what lookup_bench does natively and lookup_wasm in wasm.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "vocabulary/vocabulary.hpp"

namespace fcol {

// Keys as the benchmark packs them: u32 count, u32 offsets[count + 1], the bytes.
inline Utf8Batch keysOf(const uint8_t* packed) {
  const auto* words = reinterpret_cast<const uint32_t*>(packed);
  return {reinterpret_cast<const char*>(words + words[0] + 2), {words + 1, size_t{words[0]} + 1}};
}

class LookupCase {
 public:
  // `text`: the vocabulary's lines; `count`: the most keys of a batch. Null if the vocabulary is refused.
  static std::unique_ptr<LookupCase> make(Buffer<uint8_t> text, size_t count) {
    auto vocabulary = Vocabulary::fromText(std::move(text), DType::String, {}, "bench");
    if (!vocabulary) return nullptr;
    auto made = std::make_unique<LookupCase>();
    made->vocabulary_ = std::move(*vocabulary);
    made->ids_.resize(count);
    return made;
  }

  void find(const Utf8Batch& keys) { vocabulary_->find(keys, ids_.data()); }
  std::span<int64_t> ids() { return ids_; }

 private:
  std::shared_ptr<const Vocabulary> vocabulary_;
  std::vector<int64_t> ids_;
};

// One number for all ids, by which contenders are compared before they are timed: FNV-1a over the ids as 32 bits.
inline uint32_t digestOf(std::span<const int64_t> ids) {
  uint32_t digest = 2166136261u;
  for (const int64_t id : ids) digest = (digest ^ static_cast<uint32_t>(id)) * 16777619u;
  return digest;
}

}  // namespace fcol
