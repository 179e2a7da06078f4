// Makes layers from specs and runs them over packed batches, for the tests of layers.
#pragma once

#include "columns/column_fixture.hpp"
#include "layers/layer.hpp"

namespace fcol::testing {

class LayerFixture {
 public:
  LayerFixture& table(uint32_t handle, std::vector<std::vector<float>> rows) {
    resources_.table(handle, std::move(rows));
    return *this;
  }

  Result<std::unique_ptr<Layer>> layer(const std::string& spec) const { return layerFromSpec(spec, resources_); }
  // The error that refuses a spec; REQUIREs that there is one.
  Error refusal(const std::string& spec) const {
    const auto made = layer(spec);
    INFO(spec);
    REQUIRE_FALSE(made);
    return made.error();
  }

  static Result<void> run(const Layer& layer, uint32_t rows, const Features& features, std::vector<OutputTensor>& outputs) {
    const PackedBatch packed(rows, layer.inputs(), features);
    FeatureBatch batch;
    FCOL_TRY(readPackedBatch(packed.bytes(), layer.inputs(), batch));
    return layer.run(batch, outputs);
  }
  // Runs twice over the same memory: what is kept must not show.
  Result<std::vector<OutputTensor>> run(const std::string& spec, uint32_t rows, const Features& features) const {
    FCOL_ASSIGN(made, layer(spec));
    std::vector<OutputTensor> outputs;
    FCOL_TRY(run(*made, rows, features, outputs));
    FCOL_TRY(run(*made, rows, features, outputs));
    return outputs;
  }
  // The first output of a layer that is expected to run.
  std::vector<float> data(const std::string& spec, uint32_t rows, const Features& features) const {
    const auto outputs = run(spec, rows, features);
    INFO(spec << (outputs ? "" : "\n" + outputs.error().message));
    REQUIRE(outputs);
    return floats((*outputs)[0]);
  }
  // The error of a batch; REQUIREs that there is one.
  Error failure(const std::string& spec, uint32_t rows, const Features& features) const {
    const auto outputs = run(spec, rows, features);
    INFO(spec);
    REQUIRE_FALSE(outputs);
    return outputs.error();
  }

  static size_t sizeOf(const OutputTensor& tensor) {
    size_t size = 1;
    for (const uint32_t each : tensor.shape) size *= each;
    return size;
  }
  static std::vector<float> floats(const OutputTensor& tensor) { return {tensor.floats.data(), tensor.floats.data() + sizeOf(tensor)}; }
  static std::vector<int32_t> ints(const OutputTensor& tensor) { return {tensor.ints.data(), tensor.ints.data() + sizeOf(tensor)}; }

 private:
  ColumnFixture resources_;
};

inline std::string identity(const std::string& key, uint32_t buckets, const std::string& prefix = "") {
  return R"({"type":")" + prefix + R"(categorical_column_with_identity","key":")" + key + R"(","num_buckets":)" + std::to_string(buckets) + "}";
}
inline std::string numeric(const std::string& key, uint32_t shape = 1) {
  return R"({"type":"numeric_column","key":")" + key + R"(","shape":[)" + std::to_string(shape) + "]}";
}
inline std::string embedding(const std::string& column, uint32_t table, uint32_t dimension, const std::string& more = "") {
  return R"({"type":"embedding_column","table":)" + std::to_string(table) + R"(,"dimension":)" + std::to_string(dimension) + R"(,"categorical_column":)" + column + more + "}";
}
inline std::string indicator(const std::string& column) { return R"({"type":"indicator_column","categorical_column":)" + column + "}"; }
inline std::string shared(const std::string& columns, uint32_t table, uint32_t dimension) {
  return R"({"type":"shared_embeddings","table":)" + std::to_string(table) + R"(,"dimension":)" + std::to_string(dimension) + R"(,"categorical_columns":[)" + columns + "]}";
}

}  // namespace fcol::testing
