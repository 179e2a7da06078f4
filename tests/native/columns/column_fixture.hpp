// Makes columns from a spec and runs them over a batch, for the tests of columns.
#pragma once

#include "batch_builder.hpp"
#include "columns/from_spec.hpp"
#include "columns/transformation.hpp"

namespace fcol::testing {

using Features = std::map<std::string, RawFeature>;

class ColumnFixture final : public Resources {
 public:
  // Text vocabularies and tables by the handles that the specs name.
  ColumnFixture& vocabulary(uint32_t handle, std::string lines, DType dtype = DType::String) {
    auto file = Buffer<uint8_t>::make(lines.size());
    std::memcpy(file->data(), lines.data(), lines.size());
    vocabularies_[handle] = *Vocabulary::fromText(std::move(*file), dtype, std::nullopt, "videos.txt");
    return *this;
  }
  ColumnFixture& table(uint32_t handle, std::vector<std::vector<float>> rows) {
    auto table = *EmbeddingTable::make(rows.size(), rows[0].size(), "table");
    float* at = table->data();
    for (const auto& row : rows) at = std::copy(row.begin(), row.end(), at);
    tables_[handle] = table;
    return *this;
  }
  std::shared_ptr<const Vocabulary> vocabulary(uint32_t handle) const override {
    const auto at = vocabularies_.find(handle);
    return at == vocabularies_.end() ? nullptr : at->second;
  }
  std::shared_ptr<const EmbeddingTable> table(uint32_t handle) const override {
    const auto at = tables_.find(handle);
    return at == tables_.end() ? nullptr : at->second;
  }

  Result<std::vector<ColumnPointer>> columns(const std::string& spec) {
    text_ = spec;
    auto json = Json::parse(text_);
    if (!json) return json.takeFailure();
    inputs_ = Inputs();
    return columnsFromSpec(*json, *this, inputs_);
  }
  // The one column of a spec.
  Result<ColumnPointer> column(const std::string& spec) {
    auto made = columns(spec);
    if (!made) return made.takeFailure();
    return (*made)[0];
  }
  // The message that refuses a definition, or "" if it is taken.
  std::string refusal(const std::string& spec) {
    auto made = columns(spec);
    return made ? "" : made.error().message;
  }

  // rows × width values of a dense column, written with a wider stride.
  Result<std::vector<float>> dense(const std::string& spec, uint32_t rows, const Features& features, bool autocast = true) {
    auto made = column(spec);
    if (!made) return made.takeFailure();
    const uint32_t width = (*made)->dense()->width(), stride = width + 3;
    std::vector<float> wide(size_t{rows} * stride, -7.0f), values;
    auto written = run(rows, features, autocast, [&](Transformation& batch) { return (*made)->dense()->write(batch, {wide.data(), stride}); });
    if (!written) return written.takeFailure();
    for (uint32_t row = 0; row < rows; ++row) values.insert(values.end(), wide.begin() + row * stride, wide.begin() + row * stride + width);
    return values;
  }

  struct Ids {
    std::vector<int64_t> ids;
    std::vector<uint32_t> row_splits, step_splits;
    std::vector<float> weights;
    uint32_t rank, width;
  };
  Result<Ids> ids(const std::string& spec, uint32_t rows, const Features& features, bool autocast = true) {
    auto made = column(spec);
    if (!made) return made.takeFailure();
    Ids ids;
    auto done = run(rows, features, autocast, [&](Transformation& batch) -> Result<void> {
      FCOL_ASSIGN(out, batch.ids(*(*made)->categorical()));
      ids = {out->ids, out->row_splits, out->step_splits, out->weights, out->rank, out->width};
      return {};
    });
    if (!done) return done.takeFailure();
    return ids;
  }

  struct Sequence {
    std::vector<float> data;
    uint32_t steps;
    std::vector<int32_t> lengths;
  };
  Result<Sequence> sequence(const std::string& spec, uint32_t rows, const Features& features) {
    auto made = column(spec);
    if (!made) return made.takeFailure();
    const SequenceDenseColumn& column = *(*made)->sequenceDense();
    Sequence out;
    auto done = run(rows, features, true, [&](Transformation& batch) -> Result<void> {
      FCOL_ASSIGN(steps, column.steps(batch));
      out.steps = steps;
      out.data.assign(size_t{rows} * steps * column.width(), -7.0f);
      out.lengths.resize(rows);
      return column.writeSequence(batch, steps, {out.data.data(), column.width()}, out.lengths.data());
    });
    if (!done) return done.takeFailure();
    return out;
  }

  std::span<const std::string> inputs() const { return inputs_.keys(); }

 private:
  template <typename Function>
  Result<void> run(uint32_t rows, const Features& features, bool autocast, Function function) {
    const PackedBatch packed(rows, inputs_.keys(), features);
    FeatureBatch batch;
    FCOL_TRY(readPackedBatch(packed.bytes(), inputs_.keys(), batch));
    Transformation transformation(batch, inputs_.keys(), autocast);
    FCOL_TRY(function(transformation));
    transformation.reset(batch);  // what is kept must not show
    return function(transformation);
  }

  std::map<uint32_t, std::shared_ptr<const Vocabulary>> vocabularies_;
  std::map<uint32_t, std::shared_ptr<const EmbeddingTable>> tables_;
  std::string text_;
  Inputs inputs_;
};

}  // namespace fcol::testing
