#include "checkpoint/string_tensor.hpp"

#include "base/crc32c.hpp"
#include "base/wire_reader.hpp"
#include "checkpoint/slice_cover.hpp"

namespace fcol {
namespace {

Failure problem(ErrorCode code, const TensorEntry& entry, std::string_view what) {
  return error(code, "string tensor {}: {}; fetch the checkpoint's data file again", entry.name, what);
}

}  // namespace

Result<std::vector<std::string_view>> readStrings(const TensorEntry& entry, Bytes bytes) {
  if (entry.dtype != static_cast<int>(TensorDType::String))
    return error(ErrorCode::DtypeMismatch, "tensor_name = {}; expected dtype string does not equal original dtype {}", entry.name,
                 tensorDTypeName(entry.dtype));
  if (entry.pieces.size() != 1 || !entry.pieces[0].start.empty())
    return error(ErrorCode::Unsupported, "string tensor {} is partitioned", entry.name);
  if (bytes.size() != entry.pieces[0].size) return problem(ErrorCode::ShapeMismatch, entry, "it does not have the size that the index says");
  const auto count = elementsOf(entry.shape);
  if (!count || *count > bytes.size()) return problem(ErrorCode::InvalidCheckpoint, entry, "it has fewer bytes than strings");
  WireReader in(bytes);
  std::vector<std::string_view> strings;
  strings.reserve(*count);
  uint32_t crc = 0;
  uint64_t total = 0;
  for (uint64_t i = 0; i < *count; ++i) {
    uint64_t length;
    if (!in.varint(length) || length > bytes.size() - total) return problem(ErrorCode::InvalidCheckpoint, entry, "its lengths are broken");
    // The checksum is of the lengths as little-endian words: of 4 bytes, of 8 where they need it.
    const size_t word = length > UINT32_MAX ? 8 : 4;
    crc = crc32c({reinterpret_cast<const uint8_t*>(&length), word}, crc);
    total += length;
    strings.push_back({static_cast<const char*>(nullptr), static_cast<size_t>(length)});
  }
  uint32_t stored;
  const Bytes checksum(in.at(), in.left() < 4 ? 0 : 4);
  if (!in.fixed32(stored) || total != in.left()) return problem(ErrorCode::InvalidCheckpoint, entry, "its lengths do not add up to its size");
  if (maskCrc32c(crc) != stored) return problem(ErrorCode::ChecksumMismatch, entry, "its lengths do not match their checksum");
  if (maskCrc32c(crc32c(in.rest(), crc32c(checksum, crc))) != entry.pieces[0].masked_crc)
    return problem(ErrorCode::ChecksumMismatch, entry, "it does not match its checksum");
  const char* at = reinterpret_cast<const char*>(in.at());
  for (auto& each : strings) {
    each = {at, each.size()};
    at += each.size();
  }
  return strings;
}

Result<std::vector<uint8_t>> readStringTensor(const TensorEntry& entry, Bytes bytes) {
  FCOL_ASSIGN(strings, readStrings(entry, bytes));
  std::vector<uint8_t> all;
  for (const auto each : strings) all.insert(all.end(), each.begin(), each.end());
  return all;
}

}  // namespace fcol
