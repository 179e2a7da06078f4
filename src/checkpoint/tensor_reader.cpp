#include <cstring>

#include "base/crc32c.hpp"
#include "checkpoint/checkpoint.hpp"
#include "checkpoint/slice_cover.hpp"

namespace fcol {
namespace {

template <typename T>
T load(const uint8_t* at, bool swap) {
  uint8_t bytes[sizeof(T)];
  for (size_t i = 0; i < sizeof(T); ++i) bytes[i] = at[swap ? sizeof(T) - 1 - i : i];
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

float fromBits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

float fromHalf(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000) << 16;
  const uint32_t exponent = half >> 10 & 31, fraction = half & 0x3ff;
  if (exponent == 31) return fromBits(sign | 0x7f800000 | fraction << 13);
  if (exponent == 0) {  // a subnormal half is fraction · 2^-24, exact in float32
    const float magnitude = static_cast<float>(fraction) * (1.0f / 16777216.0f);
    return sign ? -magnitude : magnitude;
  }
  return fromBits(sign | (exponent + 112) << 23 | fraction << 13);
}

template <typename T>
void convertAs(const uint8_t* from, size_t count, bool swap, float* to) {
  for (size_t i = 0; i < count; ++i) to[i] = static_cast<float>(load<T>(from + i * sizeof(T), swap));
}

bool isExact(TensorDType dtype) {
  return dtype == TensorDType::Float || dtype == TensorDType::Half || dtype == TensorDType::BFloat16;
}

bool isReal(TensorDType dtype) {
  switch (dtype) {
    case TensorDType::String: case TensorDType::Complex64: case TensorDType::Complex128: return false;
    default: return tensorDTypeSize(static_cast<int>(dtype)) > 0;
  }
}

void convert(TensorDType dtype, const uint8_t* from, size_t count, bool swap, float* to) {
  if (count == 0) return;
  switch (dtype) {
    case TensorDType::Float:
      // By bits and not by value: a float register may quieten a signalling NaN.
      if (!swap) std::memcpy(to, from, count * sizeof(float));
      else
        for (size_t i = 0; i < count; ++i) {
          const auto bits = load<uint32_t>(from + i * 4, true);
          std::memcpy(to + i, &bits, sizeof bits);
        }
      return;
    case TensorDType::Half:
      for (size_t i = 0; i < count; ++i) to[i] = fromHalf(load<uint16_t>(from + i * 2, swap));
      return;
    case TensorDType::BFloat16:
      for (size_t i = 0; i < count; ++i) to[i] = fromBits(static_cast<uint32_t>(load<uint16_t>(from + i * 2, swap)) << 16);
      return;
    case TensorDType::Double: return convertAs<double>(from, count, swap, to);
    case TensorDType::Int32: return convertAs<int32_t>(from, count, swap, to);
    case TensorDType::UInt8: case TensorDType::Bool: return convertAs<uint8_t>(from, count, swap, to);
    case TensorDType::Int16: return convertAs<int16_t>(from, count, swap, to);
    case TensorDType::Int8: return convertAs<int8_t>(from, count, swap, to);
    case TensorDType::Int64: return convertAs<int64_t>(from, count, swap, to);
    case TensorDType::UInt16: return convertAs<uint16_t>(from, count, swap, to);
    case TensorDType::UInt32: return convertAs<uint32_t>(from, count, swap, to);
    case TensorDType::UInt64: return convertAs<uint64_t>(from, count, swap, to);
    default: FCOL_ASSERT(false);
  }
}

}  // namespace

Result<std::unique_ptr<TensorReader>> TensorReader::open(std::shared_ptr<const Checkpoint> checkpoint, const TensorEntry& entry, bool widen) {
  const auto dtype = static_cast<TensorDType>(entry.dtype);
  if (entry.dtype > UINT8_MAX || !(widen ? isReal(dtype) : isExact(dtype))) {
    const auto name = tensorDTypeName(entry.dtype);
    const std::string unknown = name.empty() ? join("number ", entry.dtype) : "";
    return error(ErrorCode::DtypeMismatch, join("tensor_name = ", entry.name, "; expected dtype float does not equal original dtype ", name, unknown,
                                                "; save the variable as float32"));
  }
  const auto& shape = entry.shape;
  const uint64_t dimension = shape.empty() ? 1 : shape.back();
  const auto rows = shape.size() < 2 ? 1 : elementsOf({shape.begin(), shape.end() - 1});
  if (!rows) return error(ErrorCode::ShapeMismatch, join("tensor ", entry.name, " has more rows than a table can have"));
  FCOL_ASSIGN(table, EmbeddingTable::make(*rows, dimension, entry.name));
  std::unique_ptr<TensorReader> reader(new TensorReader);
  reader->checkpoint_ = std::move(checkpoint);
  reader->entry_ = &entry;
  reader->table_ = std::move(table);
  reader->done_.resize(entry.pieces.size());
  return reader;
}

Result<void> TensorReader::piece(size_t index, Bytes bytes) {
  if (index >= entry_->pieces.size())
    return error(ErrorCode::InvalidArgument, join("tensor ", entry_->name, " has no piece ", static_cast<uint64_t>(index)));
  const auto& piece = entry_->pieces[index];
  if (bytes.size() != piece.size)
    return error(ErrorCode::ShapeMismatch, join("tensor ", entry_->name, ": ", static_cast<uint64_t>(bytes.size()), " bytes of shard ", piece.shard, " instead of ",
                                                piece.size, " from byte ", piece.offset, " on; the data file is cut off or another one"));
  if (maskedCrc32c(bytes) != piece.masked_crc)
    return error(ErrorCode::ChecksumMismatch, join("tensor ", entry_->name, ": the ", piece.size, " bytes from byte ", piece.offset, " of shard ", piece.shard,
                                                   " do not match their checksum; fetch the data file again"));
  const auto dtype = static_cast<TensorDType>(entry_->dtype);
  const size_t value_size = tensorDTypeSize(entry_->dtype);
  const bool swap = checkpoint_->bigEndian();
  done_[index] = true;
  if (piece.start.empty()) {
    convert(dtype, bytes.data(), bytes.size() / value_size, swap, table_->data());
    return {};
  }
  // From the axis on behind which the slice is whole, its values lie together in the tensor too.
  const auto& shape = entry_->shape;
  size_t axis = shape.size() - 1;
  while (axis > 0 && piece.extent[axis] == shape[axis]) --axis;
  size_t stride = 1;
  for (size_t i = axis + 1; i < shape.size(); ++i) stride *= shape[i];
  const size_t run = piece.extent[axis] * stride;
  std::vector<uint64_t> index_of(axis);  // of the run, on the axes before
  for (size_t from = 0; from < bytes.size(); from += run * value_size) {
    size_t to = 0;
    for (size_t i = 0; i < axis; ++i) to = to * shape[i] + piece.start[i] + index_of[i];
    to = (to * shape[axis] + piece.start[axis]) * stride;
    convert(dtype, bytes.data() + from, run, swap, table_->data() + to);
    for (size_t i = axis; i-- > 0 && ++index_of[i] == piece.extent[i];) index_of[i] = 0;
  }
  return {};
}

Result<std::shared_ptr<const EmbeddingTable>> TensorReader::finish() {
  for (size_t i = 0; i < done_.size(); ++i)
    if (!done_[i]) return error(ErrorCode::InvalidCheckpoint, join("tensor ", entry_->name, ": piece ", static_cast<uint64_t>(i), " was not read"));
  if (!table_) return error(ErrorCode::InvalidCheckpoint, join("tensor ", entry_->name, " was handed out before"));
  return std::shared_ptr<const EmbeddingTable>(std::move(table_));
}

}  // namespace fcol
