// embedding_column and each column of shared_embeddings: ids to a combined vector of a table (spec 2.10, 3).
// TensorFlow: EmbeddingColumn, SharedEmbeddingColumn.
#pragma once

#include "base/join.hpp"
#include "columns/embedding_options.hpp"

namespace fcol {

class EmbeddingColumn final : public Column, public DenseColumn, public SequenceDenseColumn {
 public:
  // Requires `categorical` to be so, and options.table to be there and of its shape. `suffix`: "_embedding" or "_shared_embedding".
  EmbeddingColumn(std::string_view type, std::string_view suffix, ColumnPointer categorical, EmbeddingOptions options)
      : Column(joined({categorical->name(), suffix})), type_(type), categorical_(std::move(categorical)), options_(std::move(options)) {}

  std::string_view type() const override { return type_; }
  const DenseColumn* dense() const override { return ids().isSequence() ? nullptr : this; }
  const SequenceDenseColumn* sequenceDense() const override { return ids().isSequence() ? this : nullptr; }
  void parseSpec(ParseSpec& features) const override { categorical_->parseSpec(features); }
  Result<void> explain(Transformation& features, JsonWriter& json) const override;
  Result<void> cover(Coverage& coverage) const override { return categorical_->cover(coverage); }
  uint32_t width() const override { return options_.dimension; }

  // Errors: those of the categorical column; OutOfRange with its name, the row and the id; ShapeMismatch for ids of rank 3.
  Result<void> write(Transformation& features, DenseOutput out) const override;
  Result<uint32_t> steps(Transformation& features) const override;
  Result<void> writeSequence(Transformation& features, uint32_t steps, DenseOutput out, int32_t* lengths) const override;

 private:
  const CategoricalColumn& ids() const { return *categorical_->categorical(); }
  LookupOptions lookupOptions(const IdBatch& batch) const;
  // `bags_per_row` tells the row of a bad id.
  Result<void> lookUp(const IdBatch& batch, std::span<const uint32_t> bags, uint32_t bags_per_row, DenseOutput out) const;

  std::string_view type_;  // a literal
  ColumnPointer categorical_;
  EmbeddingOptions options_;
};

}  // namespace fcol
