// How much of a batch the columns know: counts of missing, out-of-vocabulary and out-of-range values, and the most frequent
// values that a column does not know. A column kind tells its own part (Column::cover).
#pragma once

#include <string>
#include <vector>

#include "base/json_writer.hpp"
#include "columns/transformation.hpp"

namespace fcol {

class Coverage {
 public:
  // `top`: how many unknown values are listed for a column.
  Coverage(Transformation& features, size_t top, JsonWriter& json) : features_(features), top_(top), json_(json) {}

  Transformation& features() { return features_; }
  // Each reading of a feature is counted once, however many columns stand on it.
  bool isNew(std::string_view type, std::string_view name);

  // What was found of one column's feature; `unknown` are indices of values.
  struct Counts {
    uint64_t missing = 0, out_of_vocabulary = 0, out_of_range = 0, not_a_number = 0;
    std::vector<uint32_t> unknown;
  };
  // {"name", "type", "rows", "values", "missing", "emptyRows", "outOfVocabulary", "outOfRange", "notANumber", "distinctUnknown",
  // "unknown": [{"value", "count"}, …]}.
  // `missing`: flags of the values, or empty.
  void write(std::string_view type, std::string_view name, const Feature& feature, std::span<const uint8_t> missing, const Counts& counts);

 private:
  Transformation& features_;
  size_t top_;
  JsonWriter& json_;
  std::vector<std::string> seen_;
};

// Of a column that reads numbers: null is missing, NaN is counted.
void coverNumbers(Coverage& coverage, std::string_view type, std::string_view name, uint32_t input);

}  // namespace fcol
