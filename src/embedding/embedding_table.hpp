// EmbeddingTable: rows of numbers, row-major, held once however many columns, layers and calls use it, in the format they came in.
// Also the kernels, weights and biases of linear and deep layers, which are tables too.
//
// A partial table has memory for some of its rows only, in slots: those that a batch needs, which its owner puts there before it
// runs. What a batch needs is learned by running it: rows that are not there are noted as missing, and the outputs are of no use.
// Where a whole table takes an id, a partial one takes its slot.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/buffer.hpp"
#include "embedding/bag_kernels.hpp"

namespace fcol {

class EmbeddingTable {
 public:
  // Uninitialised memory for rows × dimension numbers. Errors: OutOfMemory.
  static Result<std::shared_ptr<EmbeddingTable>> make(uint64_t rows, uint64_t dimension, std::string name, TableFormat format = TableFormat::Float32);

  // A partial table of `rows` rows with `slots` of them, at least one; no row is held yet. Its memory is that of a whole table of
  // `slots` rows. Errors: OutOfMemory.
  static Result<std::shared_ptr<EmbeddingTable>> makePartial(uint64_t rows, uint64_t slots, uint64_t dimension, std::string name, TableFormat format);

  // The rows that are held from now on: `ids` ascending, and the slot of each; the memory stays the caller's and must outlive its
  // use. Forgets what was missing. Requires a partial table, slots in range, as many as ids.
  void hold(std::span<const uint32_t> ids, std::span<const uint32_t> slots) const;
  // Ids that were asked for since and are not held, in the order of asking, repeated as often.
  std::span<const uint32_t> missing() const { return missing_; }
  // To be called before `ids` slots are asked for. Errors: OutOfMemory.
  Result<void> expect(uint64_t ids) const;
  // The slot of a row; of a whole table the id. Any slot for a row that is not held, which is then missing.
  uint32_t slotOf(uint32_t id) const;
  bool isPartial() const { return partial_; }
  uint32_t slots() const { return slots_; }  // rows that there is memory for

  uint32_t rows() const { return rows_; }
  uint32_t dimension() const { return dimension_; }
  const std::string& name() const { return name_; }
  TableFormat format() const { return format_; }

  // All of its memory, to be filled: of int8 and int4 the rows' scales, then their biases, as float32; then the rows' codes.
  uint8_t* memory() { return reinterpret_cast<uint8_t*>(data_.data()); }

  // Of float32 tables only, as the two of row(id).
  float* data() { FCOL_ASSERT(format_ == TableFormat::Float32); return data_.data(); }
  const float* data() const { FCOL_ASSERT(format_ == TableFormat::Float32); return data_.data(); }
  const float* row(uint32_t id) const { return data() + static_cast<size_t>(id) * dimension_; }

  // A row as float32: where it lies, or widened into `room` (of `dimension` floats) and that.
  const float* row(uint32_t id, float* room) const {
    if (format_ == TableFormat::Float32) return data_.data() + static_cast<size_t>(id) * dimension_;
    widenRow(format_, codes(id), hasScales(format_) ? narrow().scaleOf(id) : RowScale{}, dimension_, room);
    return room;
  }
  const uint8_t* codes(uint32_t id) const {
    return reinterpret_cast<const uint8_t*>(data_.data()) + (hasScales(format_) ? size_t{slots_} * 2 * sizeof(float) : 0) + id * row_bytes_;
  }
  size_t rowBytes() const { return row_bytes_; }
  // Of int8 and int4: puts the bias of each row beside its scale, so that both arrive with one line of memory. To be called when all
  // of memory() has been written, and before a column uses it. It may be called again. Of a partial table, whose rows come and go,
  // and where there is no memory for the move, they stay as they are.
  void pairScales() const;

  // For a table that is not float32.
  NarrowTable narrow() const {
    const float* scales = data_.data();
    return {format_, codes(0), row_bytes_, scales, scales + (paired_ ? 1 : slots_), paired_ ? size_t{2} : size_t{1}};
  }

  // The same numbers as a float32 table. Errors: OutOfMemory.
  Result<std::shared_ptr<const EmbeddingTable>> widened() const;

  size_t bytes() const { return data_.size() * sizeof(float) + norms_.size() * sizeof(float); }

  // l2 norm of each row in TensorFlow's order of additions (spec 3.4), computed at the first call and kept; none of a partial
  // table, whose rows come and go. Errors: OutOfMemory.
  Result<std::span<const float>> norms() const;

 private:
  EmbeddingTable() = default;
  static Result<std::shared_ptr<EmbeddingTable>> makeOf(uint64_t rows, uint64_t slots, uint64_t dimension, std::string name, TableFormat format);

  mutable Buffer<float> data_;  // changed by pairScales
  mutable bool paired_ = false;
  mutable Buffer<float> norms_;
  mutable std::span<const uint32_t> held_, held_slots_;
  mutable std::vector<uint32_t> missing_;
  uint32_t rows_ = 0;
  uint32_t slots_ = 0;
  bool partial_ = false;
  uint32_t dimension_ = 0;
  size_t row_bytes_ = 0;
  TableFormat format_ = TableFormat::Float32;
  std::string name_;
};

// The l2 norm of one row, as norms() has it.
float l2Norm(const float* row, size_t n);

}  // namespace fcol
