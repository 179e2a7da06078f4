// EmbeddingTable: rows of float32, row-major, held once however many columns, layers and calls use it.
// Also the kernels, weights and biases of linear and deep layers, which are tables too.
#pragma once

#include <memory>
#include <string>

#include "base/buffer.hpp"

namespace fcol {

class EmbeddingTable {
 public:
  // Uninitialised memory for rows × dimension floats. Errors: OutOfMemory.
  static Result<std::shared_ptr<EmbeddingTable>> make(uint64_t rows, uint64_t dimension, std::string name);

  uint32_t rows() const { return rows_; }
  uint32_t dimension() const { return dimension_; }
  const std::string& name() const { return name_; }
  float* data() { return data_.data(); }
  const float* data() const { return data_.data(); }
  const float* row(uint32_t id) const { return data_.data() + static_cast<size_t>(id) * dimension_; }
  size_t bytes() const { return data_.size() * sizeof(float) + norms_.size() * sizeof(float); }

  // l2 norm of each row in TensorFlow's order of additions (spec 3.4), computed at the first call and kept.
  // Errors: OutOfMemory.
  Result<std::span<const float>> norms() const;

 private:
  EmbeddingTable() = default;
  Buffer<float> data_;
  mutable Buffer<float> norms_;
  uint32_t rows_ = 0;
  uint32_t dimension_ = 0;
  std::string name_;
};

}  // namespace fcol
