// JsonColumn: one feature of JSON rows, gathered value by value. What it is, its rank and dtype, is known only at the end.
#pragma once

#include "batch/feature.hpp"
#include "example/json_lexer.hpp"
#include "example/string_column.hpp"

namespace fcol {

class JsonColumn {
 public:
  static constexpr uint32_t kMaxDepth = 32;

  // Why a value cannot be where it stands.
  enum class Problem : uint8_t { None, MixedKinds, MixedDepths, TooDeep, NoMemory };

  // `wanted`: the dtype of the columns that read it, None if that is not known.
  explicit JsonColumn(DType wanted) : wanted_(wanted), real_(isFloating(wanted)) {}

  bool start() { return value_ends_.push(0); }
  // A guess: `times` as many rows and values as there are will come in all.
  void expect(double times);
  bool touched() const { return forms_.size() > 0; }

  // Opens row `row`, with those before that had nothing as absent ones. Again for the same row: what it had is forgotten, as
  // of equal keys the last counts. False if there is no memory.
  FCOL_INLINE bool openRow(uint32_t row) {
    if (forms_.size() > row) return reopenRow(row);
    const size_t missing = row - forms_.size();
    kind_before_ = kind_;
    depth_ = deepest_ = 0;
    has_value_ = false;
    return missing == 0 || (forms_.fill(missing, kAbsent) && value_ends_.fill(missing, value_ends_.back()));
  }
  // The contents of the open row, in the order of the text.
  Problem addString(std::string_view text);
  Problem addNumber(const JsonNumber& number);
  Problem addNull();
  // The fast way for what most arrays are made of: takes values from `at` on, and the commas between them, as long as they
  // are of the kind that the feature has, and plain. The position behind the last one taken, `at` if that is none; null if
  // there is no memory.
  FCOL_INLINE const char* addRun(const char* at, const char* end) {
    if (depth_ != deepest_ || kind_ == Kind::None) return at;
    const char* behind = kind_ == Kind::Strings ? addStringRun(at, end) : addNumberRun(at, end);
    has_value_ |= behind != at;
    return behind;
  }
  FCOL_INLINE Problem openArray() {
    if (++depth_ > 1 || has_value_) return depth_ <= deepest_ ? Problem::None : openDeeper();
    if (deepest_ == 0) deepest_ = 1;
    return Problem::None;
  }
  FCOL_INLINE Problem closeArray() { return --depth_ != 1 || step_ends_.push(static_cast<uint32_t>(count())) ? Problem::None : Problem::NoMemory; }
  // `sparse`: it was {"values": […]}. `absent`: it was null.
  FCOL_INLINE bool closeRow(bool sparse, bool absent) {
    return forms_.push(absent ? kAbsent : static_cast<uint8_t>(deepest_ | (sparse ? kSparse : 0))) && value_ends_.push(static_cast<uint32_t>(count())) &&
           (step_ends_.size() == 0 || countSteps());
  }

  // Points `feature` at the values. False if there is no memory. `huge` is then or else the row of an integer that does not fit
  // in 64 bits, or -1.
  bool finish(uint32_t rows, Feature& feature, int64_t& huge);

 private:
  enum class Kind : uint8_t { None, Strings, Numbers };
  enum Tag : uint8_t { kInteger = JsonNumber::Integer, kReal = JsonNumber::Real, kHuge = JsonNumber::Huge, kNull };
  static constexpr uint8_t kAbsent = 0xff, kSparse = 0x80, kDepth = 0x7f;  // of a row's form; the rest is its depth

  size_t count() const { return kind_ == Kind::Strings ? strings_.size() : kind_ == Kind::Numbers ? numbers_.size() : tags_.size(); }
  uint32_t stepsBefore(uint32_t row) const { return step_counts_.size() == 0 ? 0 : step_counts_[row < step_counts_.size() ? row : step_counts_.size() - 1]; }
  // Requires settleTags(), or that there are none.
  uint8_t tag(size_t i) const { return tags_.size() == 0 ? uint8_t{kInteger} : tags_[i]; }
  bool settleTags() { return tags_.fill(count() - tags_.size(), kInteger); }
  FCOL_NOINLINE bool reopenRow(uint32_t row);
  FCOL_NOINLINE bool countSteps();
  FCOL_NOINLINE Problem openDeeper();
  Problem place(bool is_null);
  bool mark(Tag tag);
  bool pushNumber(const JsonNumber& number);
  const char* addStringRun(const char* at, const char* end);
  const char* addNumberRun(const char* at, const char* end);
  const char* addShortIntegers(const char* at, const char* end);
  Problem setKind(Kind kind);
  bool padAbsentRows();
  bool markMissing();
  DType finalDtype(int64_t& huge) const;
  double valueOf(size_t i) const;
  bool convert(DType dtype, Feature& feature);
  void convertNumbers(DType dtype);
  bool makeSplits(Feature& feature);

  DType wanted_;
  bool real_;  // numbers are doubles, whatever their literals
  Kind kind_ = Kind::None;
  Growing<uint8_t> tags_;       // a value each, up to the last that is neither a string, nor an integer, nor real as wanted
  StringColumn strings_;        // Strings: a value each
  Growing<uint64_t> numbers_;   // Numbers: an int64 or the bits of a double each
  Growing<uint8_t> forms_;         // a row each
  Growing<uint32_t> value_ends_;   // a row each, from 0
  Growing<uint32_t> step_counts_;  // a row each, from 0, as soon as there are steps: those that stand in step_ends_
  Growing<uint32_t> step_ends_;    // the steps of rows of depth 2 and more
  Growing<uint32_t> row_splits_, step_splits_;

  // The open row.
  Kind kind_before_ = Kind::None;
  uint32_t depth_ = 0, deepest_ = 0;
  bool has_value_ = false;  // one that is not null
};

}  // namespace fcol
