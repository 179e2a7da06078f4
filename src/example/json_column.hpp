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

  bool start() { return value_ends_.push(0) && step_counts_.push(0); }
  // A guess: `times` as many rows and values as there are will come in all.
  void expect(double times);
  bool touched() const { return forms_.size() > 0; }

  // Opens row `row`, with those before that had nothing as absent ones. Again for the same row: what it had is forgotten, as
  // of equal keys the last counts. False if there is no memory.
  bool openRow(uint32_t row);
  // The contents of the open row, in the order of the text.
  Problem addString(std::string_view text);
  Problem addNumber(const JsonNumber& number);
  Problem addNull();
  // The fast way for what most arrays are made of: takes values from `at` on, and the commas between them, as long as they
  // are of the kind that the feature has, and plain. The position behind the last one taken, `at` if that is none; null if
  // there is no memory.
  const char* addRun(const char* at, const char* end);
  Problem openArray();
  Problem closeArray();
  // `sparse`: it was {"values": […]}. `absent`: it was null.
  bool closeRow(bool sparse, bool absent);

  // Points `feature` at the values. `wanted`: the dtype of the columns that read it, None if that is not known.
  // False if there is no memory. `huge` is then or else the row of an integer that does not fit in 64 bits, or -1.
  bool finish(uint32_t rows, DType wanted, Feature& feature, int64_t& huge);

 private:
  enum class Kind : uint8_t { None, Strings, Numbers };
  enum Tag : uint8_t { kInteger = JsonNumber::Integer, kReal = JsonNumber::Real, kHuge = JsonNumber::Huge, kNull };
  static constexpr uint8_t kAbsent = 0xff, kSparse = 0x80, kDepth = 0x7f;  // of a row's form; the rest is its depth

  size_t count() const { return tags_.size(); }
  Problem place(bool is_null);
  const char* addStringRun(const char* at, const char* end);
  const char* addNumberRun(const char* at, const char* end);
  Problem setKind(Kind kind);
  bool padAbsentRows();
  void markMissing(DType wanted);
  DType finalDtype(DType wanted, int64_t& huge) const;
  bool convert(DType dtype, Feature& feature);
  bool makeSplits(Feature& feature);

  Kind kind_ = Kind::None;
  Growing<uint8_t> tags_;       // a value each
  StringColumn strings_;        // Strings: a value each
  Growing<uint64_t> numbers_;   // Numbers: an int64 or the bits of a double each
  Growing<float> floats_;
  Growing<uint8_t> forms_;         // a row each
  Growing<uint32_t> value_ends_;   // a row each, from 0
  Growing<uint32_t> step_counts_;  // a row each, from 0: steps that stand in step_ends_
  Growing<uint32_t> step_ends_;    // the steps of rows of depth 2 and more
  Growing<uint32_t> row_splits_, step_splits_;

  // The open row.
  Kind kind_before_ = Kind::None;
  uint32_t depth_ = 0, deepest_ = 0;
  bool has_value_ = false;  // one that is not null
};

}  // namespace fcol
