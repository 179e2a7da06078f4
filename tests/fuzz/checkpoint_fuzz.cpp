// An index of any bytes: opened or refused; every tensor in it read from data of any bytes.
#include <algorithm>

#include "base/crc32c.hpp"
#include "checkpoint/checkpoint.hpp"
#include "checkpoint/object_graph.hpp"
#include "checkpoint/ordered_code.hpp"
#include "checkpoint/snappy.hpp"
#include "checkpoint/string_tensor.hpp"
#include "repair.hpp"

using namespace fcol;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::vector<uint8_t> index = fuzz::withTableChecksums(data, size);
  for (const Bytes bytes : {Bytes(data, size), Bytes(index)}) {
    const auto checkpoint = Checkpoint::open(bytes, "model.ckpt");
    if (!checkpoint) continue;
    for (const auto& [name, entry] : (*checkpoint)->entries()) {
      if (!(*checkpoint)->find(name)) std::abort();
      uint64_t total = 0;
      for (const auto& piece : entry.pieces) total = std::max(total, piece.size);
      if (total > 1 << 16) continue;
      const std::vector<uint8_t> zeros(total);
      auto reader = TensorReader::open(*checkpoint, entry, true);
      if (reader) {
        for (size_t i = 0; i < entry.pieces.size(); ++i) (void)(*reader)->piece(i, Bytes(zeros).first(entry.pieces[i].size)).ok();
        (void)(*reader)->finish().ok();
      }
      if (!entry.pieces.empty()) (void)readStrings(entry, Bytes(zeros).first(entry.pieces[0].size)).ok();
    }
  }
  (void)objectGraphNames({data, size}).ok();
  (void)unpackSnappy({data, size}).ok();
  (void)readSliceKey({reinterpret_cast<const char*>(data), size}).has_value();
  TensorEntry strings{"s", 7, {size % 5}, {{0, 0, size, maskedCrc32c({data, size}), {}, {}}}};
  (void)readStrings(strings, {data, size}).ok();
  return 0;
}
