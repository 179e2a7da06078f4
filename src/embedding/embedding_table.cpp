#include "embedding/embedding_table.hpp"

#include <algorithm>
#include <cmath>
#include <new>

#include "base/room.hpp"

namespace fcol {
namespace {

// Floats in a SIMD register of TensorFlow's x86 builds (AVX): the order of its reductions follows it (spec 3.4).
constexpr size_t kPacket = 8;
constexpr size_t kAccumulators = 4;

}  // namespace

// In the order of Eigen's packet reduction: four packets side by side, the packets left over one after the other, halves, and the
// floats left over on their own.
float l2Norm(const float* row, size_t n) {
  const size_t packets = n / kPacket, unrolled = packets / kAccumulators * kAccumulators;
  float lanes[kAccumulators][kPacket] = {};
  for (size_t packet = 0; packet < unrolled; ++packet)
    for (size_t lane = 0; lane < kPacket; ++lane) {
      const float value = row[packet * kPacket + lane];
      lanes[packet % kAccumulators][lane] += value * value;
    }
  for (size_t each = 1; each < kAccumulators; ++each)
    for (size_t lane = 0; lane < kPacket; ++lane) lanes[0][lane] += lanes[each][lane];
  for (size_t packet = unrolled; packet < packets; ++packet)
    for (size_t lane = 0; lane < kPacket; ++lane) {
      const float value = row[packet * kPacket + lane];
      lanes[0][lane] += value * value;
    }
  float half[4];
  for (size_t lane = 0; lane < 4; ++lane) half[lane] = lanes[0][lane] + lanes[0][lane + 4];
  float rest = 0;
  for (size_t i = packets * kPacket; i < n; ++i) rest += row[i] * row[i];
  return std::sqrt(rest + ((half[0] + half[2]) + (half[1] + half[3])));
}

Result<std::shared_ptr<EmbeddingTable>> EmbeddingTable::make(uint64_t rows, uint64_t dimension, std::string name, TableFormat format) {
  return makeOf(rows, rows, dimension, std::move(name), format);
}

Result<std::shared_ptr<EmbeddingTable>> EmbeddingTable::makePartial(uint64_t rows, uint64_t slots, uint64_t dimension, std::string name, TableFormat format) {
  FCOL_ASSIGN(table, makeOf(rows, slots, dimension, std::move(name), format));
  table->partial_ = true;
  return table;
}

Result<std::shared_ptr<EmbeddingTable>> EmbeddingTable::makeOf(uint64_t rows, uint64_t slots, uint64_t dimension, std::string name, TableFormat format) {
  const uint64_t row_bytes = rowBytesOf(format, dimension & UINT32_MAX), scales = hasScales(format) ? 2 * sizeof(float) : 0;
  if (rows > UINT32_MAX || dimension > UINT32_MAX || (row_bytes > 0 && slots > (UINT64_MAX >> 8) / row_bytes))
    return error(ErrorCode::OutOfMemory, "table {}: {} rows of {} floats do not fit into memory", quoted(name), rows, dimension);
  auto table = std::shared_ptr<EmbeddingTable>(new (std::nothrow) EmbeddingTable);
  auto data = Buffer<float>::makeAligned((slots * (row_bytes + scales) + sizeof(float) - 1) / sizeof(float));
  if (!table || !data) return error(ErrorCode::OutOfMemory, "out of memory: table {} has {} rows of {} floats", quoted(name), slots, dimension);
  table->data_ = std::move(*data);
  table->rows_ = static_cast<uint32_t>(rows);
  table->slots_ = static_cast<uint32_t>(slots);
  table->dimension_ = static_cast<uint32_t>(dimension);
  table->name_ = std::move(name);
  table->row_bytes_ = static_cast<size_t>(row_bytes);
  table->format_ = format;
  return table;
}

void EmbeddingTable::pairScales() const {
  if (paired_ || partial_ || !hasScales(format_)) return;
  auto scales = Buffer<float>::make(rows_);
  if (!scales) return;
  float* pairs = data_.data();
  std::copy(pairs, pairs + rows_, scales->data());
  for (size_t row = 0; row < rows_; ++row) {  // the bias of a row lies behind all pairs up to its own
    pairs[2 * row] = (*scales)[row];
    pairs[2 * row + 1] = pairs[rows_ + row];
  }
  paired_ = true;
}

void EmbeddingTable::hold(std::span<const uint32_t> ids, std::span<const uint32_t> slots) const {
  FCOL_ASSERT(partial_ && ids.size() == slots.size());
  held_ = ids;
  held_slots_ = slots;
  missing_.clear();
}

Result<void> EmbeddingTable::expect(uint64_t ids) const {
  if (!partial_) return {};
  const size_t size = missing_.size();
  FCOL_TRY(makeRoom(missing_, size + ids));
  missing_.resize(size);
  return {};
}

uint32_t EmbeddingTable::slotOf(uint32_t id) const {
  if (!partial_) return id;
  const auto at = std::lower_bound(held_.begin(), held_.end(), id);
  if (at != held_.end() && *at == id) return held_slots_[static_cast<size_t>(at - held_.begin())];
  FCOL_ASSERT(missing_.size() < missing_.capacity());
  missing_.push_back(id);
  return 0;
}

Result<std::span<const float>> EmbeddingTable::norms() const {
  if (!partial_ && norms_.size() != rows_) {
    FCOL_ASSIGN(norms, Buffer<float>::make(rows_));
    FCOL_ASSIGN(room, Buffer<float>::make(format_ == TableFormat::Float32 ? 0 : dimension_));
    for (uint32_t id = 0; id < rows_; ++id) norms[id] = l2Norm(row(id, room.data()), dimension_);
    norms_ = std::move(norms);
  }
  return std::span<const float>(norms_.data(), norms_.size());
}

Result<std::shared_ptr<const EmbeddingTable>> EmbeddingTable::widened() const {
  FCOL_ASSIGN(wide, make(rows_, dimension_, name_));
  for (uint32_t id = 0; id < rows_; ++id) {
    float* to = wide->data() + static_cast<size_t>(id) * dimension_;
    const float* from = row(id, to);
    if (from != to) std::copy(from, from + dimension_, to);
  }
  return std::shared_ptr<const EmbeddingTable>(std::move(wide));
}

}  // namespace fcol
