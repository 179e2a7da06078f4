#include "vocabulary/string_vocabulary.hpp"

#include <new>

#include "base/inline.hpp"

namespace fcol {

FCOL_SMALL Failure duplicateKey(const std::string& name, std::string_view key, uint32_t first_id, uint32_t second_id) {
  Failure problem = error(ErrorCode::InvalidVocabulary, "{}: HashTable has different value for same key. Key {} has {} and trying to add value {}: "
                                                        "each key may stand once; remove one of them", name, key.substr(0, 200), first_id, second_id);
  problem->row = second_id;
  problem->value = key.substr(0, 200);
  return problem;
}

Result<std::shared_ptr<const Vocabulary>> StringVocabulary::make(KeyArena arena, KeySource& source, size_t most, const std::string& name, std::optional<KeyTable> begun, uint32_t begun_size) {
  auto vocabulary = std::shared_ptr<StringVocabulary>(new (std::nothrow) StringVocabulary);
  if (!vocabulary) return error(ErrorCode::OutOfMemory, "{}: out of memory", name);
  vocabulary->arena_ = std::move(arena);
  const bool lines = vocabulary->arena_.framing == KeyFraming::Lines;
  // Keys that crowd under one seed were chosen to, or are very unlucky; no file crowds under many seeds.
  constexpr uint64_t kSeeds = 16;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const bool resumes = seed == 1 && begun;
    auto made = resumes ? Result<KeyTable>(std::move(*begun)) : KeyTable::make(most, seed * KeyTable::kFirstSeed);
    if (!made) return made.takeFailure();
    KeyTable& index = *made;
    KeyTable::Entry entries[KeyTable::kGroup];
    uint32_t size = resumes ? begun_size : 0;
    KeyTable::Insertion insertion{KeyTable::Outcome::Inserted, 0, 0};
    if (!resumes) source.rewind();
    while (const size_t count = source.next(entries)) {
      for (size_t i = 0; i < count && !lines; ++i) vocabulary->arena_.setId(entries[i].offset, size + static_cast<uint32_t>(i));
      insertion = index.insert(vocabulary->arena_, {entries, count});
      if (insertion.outcome != KeyTable::Outcome::Inserted) break;
      size += static_cast<uint32_t>(count);
    }
    if (insertion.outcome == KeyTable::Outcome::Crowded) continue;
    if (insertion.outcome == KeyTable::Outcome::Duplicate) {
      const auto& entry = entries[insertion.at];
      return duplicateKey(name, {vocabulary->arena_.at(entry.offset), entry.length}, vocabulary->arena_.idOf(insertion.other_offset),
                          size + static_cast<uint32_t>(insertion.at));
    }
    if (auto problem = source.problem()) return problem;
    vocabulary->index_ = std::move(index);
    vocabulary->size_ = size;
    return std::shared_ptr<const Vocabulary>(std::move(vocabulary));
  }
  return error(ErrorCode::InvalidVocabulary, "{}: too many keys collide: the file was made to be slow", name);
}

Result<std::shared_ptr<const Vocabulary>> StringVocabulary::hold(KeyArena arena, size_t text_begin, KeyTable index, uint32_t size, const std::string& name) {
  auto vocabulary = std::shared_ptr<StringVocabulary>(new (std::nothrow) StringVocabulary);
  if (!vocabulary) return error(ErrorCode::OutOfMemory, "{}: out of memory", name);
  vocabulary->arena_ = std::move(arena);
  vocabulary->index_ = std::move(index);
  vocabulary->text_begin_ = text_begin;
  vocabulary->size_ = size;
  return std::shared_ptr<const Vocabulary>(std::move(vocabulary));
}

std::string_view StringVocabulary::key(uint32_t id, std::string& scratch) const {
  FCOL_ASSERT(id < size_);
  if (starts_.size() == 0) {
    auto starts = Buffer<uint32_t>::make(size_);
    if (!starts) return {};
    index_.offsetsById(arena_, starts->span());
    starts_ = std::move(*starts);
  }
  scratch.assign(arena_.key(starts_[id]));
  return scratch;
}

}  // namespace fcol
