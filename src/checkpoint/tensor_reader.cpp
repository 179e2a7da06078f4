#include <algorithm>
#include <cstring>

#include "base/bits.hpp"
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
      for (size_t i = 0; i < count; ++i) to[i] = halfToFloat(load<uint16_t>(from + i * 2, swap));
      return;
    case TensorDType::BFloat16:
      for (size_t i = 0; i < count; ++i) to[i] = bitCast<float>(static_cast<uint32_t>(load<uint16_t>(from + i * 2, swap)) << 16);
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

Result<std::unique_ptr<TensorReader>> TensorReader::open(std::shared_ptr<const Checkpoint> checkpoint, const TensorEntry& entry, bool cast) {
  const auto dtype = static_cast<TensorDType>(entry.dtype);
  if (entry.dtype > UINT8_MAX || !(cast ? isReal(dtype) : isExact(dtype))) {
    const auto name = tensorDTypeName(entry.dtype);
    const std::string unknown = name.empty() ? format("number {}", entry.dtype) : "";
    const char* const remedy = entry.dtype <= UINT8_MAX && isReal(dtype) ? "save the variable as float32, or have it rounded: cast: true in a column's table or readTensor, --cast of convert"
                                                                         : "only floats, integers and bool can be a table";
    return error(ErrorCode::DtypeMismatch, "tensor_name = {}; expected dtype float does not equal original dtype {}{}; {}", entry.name, name, unknown, remedy);
  }
  const auto& shape = entry.shape;
  const uint64_t dimension = shape.empty() ? 1 : shape.back();
  const auto rows = shape.size() < 2 ? 1 : elementsOf({shape.begin(), shape.end() - 1});
  if (!rows) return error(ErrorCode::ShapeMismatch, "tensor {} has more rows than a table can have", entry.name);
  FCOL_ASSIGN(table, EmbeddingTable::make(*rows, dimension, entry.name));
  std::unique_ptr<TensorReader> reader(new TensorReader);
  reader->checkpoint_ = std::move(checkpoint);
  reader->entry_ = &entry;
  reader->table_ = std::move(table);
  reader->pieces_.resize(entry.pieces.size());
  return reader;
}

Result<void> TensorReader::check(size_t index, size_t size) const {
  if (index >= entry_->pieces.size())
    return error(ErrorCode::InvalidArgument, "tensor {} has no piece {}", entry_->name, index);
  FCOL_ASSERT(size <= kMostAtOnce);
  const auto& piece = entry_->pieces[index];
  if (size > piece.size - pieces_[index].at)
    return error(ErrorCode::ShapeMismatch, "tensor {}: more than the {} bytes of shard {} from byte {} on", entry_->name, piece.size, piece.shard,
                 piece.offset);
  return {};
}

bool TensorReader::storedAsItComes(const TensorPiece& piece) const {
  if (static_cast<TensorDType>(entry_->dtype) != TensorDType::Float || checkpoint_->bigEndian()) return false;
  for (size_t axis = 1; axis < piece.start.size(); ++axis)
    if (piece.extent[axis] != entry_->shape[axis]) return false;
  return true;
}

// The place in the tensor of the first value of a piece that is stored as it comes: slices of these differ along the first axis.
size_t TensorReader::firstValue(const TensorPiece& piece) const {
  if (piece.start.empty()) return 0;
  size_t first = static_cast<size_t>(piece.start[0]);
  for (size_t axis = 1; axis < entry_->shape.size(); ++axis) first *= static_cast<size_t>(entry_->shape[axis]);
  return first;
}

Result<uint8_t*> TensorReader::room(size_t index, size_t size) {
  FCOL_TRY(check(index, size));
  const auto& piece = entry_->pieces[index];
  const size_t at = static_cast<size_t>(pieces_[index].at);
  if (storedAsItComes(piece)) return table_->memory() + firstValue(piece) * sizeof(float) + at;
  if (scratch_.size() == 0) {
    FCOL_ASSIGN(scratch, Buffer<uint8_t>::make(kLargestValue + kMostAtOnce));
    scratch_ = std::move(scratch);
  }
  return scratch_.data() + at % tensorDTypeSize(entry_->dtype);
}

Result<void> TensorReader::written(size_t index, size_t size) {
  FCOL_ASSIGN(bytes, room(index, size));
  const auto& piece = entry_->pieces[index];
  auto& progress = pieces_[index];
  progress.crc = crc32c({bytes, size}, progress.crc);
  if (!storedAsItComes(piece)) {
    const size_t value_size = tensorDTypeSize(entry_->dtype), before = progress.at % value_size, count = (before + size) / value_size;
    std::memcpy(scratch_.data(), progress.rest, before);
    place(piece, progress.at / value_size, scratch_.data(), count);
    std::memcpy(progress.rest, scratch_.data() + count * value_size, (before + size) % value_size);
  }
  progress.at += size;
  if (progress.at < piece.size) return {};
  progress.whole = maskCrc32c(progress.crc) == piece.masked_crc;
  if (progress.whole) return {};
  return error(ErrorCode::ChecksumMismatch, "tensor {}: the {} bytes from byte {} of shard {} do not match their checksum; fetch the data file again",
               entry_->name, piece.size, piece.offset, piece.shard);
}

void TensorReader::rewind(size_t index) {
  if (index < pieces_.size()) pieces_[index] = {};
}

Result<void> TensorReader::piece(size_t index, Bytes bytes) {
  FCOL_TRY(check(index, 0));
  const auto& piece = entry_->pieces[index];
  if (bytes.size() != piece.size)
    return error(ErrorCode::ShapeMismatch, "tensor {}: {} bytes of shard {} instead of {} from byte {} on; the data file is cut off or another one",
                 entry_->name, bytes.size(), piece.shard, piece.size, piece.offset);
  rewind(index);
  do {
    const size_t size = std::min(bytes.size(), kMostAtOnce);
    FCOL_ASSIGN(to, room(index, size));
    if (size > 0) std::memcpy(to, bytes.data(), size);
    FCOL_TRY(written(index, size));
    bytes = bytes.subspan(size);
  } while (!bytes.empty());
  return {};
}

// Stores `count` values of a piece from its `first` on.
void TensorReader::place(const TensorPiece& piece, uint64_t first, const uint8_t* values, size_t count) {
  const auto dtype = static_cast<TensorDType>(entry_->dtype);
  const bool swap = checkpoint_->bigEndian();
  if (piece.start.empty()) return convert(dtype, values, count, swap, table_->data() + first);
  // From the axis on behind which the slice is whole, its values lie together in the tensor too.
  const auto& shape = entry_->shape;
  size_t axis = shape.size() - 1;
  while (axis > 0 && piece.extent[axis] == shape[axis]) --axis;
  uint64_t stride = 1;
  for (size_t i = axis + 1; i < shape.size(); ++i) stride *= shape[i];
  const uint64_t run = piece.extent[axis] * stride;
  while (count > 0) {
    const uint64_t in_run = first % run;
    uint64_t to = 0, scale = 1, index = first / run;  // of the run, counted over the axes before
    for (size_t i = axis; i-- > 0; index /= piece.extent[i], scale *= shape[i]) to += (piece.start[i] + index % piece.extent[i]) * scale;
    to = (to * shape[axis] + piece.start[axis]) * stride + in_run;
    const auto together = static_cast<size_t>(std::min<uint64_t>(count, run - in_run));
    convert(dtype, values, together, swap, table_->data() + to);
    values += together * tensorDTypeSize(entry_->dtype);
    count -= together;
    first += together;
  }
}

Result<std::shared_ptr<const EmbeddingTable>> TensorReader::finish() {
  for (size_t i = 0; i < pieces_.size(); ++i)
    if (!pieces_[i].whole) return error(ErrorCode::InvalidCheckpoint, "tensor {}: piece {} was not read", entry_->name, i);
  if (!table_) return error(ErrorCode::InvalidCheckpoint, "tensor {} was handed out before", entry_->name);
  return std::shared_ptr<const EmbeddingTable>(std::move(table_));
}

}  // namespace fcol
