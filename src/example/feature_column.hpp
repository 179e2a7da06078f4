// FeatureColumn: one feature of tf.Examples, gathered row by row into the arrays of a Feature.
#pragma once

#include "base/wire_reader.hpp"
#include "batch/feature.hpp"
#include "columns/column.hpp"
#include "example/string_column.hpp"

namespace fcol {

// What can be wrong with one serialized tf.train.Feature.
enum class FeatureProblem : uint8_t { None, Broken, OtherKind, NoMemory };

class FeatureColumn {
 public:
  explicit FeatureColumn(DType dtype) : dtype_(dtype) {}

  DType dtype() const { return dtype_; }
  size_t size() const;
  // Appends the values of a serialized Feature, as TensorFlow's fast parser reads it: of several lists or packed parts only
  // the first counts. `feature` may be empty: no values. On a problem the column is not used any more.
  FeatureProblem append(Bytes feature);
  bool append(std::span<const double> values);  // false if there is no memory
  // A guess: `times` as many values as there are will come in all.
  void expect(double times) {
    strings_.expect(times);
    floats_.expect(times);
    integers_.expect(times);
  }
  // Points `feature` at the values. Nothing may be appended after. False if there is no memory.
  bool finish(Feature& feature);

 private:
  FeatureProblem appendStrings(WireReader in);
  FeatureProblem appendFloats(WireReader in);
  FeatureProblem appendIntegers(WireReader in);

  DType dtype_;
  StringColumn strings_;
  Growing<float> floats_;
  Growing<int64_t> integers_;
};

// The kind of list that a serialized Feature begins with: None if it is empty, nothing if it is no Feature.
std::optional<DType> featureKind(Bytes feature);

// Splits: rows (or steps) as ends in an array of values, beginning with 0.
class Splits {
 public:
  bool start() { return splits_.push(0); }
  void expect(double times) { splits_.expect(times); }
  FCOL_INLINE bool push(size_t end) {
    const auto last = splits_.back();
    longest_ = end - last > longest_ ? static_cast<uint32_t>(end - last) : longest_;
    return splits_.push(static_cast<uint32_t>(end));
  }
  size_t count() const { return splits_.size() - 1; }
  uint32_t longest() const { return longest_; }
  std::span<const uint32_t> span() const { return splits_.span(); }

 private:
  Growing<uint32_t> splits_;
  uint32_t longest_ = 0;
};

}  // namespace fcol
