// ExampleSlots: the features that are wanted of tf.Examples, what the example at hand has of them, and their columns.
#pragma once

#include <vector>

#include "columns/column.hpp"
#include "example/example_batch.hpp"
#include "example/feature_column.hpp"
#include "example/key_index.hpp"

namespace fcol {

struct ExampleSlot {
  const ParsedFeature* spec;
  FeatureColumn column;
  Splits splits;        // rows over values; where there are steps: rows over steps
  Splits step_splits;   // steps over values: of VarLen features, and of FixedLen ones of two dimensions and more
  size_t fixed_count;   // product of the shape
  Bytes found;          // of the example at hand: its Feature or FeatureList
  bool has = false;     // whether it has one
};

class ExampleSlots {
 public:
  // Errors: DtypeMismatch for dtypes that TensorFlow's parser does not have, InvalidArgument if the shape is too large.
  static Result<ExampleSlots> make(std::span<const ParsedFeature> features);

  std::span<ExampleSlot> slots() { return slots_; }
  // Null if the key is not wanted.
  ExampleSlot* find(std::string_view key, size_t place) {
    const int32_t number = index_.find(key, place);
    return number == KeyIndex::kUnknown ? nullptr : &slots_[static_cast<size_t>(number)];
  }
  void forget() {
    for (auto& slot : slots_) slot.has = false;
  }

 private:
  ExampleSlots() = default;
  std::vector<ExampleSlot> slots_;
  KeyIndex index_;
};

// Appends a FixedLen feature of one example: its values, or the default. Errors: InvalidExample, OutOfMemory.
Result<void> appendFixed(ExampleSlot& slot, uint32_t row);
// Appends a serialized Feature. Errors: InvalidExample, OutOfMemory.
Result<void> appendFeature(ExampleSlot& slot, Bytes feature, uint32_t row);

Failure exampleError(const ParsedFeature& spec, uint32_t row, std::string_view what);
Failure brokenExample(uint32_t row);
Failure noMemoryFor(std::string_view key);

// Points `feature` at the values of `slot`: a FixedLen one is dense, [rows, *shape]; a VarLen one sparse, [rows, longest], and
// with steps [rows, most steps, longest]. False if there is no memory.
bool finishSlot(ExampleSlot& slot, bool steps, uint32_t rows, Feature& feature);

}  // namespace fcol
