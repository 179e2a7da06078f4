// indicator_column: how often each id occurs, or the sum of its weights (spec 2.9). TensorFlow: IndicatorColumn.
#include <algorithm>

#include "columns/column_maker.hpp"
#include "columns/explain.hpp"
#include "columns/id_bags.hpp"
#include "columns/transformation.hpp"

namespace fcol {
namespace {

class IndicatorColumn final : public Column, public DenseColumn, public SequenceDenseColumn {
 public:
  IndicatorColumn(ColumnPointer categorical, uint32_t width) : Column(categorical->name() + "_indicator"), categorical_(std::move(categorical)), width_(width) {}

  std::string_view type() const override { return "indicator_column"; }
  const DenseColumn* dense() const override { return ids().isSequence() ? nullptr : this; }
  const SequenceDenseColumn* sequenceDense() const override { return ids().isSequence() ? this : nullptr; }
  void parseSpec(ParseSpec& features) const override { categorical_->parseSpec(features); }
  uint32_t width() const override { return width_; }

  Result<void> explain(Transformation& features, JsonWriter& json) const override {
    FCOL_ASSIGN(batch, orderedIds(features));
    json.key("counted").open('[');  // adds its weight, or 1, at the place of its id
    for (size_t i = 0; i < batch->ids.size(); ++i) {
      json.open('{').key("id").integer(batch->ids[i]);
      if (batch->weighted) json.key("weight").float32(batch->weights[i]);
      if (static_cast<uint64_t>(batch->ids[i]) >= width_) json.key("dropped").text("the id is out of range");
      json.close('}');
    }
    json.close(']').key("categoricalColumn");
    return explainColumn(*categorical_, features, json);
  }

  Result<void> cover(Coverage& coverage) const override { return categorical_->cover(coverage); }

  Result<void> write(Transformation& features, DenseOutput out) const override {
    FCOL_ASSIGN(batch, orderedIds(features));
    if (batch->weighted && batch->rank > 2)
      return columnError(ErrorCode::ShapeMismatch, name(), "weights take ids of rank 2, not {}: use flat arrays", batch->rank);
    FCOL_ASSIGN(bags, rowBags(*batch, name(), features.scratch().splits));
    count(*batch, bags, out);
    return {};
  }

  Result<uint32_t> steps(Transformation& features) const override {
    FCOL_ASSIGN(batch, orderedIds(features));
    return batch->width;
  }

  Result<void> writeSequence(Transformation& features, uint32_t steps, DenseOutput out, int32_t* lengths) const override {
    FCOL_ASSIGN(batch, orderedIds(features));
    FCOL_ASSIGN(bags, stepBags(*batch, steps, features.scratch().splits));
    count(*batch, bags, out);
    sequenceLengths(*batch, lengths);
    return {};
  }

 private:
  const CategoricalColumn& ids() const { return *categorical_->categorical(); }

  Result<const IdBatch*> orderedIds(Transformation& features) const {
    FCOL_ASSIGN(batch, features.ids(ids()));
    if (!batch->ordered && !batch->weighted)
      return columnError(ErrorCode::InvalidBatch, name(), "indices are out of order or repeated: an indicator needs a sparse tensor in row-major order");
    return batch;
  }

  void count(const IdBatch& batch, std::span<const uint32_t> bags, DenseOutput out) const {
    for (size_t bag = 0; bag + 1 < bags.size(); ++bag) {
      float* at = out.data + bag * out.stride;
      std::fill_n(at, width_, 0.0f);
      for (uint32_t i = bags[bag]; i < bags[bag + 1]; ++i) {
        const auto id = static_cast<uint64_t>(batch.ids[i]);
        if (id < width_) at[id] += batch.weighted ? batch.weights[i] : 1.0f;  // others, negative ones too, count nowhere
      }
    }
  }

  ColumnPointer categorical_;
  uint32_t width_;
};

}  // namespace

Result<ColumnPointer> makeIndicatorColumn(const ColumnSpec& spec, ColumnMaker& maker) {
  FCOL_TRY(spec.checkFields({"categorical_column"}));
  FCOL_ASSIGN(categorical, maker.make(spec["categorical_column"]));
  if (!categorical->categorical())
    return invalidDefinition(categorical->name(), "Unsupported input type. Input must be a CategoricalColumn. Given: {}", categorical->type());
  const int64_t buckets = categorical->categorical()->numBuckets();
  if (buckets > INT32_MAX)
    return invalidDefinition(categorical->name(), "an indicator of {} buckets does not fit in memory; use embedding_column", buckets);
  return ColumnPointer(std::make_shared<IndicatorColumn>(categorical, static_cast<uint32_t>(buckets)));
}

}  // namespace fcol
