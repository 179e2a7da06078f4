#include "vocabulary/vocabulary.hpp"

#include <algorithm>
#include <cstring>

#include "base/crc32c.hpp"
#include "text/integer_text.hpp"
#include "vocabulary/early_lines.hpp"
#include "vocabulary/integer_vocabulary.hpp"
#include "vocabulary/text_lines.hpp"

namespace fcol {
namespace {

using Made = Result<std::shared_ptr<const Vocabulary>>;

// Offsets are 32 bits wide, and one value is kept for "none".
constexpr uint64_t kLargestFile = 0xfffffff0u;

Failure tooLarge(const std::string& name) {
  return error(ErrorCode::Unsupported, "{}: a vocabulary file must be smaller than 4 GB", name);
}

Failure noKeys(const std::string& name) {
  return error(ErrorCode::InvalidVocabulary, "Invalid vocabulary_size in {}: the file has no lines, or a size of 0 was given", name);
}

// The records of a TFRecord stream as keys (spec 2.6, 7.3); reads no further than `size` of them.
class RecordKeys final : public KeySource {
 public:
  RecordKeys(Bytes file, std::optional<uint64_t> size, const std::string& name) : file_(file), size_(size), name_(name) {}

  size_t next(std::span<KeyTable::Entry> entries) override {
    size_t count = 0;
    while (count < entries.size() && !problem_ && (!size_ || record_ < *size_) && nextRecord(entries[count])) ++count;
    return count;
  }
  void rewind() override {
    at_ = 0;
    record_ = 0;
    problem_ = {};
  }
  Failure problem() override { return std::move(problem_); }

 private:
  bool fail(ErrorCode code, std::string_view what, size_t position) {
    problem_ = error(code, "{}: {} at {} (record {}): the file is damaged; fetch it again", name_, what, position, record_);
    problem_->row = static_cast<int64_t>(record_);
    return false;
  }

  bool nextRecord(KeyTable::Entry& entry) {
    const auto u32At = [&](size_t position) { uint32_t value; std::memcpy(&value, file_.data() + position, 4); return value; };
    if (at_ == file_.size()) {
      if (size_) {
        const auto elements = [](uint64_t n) { return n == 1 ? " element" : " elements"; };
        problem_ = error(ErrorCode::InvalidVocabulary,
                         "{}: Input dataset was expected to contain {}{} but contained only {}{}.: the file has fewer records than "
                         "vocabulary_size", name_, *size_, elements(*size_), record_, elements(record_));
      }
      return false;
    }
    // TensorFlow takes a header that is cut off for the end of the file. Here a vocabulary is whole or refused.
    if (file_.size() - at_ < 12) return fail(ErrorCode::InvalidVocabulary, "truncated record", at_);
    const bool checked = at_ < checked_;
    if (!checked && maskedCrc32c(file_.subspan(at_, 8)) != u32At(at_ + 8)) return fail(ErrorCode::ChecksumMismatch, "corrupted record", at_);
    const uint64_t length = u32At(at_) | uint64_t{u32At(at_ + 4)} << 32;
    const size_t left = file_.size() - at_ - 12;
    if (left < 4 || length > left - 4) return fail(ErrorCode::InvalidVocabulary, "truncated record", at_);
    const size_t data = at_ + 12, end = data + static_cast<size_t>(length);
    if (!checked && maskedCrc32c(file_.subspan(data, static_cast<size_t>(length))) != u32At(end)) return fail(ErrorCode::ChecksumMismatch, "corrupted record", data);
    entry = {static_cast<uint32_t>(data), static_cast<uint32_t>(length)};
    at_ = end + 4;
    checked_ = std::max(checked_, at_);
    ++record_;
    return true;
  }

  Bytes file_;
  std::optional<uint64_t> size_;
  const std::string& name_;
  size_t at_ = 0;
  size_t checked_ = 0;  // the checksums of the bytes before this have been found right
  uint64_t record_ = 0;
  Failure problem_;
};

// The keys of a list, copied into an arena of sized keys.
class ListKeys final : public KeySource {
 public:
  explicit ListKeys(Bytes arena) : arena_(arena) {}
  size_t next(std::span<KeyTable::Entry> entries) override {
    size_t count = 0;
    for (; count < entries.size() && at_ < arena_.size(); ++count) {
      uint32_t length;
      std::memcpy(&length, arena_.data() + at_, 4);
      entries[count] = {static_cast<uint32_t>(at_ + KeyArena::kSizedHeader), length};
      at_ += KeyArena::kSizedHeader + length;
    }
    return count;
  }
  void rewind() override { at_ = 0; }

 private:
  Bytes arena_;
  size_t at_ = 0;
};

Made integersOf(Bytes file, KeySource& source, size_t most, const std::string& name, bool lines) {
  FCOL_ASSIGN(keys, Buffer<int64_t>::make(most));
  KeyTable::Entry entries[KeyTable::kGroup];
  size_t size = 0;
  Failure problem;
  source.rewind();
  while (const size_t count = problem ? 0 : source.next(entries)) {
    for (size_t i = 0; i < count && !problem; ++i) {
      std::string_view text{reinterpret_cast<const char*>(file.data()) + entries[i].offset, entries[i].length};
      if (lines) text = text.substr(0, text.find('\0'));  // TensorFlow reads the number of a line as a C string, that of a record whole
      const auto value = parseInt64Loosely(text);
      if (value) {
        keys[size++] = *value;
        continue;
      }
      const auto line = static_cast<uint64_t>(size);
      problem = lines ? error(ErrorCode::InvalidVocabulary, "{}: Field {} in line {} is not a valid int64.", name, text.substr(0, 64), line)
                      : error(ErrorCode::InvalidVocabulary, "{}: StringToNumberOp could not correctly convert string: {} (record {})", name,
                              text.substr(0, 64), line);
      problem->row = static_cast<int64_t>(line);
      problem->value = text.substr(0, 64);
    }
  }
  if (!problem) problem = source.problem();
  if (!keys.resize(size)) return error(ErrorCode::OutOfMemory, "{}: out of memory", name);
  auto vocabulary = IntegerVocabulary::make(std::move(keys), name);
  // A duplicate before the bad line comes first, as the table is filled line by line.
  if (problem && vocabulary) return problem;
  return vocabulary;
}

}  // namespace

Made Vocabulary::fromText(Buffer<uint8_t> file, DType dtype, std::optional<uint64_t> size, std::string name, EarlyLines* early) {
  if (file.size() > kLargestFile) return tooLarge(name);
  KeyArena arena{std::move(file), KeyFraming::Lines, {}};
  const Bytes text = std::as_const(arena.bytes).span();
  // Numbering counts them: the text is read once for both.
  if (!arena.number()) return error(ErrorCode::OutOfMemory, "{}: out of memory", name);
  const uint64_t lines = size ? std::min<uint64_t>(*size, uint64_t{arena.line_ends} + 1) : TextLines::count(text, arena.line_ends);
  if (lines == 0 || size == uint64_t{0}) return noKeys(name);
  TextLines source(text, size.value_or(lines), name);
  // A line that is not refused has a byte and, if another follows, its '\n': blank lines must not make the table large.
  const auto most = static_cast<size_t>(std::min<uint64_t>(lines, text.size() / 2 + 1));
  if (isInteger(dtype)) return integersOf(text, source, most, name, true);
  if (!early || !early->fits(most)) {
    if (early) early->stop();  // before memory is taken for another table
    return StringVocabulary::make(std::move(arena), source, most, name);
  }
  source.resume(early->end(), early->lines());
  return StringVocabulary::make(std::move(arena), source, most, name, early->takeTable(), early->lines());
}

Made Vocabulary::fromRecords(Buffer<uint8_t> file, DType dtype, std::optional<uint64_t> size, std::string name) {
  if (file.size() > kLargestFile) return tooLarge(name);
  RecordKeys source(file.span(), size, name);
  KeyTable::Entry entries[KeyTable::kGroup];
  size_t records = 0;  // counted first, so that the table is of their size
  while (const size_t count = source.next(entries)) records += count;
  if (!size) {  // then TensorFlow counts them first too: damage anywhere comes before any other complaint
    if (auto problem = source.problem()) return problem;
  }
  if (size.value_or(records) == 0) return noKeys(name);
  if (isInteger(dtype)) return integersOf(file.span(), source, records, name, false);
  return StringVocabulary::make({std::move(file), KeyFraming::Records, {}}, source, records, name);
}

Made Vocabulary::fromStrings(const Utf8Batch& keys, std::string name) {
  const uint64_t bytes = keys.size() == 0 ? 0 : uint64_t{keys.offsets.back()} - keys.offsets.front() + KeyArena::kSizedHeader * uint64_t{keys.size()};
  if (keys.size() == 0) return error(ErrorCode::InvalidVocabulary, "vocabulary_list [] must be non-empty, column_name: {}", name);
  if (bytes > kLargestFile) return tooLarge(name);
  FCOL_ASSIGN(arena, Buffer<uint8_t>::make(bytes + 1));
  arena[static_cast<size_t>(bytes)] = 0;  // looking up touches the first byte of a key, and the last key may be empty
  size_t at = 0;
  for (size_t i = 0; i < keys.size(); ++i) {
    const std::string_view key = keys[i];
    const auto length = static_cast<uint32_t>(key.size());
    std::memcpy(arena.data() + at, &length, 4);
    if (length > 0) std::memcpy(arena.data() + at + KeyArena::kSizedHeader, key.data(), length);
    at += KeyArena::kSizedHeader + length;
  }
  ListKeys source(arena.span().first(at));
  return StringVocabulary::make({std::move(arena), KeyFraming::Sized, {}}, source, keys.size(), name);
}

Made Vocabulary::fromIntegers(std::span<const int64_t> keys, std::string name) {
  if (keys.empty()) return error(ErrorCode::InvalidVocabulary, "vocabulary_list [] must be non-empty, column_name: {}", name);
  FCOL_ASSIGN(copy, Buffer<int64_t>::make(keys.size()));
  std::memcpy(copy.data(), keys.data(), keys.size_bytes());
  return IntegerVocabulary::make(std::move(copy), name);
}

}  // namespace fcol
