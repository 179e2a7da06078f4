#include "columns/from_spec.hpp"

#include <algorithm>

#include "columns/column_maker.hpp"
#include "columns/name_order.hpp"

namespace fcol {
namespace {

struct ColumnKind {
  std::string_view type;
  ColumnFactory make;
};

constexpr ColumnKind kKinds[] = {
#define FCOL_COLUMN(type, make) {type, make},
#include "columns/kinds.inc"
#undef FCOL_COLUMN
};

Failure notAColumn(const Json& json) {
  return error(ErrorCode::InvalidSpec, "Items of feature_columns must be a FeatureColumn: an object with a \"type\". Given: {}", shown(json));
}

}  // namespace

uint32_t Inputs::slotOf(const std::string& key) {
  const auto at = std::find(keys_.begin(), keys_.end(), key);
  if (at != keys_.end()) return static_cast<uint32_t>(at - keys_.begin());
  keys_.push_back(key);
  return static_cast<uint32_t>(keys_.size() - 1);
}

Result<ColumnPointer> ColumnMaker::make(const Json& json) {
  if (!json.isObject() || !json["type"].isString()) return notAColumn(json);
  const ColumnSpec spec(json);
  const auto kind = std::find_if(std::begin(kKinds), std::end(kKinds), [&](const ColumnKind& each) { return each.type == spec.type(); });
  if (kind == std::end(kKinds)) {
    if (spec.type() == "shared_embeddings")
      return error(ErrorCode::InvalidSpec, "shared_embeddings is a list of columns: it stands in the list of a layer, not inside another column");
    return columnError(ErrorCode::InvalidSpec, spec.label(), "unknown column type {}; types have TensorFlow's function names, such as {}",
                       quoted(spec.type()), kKinds[0].type);
  }
  for (const auto& [said, made] : made_)
    if (*said == json) return made;
  FCOL_ASSIGN(column, kind->make(spec, *this));
  made_.emplace_back(&json, column);
  return column;
}

Result<std::vector<ColumnPointer>> columnsFromSpec(const Json& columns, const Resources& resources, Inputs& inputs) {
  if (columns.isObject() && !columns["type"].isString())
    return error(ErrorCode::InvalidSpec, "Expected feature_columns to be iterable, found dict: give a list of columns");
  ColumnMaker maker(resources, inputs);
  std::vector<ColumnPointer> made;
  const auto add = [&](const Json& json) -> Result<void> {
    if (json.isObject() && json["type"].string() == "shared_embeddings") return makeSharedEmbeddings(ColumnSpec(json), maker, made);
    FCOL_ASSIGN(column, maker.make(json));
    made.push_back(column);
    return {};
  };
  if (columns.isObject()) {  // a single column, as TensorFlow takes it
    FCOL_TRY(add(columns));
    return made;
  }
  if (!columns.isArray()) return notAColumn(columns);
  for (const Json& json : columns.items()) FCOL_TRY(add(json));
  return made;
}

std::vector<ColumnPointer> sortedByName(const std::vector<ColumnPointer>& columns) {
  std::vector<const std::string*> names;
  for (const auto& column : columns) names.push_back(&column->name());
  std::vector<ColumnPointer> sorted;
  for (const uint32_t i : orderByName(names)) sorted.push_back(columns[i]);
  return sorted;
}

Result<std::vector<ColumnPointer>> normalizeColumns(std::vector<ColumnPointer> columns) {
  if (columns.empty()) return error(ErrorCode::InvalidDefinition, "feature_columns must not be empty.");
  columns = sortedByName(columns);
  for (size_t i = 1; i < columns.size(); ++i) {
    if (columns[i]->name() == columns[i - 1]->name())
      return columnError(ErrorCode::InvalidDefinition, columns[i]->name(),
                         "Duplicate feature column name found for columns: {} and {}. Usually they "
                         "read the same feature: leave one out", columns[i - 1]->type(), columns[i]->type());
  }
  return columns;
}

}  // namespace fcol
