#include "checkpoint/snappy.hpp"

#include <cstring>

#include "base/wire_reader.hpp"

namespace fcol {
namespace {

Failure broken() { return error(ErrorCode::InvalidCheckpoint, "a block of the checkpoint index is not valid Snappy data; fetch the file again"); }

// `count` bytes, little-endian: lengths and offsets behind a tag.
bool readLittle(WireReader& in, uint32_t count, uint32_t& value) {
  if (in.left() < count) return false;
  value = 0;
  for (uint32_t i = 0; i < count; ++i) value |= static_cast<uint32_t>(in.at()[i]) << 8 * i;
  return in.skipBytes(count);
}

}  // namespace

Result<Buffer<uint8_t>> unpackSnappy(Bytes packed) {
  WireReader in(packed);
  uint64_t size;
  // A copy makes at most 64 bytes from 3, so a larger claim is a lie; refused before memory is taken for it.
  if (!in.varint(size) || size > uint64_t{22} * packed.size()) return broken();
  FCOL_ASSIGN(out, Buffer<uint8_t>::make(size));
  size_t made = 0;
  while (!in.done()) {
    const uint32_t tag = *in.at();
    in.skipBytes(1);
    uint32_t length = (tag >> 2) + 1;
    if ((tag & 3) == 0) {  // literal; 60 to 63: the length minus one follows in 1 to 4 bytes
      if (tag >> 2 >= 60) {
        if (!readLittle(in, (tag >> 2) - 59, length) || length == UINT32_MAX) return broken();
        ++length;
      }
      if (length > in.left() || length > size - made) return broken();
      std::memcpy(out.data() + made, in.at(), length);
      in.skipBytes(length);
    } else {  // a copy from what was made before; it may overlap itself
      uint32_t offset;
      if (!readLittle(in, (tag & 3) == 3 ? 4 : tag & 3, offset)) return broken();
      if ((tag & 3) == 1) {
        length = (tag >> 2 & 7) + 4;
        offset |= tag >> 5 << 8;
      }
      if (offset == 0 || offset > made || length > size - made) return broken();
      for (uint32_t i = 0; i < length; ++i) out[made + i] = out[made + i - offset];
    }
    made += length;
  }
  if (made != size) return broken();
  return std::move(out);
}

}  // namespace fcol
