#include "vocabulary/integer_vocabulary.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include "base/touch.hpp"
#include "text/integer_text.hpp"
#include "vocabulary/key_hash.hpp"
#include "vocabulary/string_vocabulary.hpp"

namespace fcol {

size_t IntegerVocabulary::slotOf(int64_t key) const {
  return static_cast<size_t>((hashInteger(key, seed_) >> 32) * slots_.size() >> 32);
}

Result<std::shared_ptr<const Vocabulary>> IntegerVocabulary::make(Buffer<int64_t> keys, const std::string& name) {
  auto vocabulary = std::shared_ptr<IntegerVocabulary>(new (std::nothrow) IntegerVocabulary);
  if (!vocabulary) return error(ErrorCode::OutOfMemory, "{}: out of memory", name);
  FCOL_ASSIGN(slots, Buffer<uint32_t>::make(keys.size() + keys.size() / 2 + 1));
  vocabulary->keys_ = std::move(keys);
  vocabulary->slots_ = std::move(slots);
  auto& table = vocabulary->slots_;
  constexpr size_t kCrowded = 4096;  // longer runs than this are made, not met: take another seed
  constexpr uint64_t kSeeds = 16;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    vocabulary->seed_ = seed * 0x9e3779b97f4a7c15u;
    std::memset(table.data(), 0xff, table.size() * sizeof(uint32_t));
    bool crowded = false;
    for (uint32_t id = 0; id < vocabulary->keys_.size() && !crowded; ++id) {
      const int64_t key = vocabulary->keys_[id];
      size_t at = vocabulary->slotOf(key), steps = 0;
      for (; table[at] != kEmpty; at = at + 1 == table.size() ? 0 : at + 1) {
        if (vocabulary->keys_[table[at]] == key) return duplicateKey(name, Int64Text(key).view(), table[at], id);
        if (++steps == kCrowded) crowded = true;
        if (crowded) break;
      }
      if (!crowded) table[at] = id;
    }
    if (!crowded) return std::shared_ptr<const Vocabulary>(std::move(vocabulary));
  }
  return error(ErrorCode::InvalidVocabulary, "{}: too many keys collide: the file was made to be slow", name);
}

void IntegerVocabulary::find(std::span<const int64_t> keys, int64_t* ids) const {
  constexpr size_t kGroup = 64;
  size_t slots[kGroup];
  for (size_t from = 0; from < keys.size(); from += kGroup) {
    const size_t count = std::min(kGroup, keys.size() - from);
    {
      Toucher lines;
      for (size_t i = 0; i < count; ++i) {
        slots[i] = slotOf(keys[from + i]);
        lines.touch(&slots_[slots[i]]);
      }
    }
    for (size_t i = 0; i < count; ++i) {
      int64_t id = -1;
      for (size_t at = slots[i]; slots_[at] != kEmpty && id < 0; at = at + 1 == slots_.size() ? 0 : at + 1)
        if (keys_[slots_[at]] == keys[from + i]) id = slots_[at];
      ids[from + i] = id;
    }
  }
}

std::string_view IntegerVocabulary::key(uint32_t id, std::string& scratch) const {
  scratch = Int64Text(keys_[id]).view();
  return scratch;
}

}  // namespace fcol
