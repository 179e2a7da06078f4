#include "columns/embedding_column.hpp"

#include "columns/explain.hpp"
#include "columns/id_bags.hpp"
#include "columns/transformation.hpp"

namespace fcol {

LookupOptions EmbeddingColumn::lookupOptions(const IdBatch& batch) const {
  LookupOptions options = options_.lookup;
  options.safe = options.safe || batch.rank > 2;  // spec 3.1
  return options;
}

Result<void> EmbeddingColumn::lookUp(const IdBatch& batch, std::span<const uint32_t> bags, uint32_t bags_per_row, DenseOutput out) const {
  const LookupOptions options = lookupOptions(batch);
  if (!options.safe && batch.moved)
    return columnError(ErrorCode::InvalidBatch, categorical_->name(),
                       "segment ids are not increasing: without use_safe_embedding_lookup the rows of a sparse tensor must be in order");
  auto result = embeddingLookup(*options_.table, {batch.ids, bags, batch.weights}, options, out);
  if (result) return {};
  Failure problem = result.takeFailure();
  const int64_t row = problem->row < 0 ? -1 : problem->row / bags_per_row;
  if (problem->code == ErrorCode::OutOfRange)
    problem->message = format("column {}: id {} in row {} is out of range, {}", quoted(categorical_->name()), problem->value, row, problem->message);
  problem->at(categorical_->name(), row);
  return problem;
}

Result<void> EmbeddingColumn::explain(Transformation& features, JsonWriter& json) const {
  FCOL_ASSIGN(batch, features.ids(ids()));
  std::vector<uint32_t> splits;
  FCOL_ASSIGN(bags, ids().isSequence() ? stepBags(*batch, batch->width, splits) : rowBags(*batch, name(), splits));
  const LookupOptions options = lookupOptions(*batch);
  json.key("combiner").text(combinerName(options.combiner)).key("useSafeEmbeddingLookup").truth(options.safe);
  if (options.max_norm) json.key("maxNorm").float32(*options.max_norm);
  json.key("table").text(options_.table->name()).key("bags").open('[');  // one, or one a step
  for (size_t bag = 0; bag + 1 < bags.size(); ++bag) {
    const size_t from = bags[bag], size = bags[bag + 1] - from;
    const std::span<const float> weights(batch->weights);
    FCOL_TRY(explainBag(*options_.table, std::span(batch->ids).subspan(from, size), weights.empty() ? weights : weights.subspan(from, size), options, json));
  }
  json.close(']').key("categoricalColumn");
  return explainColumn(*categorical_, features, json);
}

Result<void> EmbeddingColumn::write(Transformation& features, DenseOutput out) const {
  FCOL_ASSIGN(batch, features.ids(ids()));
  FCOL_ASSIGN(bags, rowBags(*batch, name(), features.scratch().splits));
  return lookUp(*batch, bags, 1, out);
}

Result<uint32_t> EmbeddingColumn::steps(Transformation& features) const {
  FCOL_ASSIGN(batch, features.ids(ids()));
  return batch->width;
}

Result<void> EmbeddingColumn::writeSequence(Transformation& features, uint32_t steps, DenseOutput out, int32_t* lengths) const {
  FCOL_ASSIGN(batch, features.ids(ids()));
  FCOL_ASSIGN(bags, stepBags(*batch, steps, features.scratch().splits));
  sequenceLengths(*batch, lengths);
  return lookUp(*batch, bags, steps, out);
}

Result<ColumnPointer> makeEmbeddingColumn(const ColumnSpec& spec, ColumnMaker& maker) {
  FCOL_TRY(spec.checkFields({"categorical_column", "dimension", "combiner", "initializer", "ckpt_to_load_from", "tensor_name_in_ckpt", "max_norm",
                             "trainable", "use_safe_embedding_lookup", "table"}));
  FCOL_ASSIGN(categorical, maker.make(spec["categorical_column"]));
  FCOL_ASSIGN(options, EmbeddingOptions::fromSpec(spec, categorical->name(), maker.resources()));
  // TensorFlow: an AttributeError, 'NumericColumn' object has no attribute 'num_buckets'.
  if (!categorical->categorical())
    return columnError(ErrorCode::InvalidDefinition, categorical->name(),
                       "embedding_column: categorical_column must be a CategoricalColumn, a {} has no num_buckets", categorical->type());
  FCOL_TRY(options.checkTable(spec, categorical->name(), categorical->name() + "_embedding/embedding_weights",
                              categorical->categorical()->numBuckets()));
  return ColumnPointer(std::make_shared<EmbeddingColumn>("embedding_column", "_embedding", categorical, std::move(options)));
}

}  // namespace fcol
