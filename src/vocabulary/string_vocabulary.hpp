// StringVocabulary: string keys to ids over an arena.
#pragma once

#include "vocabulary/key_table.hpp"
#include "vocabulary/vocabulary.hpp"

namespace fcol {

// A run of keys in id order, as a reader of lines, records or lists finds them.
class KeySource {
 public:
  // Fills up to KeyTable::kGroup entries; 0 at the end or at an error, which `problem` then tells, once.
  virtual size_t next(std::span<KeyTable::Entry> entries) = 0;
  // From the start again.
  virtual void rewind() = 0;
  virtual Failure problem() { return {}; }

 protected:
  ~KeySource() = default;
};

class StringVocabulary final : public Vocabulary {
 public:
  // `most`: no more keys than this come from `source`, which reads `arena`; lines are numbered. Errors: InvalidVocabulary (duplicate), the source's
  // own problem if no key before it is bad, OutOfMemory. `begun`: a table of the first seed that has the `begun_size` keys behind which `source` is.
  static Result<std::shared_ptr<const Vocabulary>> make(KeyArena arena, KeySource& source, size_t most, const std::string& name,
                                                        std::optional<KeyTable> begun = std::nullopt, uint32_t begun_size = 0);

  // Of lines that begin at `text_begin` of the arena and are numbered, and a table that has them all.
  static Result<std::shared_ptr<const Vocabulary>> hold(KeyArena arena, size_t text_begin, KeyTable index, uint32_t size, const std::string& name);

  const KeyArena& arena() const { return arena_; }
  const KeyTable& index() const { return index_; }
  Bytes text() const { return std::as_const(arena_.bytes).span().subspan(text_begin_); }

  DType dtype() const override { return DType::String; }
  uint32_t size() const override { return size_; }
  size_t bytes() const override { return arena_.memory() + index_.bytes() + starts_.size() * sizeof(uint32_t); }
  void find(const Utf8Batch& keys, int64_t* ids) const override { index_.find(arena_, keys, ids); }
  void find(std::span<const int64_t>, int64_t*) const override { FCOL_ASSERT(false); }
  std::string_view key(uint32_t id, std::string& scratch) const override;

 private:
  KeyArena arena_;
  KeyTable index_;
  size_t text_begin_ = 0;
  uint32_t size_ = 0;
  mutable Buffer<uint32_t> starts_;  // offsets by id, made when the first key is asked for
};

// The error of a key that is there twice, in TensorFlow's words.
Failure duplicateKey(const std::string& name, std::string_view key, uint32_t first_id, uint32_t second_id);

}  // namespace fcol
