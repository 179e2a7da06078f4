#include "layers/layer_parse_spec.hpp"

#include "columns/column_error.hpp"

namespace fcol {

Result<std::vector<ParsedFeature>> parseSpecOf(std::span<const std::string> inputs, const std::vector<std::span<const ColumnPointer>>& lists) {
  std::vector<ParsedFeature> read;
  for (const auto& columns : lists)
    for (const auto& column : columns) column->parseSpec(read);
  std::vector<ParsedFeature> spec;
  for (const auto& key : inputs) {
    ParsedFeature* found = nullptr;
    for (auto& feature : read) {
      if (feature.key != key) continue;
      if (found && !(*found == feature))
        return columnError(ErrorCode::InvalidDefinition, key,
                           "feature_columns contain different parse_spec for key {}: two columns read it "
                           "with different dtypes, shapes or defaults", key);
      found = &feature;
    }
    if (!found)
      return columnError(ErrorCode::InvalidDefinition, key, "its normalizer_fn is a function, which serialized examples do not pass through: give it as steps");
    spec.push_back(std::move(*found));
  }
  return spec;
}

}  // namespace fcol
