// shared_embeddings: embedding columns over one table (spec 3.6). TensorFlow: shared_embedding_columns_v2.
#include "columns/embedding_column.hpp"
#include "columns/sequence_categorical.hpp"
#include "columns/weighted_column.hpp"

namespace fcol {
namespace {

// Weighted and sequence columns are peeled, in any nesting.
const Column& peeled(const Column& column) {
  const CategoricalColumn& categorical = *column.categorical();
  if (categorical.isWeighted()) return peeled(*static_cast<const WeightedColumn&>(column).wrapped());
  if (categorical.isSequence()) return peeled(*static_cast<const SequenceCategorical&>(column).wrapped());
  return column;
}

std::string collectionName(const ColumnSpec& spec, const std::vector<ColumnPointer>& sorted) {
  if (const auto& name = spec["shared_embedding_collection_name"].string(); !name.empty()) return name;
  std::string name;
  for (const auto& column : sorted) name.append(column->name()).append("_");
  return name + "shared_embedding";
}

// The columns over their table, in the order given, after TensorFlow's checks in its order.
Result<void> share(const ColumnSpec& spec, ColumnMaker& maker, const std::vector<ColumnPointer>& columns, std::vector<ColumnPointer>& out) {
  const std::string_view label = columns.empty() ? std::string_view("shared_embeddings") : std::string_view(columns[0]->name());
  FCOL_ASSIGN(options, EmbeddingOptions::fromSpec(spec, label, maker.resources()));
  if (columns.empty()) return columnError(ErrorCode::InvalidDefinition, label, "categorical_columns must not be empty");
  if (const Json& name = spec["shared_embedding_collection_name"]; !name.isNull() && !name.isString())
    return invalidDefinition(columns[0]->name(), "shared_embedding_collection_name must be a string. Given: {}", shown(name));
  const auto sorted = sortedByName(columns);
  for (const auto& column : sorted) {
    if (!column->categorical())
      return invalidDefinition(column->name(), "All categorical_columns must be subclasses of CategoricalColumn. Given: {}", column->type());
  }
  const Column& first = peeled(*sorted[0]);
  const int64_t num_buckets = sorted[0]->categorical()->numBuckets();
  for (const auto& column : sorted) {
    const Column& other = peeled(*column);
    if (other.type() != first.type())
      return invalidDefinition(other.name(), "To use shared_embedding_column, all categorical_columns must have the same type, or be "
                                             "weighted_categorical_column or sequence column of the same type. Given column: {} of type: {} does not "
                                             "match given column: {} of type: {}", first.name(), first.type(), other.name(), other.type());
    if (column->categorical()->numBuckets() != num_buckets)
      return invalidDefinition(other.name(), "To use shared_embedding_column, all categorical_columns must have the same number of buckets. Given "
                                             "column: {} with buckets: {} does not match column: {} with "
                                             "buckets: {}", first.name(), num_buckets, other.name(), column->categorical()->numBuckets());
  }
  FCOL_TRY(options.checkTable(spec, label, collectionName(spec, sorted), num_buckets));
  for (const auto& column : columns)
    out.push_back(std::make_shared<EmbeddingColumn>("shared_embedding_column", "_shared_embedding", column, options));
  return {};
}

}  // namespace

Result<void> makeSharedEmbeddings(const ColumnSpec& spec, ColumnMaker& maker, std::vector<ColumnPointer>& out) {
  FCOL_TRY(spec.checkFields({"categorical_columns", "dimension", "combiner", "initializer", "shared_embedding_collection_name", "ckpt_to_load_from",
                             "tensor_name_in_ckpt", "max_norm", "trainable", "use_safe_embedding_lookup", "table"}));
  const Json& list = spec["categorical_columns"];
  if (!list.isArray()) return spec.invalid("categorical_columns must be a list of columns. Given: {}", shown(list));
  std::vector<ColumnPointer> columns;
  for (const Json& json : list.items()) {
    FCOL_ASSIGN(column, maker.make(json));
    columns.push_back(column);
  }
  return share(spec, maker, columns, out);
}

// One column of shared_embeddings by itself: a spec that was expanded.
Result<ColumnPointer> makeSharedEmbeddingColumn(const ColumnSpec& spec, ColumnMaker& maker) {
  FCOL_TRY(spec.checkFields({"categorical_column", "dimension", "combiner", "initializer", "shared_embedding_collection_name", "ckpt_to_load_from",
                             "tensor_name_in_ckpt", "max_norm", "trainable", "use_safe_embedding_lookup", "table"}));
  FCOL_ASSIGN(categorical, maker.make(spec["categorical_column"]));
  std::vector<ColumnPointer> made;
  FCOL_TRY(share(spec, maker, {categorical}, made));
  return made[0];
}

}  // namespace fcol
