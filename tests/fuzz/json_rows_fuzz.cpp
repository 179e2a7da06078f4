// Any text as rows of JSON. Each row must mean in a batch what it means alone: the same number of values.
#include <string>

#include "example/example_batch.hpp"
#include "feature_check.hpp"

using namespace fcol;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::vector<std::string> keys{"a", "b", ""};
  for (const DType wanted : {DType::None, DType::String, DType::Int64, DType::Float32}) {
    const std::vector<DType> dtypes(keys.size(), wanted);
    const auto batch = parseJsonRows(text, keys, dtypes);
    if (!batch) {
      fuzz::require(batch.error().code != ErrorCode::Internal && !batch.error().message.empty());
      continue;
    }
    const auto& all = (*batch)->batch();
    for (const auto& feature : all.features) fuzz::checkFeature(feature, all.rows);
    // A line of its own is accepted if the whole was, unless it alone makes another feature of integers.
    const size_t end = text.find('\n');
    if (wanted != DType::Float32 || end == std::string::npos) continue;
    const auto first = parseJsonRows(std::string_view(text).substr(0, end), keys, dtypes);
    fuzz::require(first.ok());
    for (size_t i = 0; i < keys.size() && (*first)->batch().rows == 1; ++i) {
      const auto& alone = (*first)->batch().features[i];
      const auto& among = all.features[i];
      if (alone.dtype == DType::None) continue;
      fuzz::require(alone.count == among.firstOf(1) - among.firstOf(0) || (among.rank == 1 && alone.count <= 1));
    }
  }
  return 0;
}
