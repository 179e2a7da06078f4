// Layers of a runtime: made of a spec, run over packed batches, tf.Examples and NDJSON, explained.
#include "base/json.hpp"
#include "example/example_batch.hpp"
#include "runtime/objects.hpp"

namespace fcol {
namespace {

// Examples as JavaScript packs them: u32 count, u32 offsets[count + 1], bytes.
Result<Utf8Batch> packedStrings(const uint8_t* packed, size_t bytes) {
  const auto broken = [] { return error(ErrorCode::InvalidBatch, "packed examples: the offsets do not fit the bytes"); };
  if (bytes < 8) return broken();
  const auto* words = reinterpret_cast<const uint32_t*>(packed);
  const uint64_t header = (uint64_t{words[0]} + 2) * 4;
  if (header > bytes) return broken();
  const std::span offsets{words + 1, size_t{words[0]} + 1};
  if (offsets[0] != 0 || offsets.back() > bytes - header) return broken();
  for (size_t i = 1; i < offsets.size(); ++i)
    if (offsets[i] < offsets[i - 1]) return broken();
  return Utf8Batch{reinterpret_cast<const char*>(packed + header), offsets};
}

}  // namespace

Handle Runtime::layerMake(std::string_view json, std::string_view bits) {
  auto spec = Json::parse(json, bits);
  return spec ? keep(layerFromSpec(*spec, *this)) : keep(Result<LayerPointer>(spec.takeFailure()));
}

std::string Runtime::layerDescribe(Handle handle) {
  const auto* object = find<LayerPointer>(handle, "layer");
  if (!object) return {};
  const Layer& layer = **object;
  std::string json = "{\"inputs\":[";
  for (const auto& key : layer.inputs()) {
    if (json.back() != '[') json += ',';
    appendJsonString(json, key);
  }
  json.append("],\"width\":").append(toText(layer.width())).append(",\"columns\":[");
  for (const auto& slice : layer.slices()) {
    if (json.back() != '[') json += ',';
    json += '{';
    appendJsonMember(json, "name", slice.name);
    json.append(",\"offset\":").append(toText(slice.offset)).append(",\"width\":").append(toText(slice.width)).append("}");
  }
  json += "],\"dtypes\":[";
  for (const DType dtype : layer.dtypes()) json.append(json.back() == '[' ? "" : ",").append(1, static_cast<char>('0' + static_cast<int>(dtype)));
  return json += "]}";
}

// Calls use(layer, batch) -> Result<void> with a packed batch, or with rows of NDJSON.
template <typename Use>
bool Runtime::withBatch(Handle handle, const uint8_t* memory, size_t bytes, bool ndjson, Use use) {
  const auto* object = find<LayerPointer>(handle, "layer");
  if (!object) return false;
  const Layer& layer = **object;
  if (!ndjson) {
    auto read = readPackedBatch({memory, bytes}, layer.inputs(), batch_);
    if (!read) return fail(read.takeFailure());
    auto used = use(layer, batch_);
    return used ? true : fail(used.takeFailure());
  }
  // Text does not say the dtype of its numbers, nor of a feature without any value: the columns do.
  auto rows = parseJsonRows({reinterpret_cast<const char*>(memory), bytes}, layer.inputs(), layer.dtypes());
  if (!rows) return fail(rows.takeFailure());
  auto used = use(layer, (*rows)->batch());
  return used ? true : fail(used.takeFailure());
}

bool Runtime::layerRun(Handle handle, const uint8_t* packed, size_t bytes) {
  return withBatch(handle, packed, bytes, false, [&](const Layer& layer, const FeatureBatch& batch) { return layer.run(batch, outputs_); });
}

bool Runtime::layerRunRows(Handle handle, const uint8_t* lines, size_t bytes) {
  return withBatch(handle, lines, bytes, true, [&](const Layer& layer, const FeatureBatch& batch) { return layer.run(batch, outputs_); });
}

std::string Runtime::layerExplain(Handle handle, const uint8_t* packed, size_t bytes, bool ndjson) {
  JsonWriter json;
  json.open('{');
  const bool done = withBatch(handle, packed, bytes, ndjson, [&](const Layer& layer, const FeatureBatch& batch) -> Result<void> {
    if (batch.rows != 1) return error(ErrorCode::InvalidRow, "one row can be explained at a time, not {}", batch.rows);
    return layer.explain(batch, json);
  });
  return done ? json.close('}').take() : std::string();
}

std::string Runtime::layerCoverage(Handle handle, const uint8_t* packed, size_t bytes, bool ndjson, uint32_t top) {
  JsonWriter json;
  const bool done = withBatch(handle, packed, bytes, ndjson, [&](const Layer& layer, const FeatureBatch& batch) {
    json.open('{').key("rows").count(batch.rows).key("columns");
    return layer.cover(batch, top, json);
  });
  return done ? json.close('}').take() : std::string();
}

bool Runtime::layerRunExamples(Handle handle, const uint8_t* packed, size_t bytes, bool sequence_examples) {
  const auto* object = find<LayerPointer>(handle, "layer");
  if (!object) return false;
  auto examples = packedStrings(packed, bytes);
  if (!examples) return fail(examples.takeFailure());
  auto spec = (*object)->parseSpec();
  if (!spec) return fail(spec.takeFailure());
  auto batch = sequence_examples ? parseSequenceExamples(*examples, *spec) : parseExamples(*examples, *spec);
  if (!batch) return fail(batch.takeFailure());
  auto done = (*object)->run((*batch)->batch(), outputs_);
  return done ? true : fail(done.takeFailure());
}

const uint32_t* Runtime::output() const {
  constexpr size_t kWords = 6;  // of a tensor
  output_words_.resize(1 + kWords * outputs_.size());
  uint32_t* words = output_words_.data();
  *words++ = static_cast<uint32_t>(outputs_.size());
  for (const auto& tensor : outputs_) {
    const void* data = tensor.integer ? static_cast<const void*>(tensor.ints.data()) : tensor.floats.data();
    *words++ = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(data));
    *words++ = tensor.integer;
    *words++ = tensor.shape.rank();
    for (size_t axis = 0; axis < 3; ++axis) *words++ = tensor.shape[axis];
  }
  return output_words_.data();
}

}  // namespace fcol
