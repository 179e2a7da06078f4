#include "layers/layer.hpp"

#include "columns/coverage.hpp"

namespace fcol {

Result<void> Layer::cover(const FeatureBatch& batch, size_t top, JsonWriter& json) const {
  Transformation features(batch, inputs(), true);
  Coverage coverage(features, top, json);
  json.open('[');
  for (const auto& columns : columnLists())
    for (const auto& column : columns) FCOL_TRY(column->cover(coverage));
  json.close(']');
  return {};
}

}  // namespace fcol
