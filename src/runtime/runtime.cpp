#include "runtime/runtime.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>

#include "base/join.hpp"
#include "base/json.hpp"
#include "checkpoint/object_graph.hpp"
#include "checkpoint/string_tensor.hpp"
#include "example/example_batch.hpp"
#include "text/integer_text.hpp"
#include "vocabulary/prebuilt_vocabulary.hpp"

namespace fcol {
namespace {

void appendMember(std::string& json, std::string_view key, std::string_view value) {
  if (json.back() != '{') json += ',';
  appendJsonString(json, key);
  json += ':';
  appendJsonString(json, value);
}

std::string shapeJson(std::span<const uint64_t> shape) {
  std::string json = "[";
  for (const uint64_t size : shape) json.append(json.size() > 1 ? "," : "").append(toText(size));
  return json += ']';
}

std::string pieceJson(const TensorPiece& piece) {
  return joined({"{\"shard\":", toText(piece.shard), ",\"offset\":", toText(piece.offset), ",\"size\":", toText(piece.size), "}"});
}

std::string tensorJson(const TensorEntry& entry) {
  std::string json = joined({"{\"dtype\":\"", tensorDTypeName(entry.dtype), "\",\"shape\":", shapeJson(entry.shape), ",\"pieces\":["});
  for (const auto& piece : entry.pieces) {
    if (json.back() != '[') json += ',';
    json += pieceJson(piece);
  }
  return json += "]}";
}

Failure noSuchHandle(std::string_view what, Handle handle) {
  return error(ErrorCode::Disposed, "there is no {} {}: it was released", what, handle);
}

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

std::string Runtime::takeError() {
  if (!error_) return {};
  const Failure problem = std::move(error_);
  std::string json = "{";
  appendMember(json, "code", errorCodeName(problem->code));
  appendMember(json, "message", problem->message);
  if (!problem->column.empty()) appendMember(json, "column", problem->column);
  if (problem->row >= 0) json.append(",\"row\":").append(toText(problem->row));
  if (!problem->value.empty()) appendMember(json, "value", problem->value);
  return json += '}';
}

uint8_t* Runtime::allocate(size_t bytes) { return static_cast<uint8_t*>(std::malloc(bytes ? bytes : 1)); }

uint8_t* Runtime::reallocate(uint8_t* memory, size_t bytes) { return static_cast<uint8_t*>(std::realloc(memory, bytes ? bytes : 1)); }

void Runtime::free(uint8_t* memory) { std::free(memory); }

// --- objects by handle

bool Runtime::fail(Failure problem) {
  error_ = std::move(problem);
  return false;
}

size_t Runtime::placeOf(Handle handle) const {
  size_t from = 0, to = objects_.size();
  while (from < to) {
    const size_t middle = (from + to) / 2;
    if (objects_[middle]->handle < handle) from = middle + 1;
    else to = middle;
  }
  return from;
}

Runtime::Object* Runtime::objectOf(Handle handle) const {
  const size_t at = placeOf(handle);
  return at < objects_.size() && objects_[at]->handle == handle ? &objects_[at]->object : nullptr;
}

template <typename T>
Handle Runtime::keep(Result<T> result) {
  if (!result) {
    fail(result.takeFailure());
    return 0;
  }
  const Handle handle = next_++;
  objects_.push_back(std::unique_ptr<Held>(new Held{handle, Object(std::in_place_type<T>, std::move(*result))}));
  return handle;
}

template <typename T>
T* Runtime::find(Handle handle, std::string_view what) {
  T* object = std::get_if<T>(objectOf(handle));
  if (!object) fail(noSuchHandle(what, handle));
  return object;
}

std::shared_ptr<const Vocabulary> Runtime::vocabulary(uint32_t handle) const {
  const auto* object = std::get_if<VocabularyPointer>(objectOf(handle));
  return object ? *object : nullptr;
}

std::shared_ptr<const EmbeddingTable> Runtime::table(uint32_t handle) const {
  const Object* held = objectOf(handle);
  if (const auto* object = std::get_if<TablePointer>(held)) return *object;
  const auto* writable = std::get_if<WritableTablePointer>(held);
  return writable ? *writable : nullptr;
}

void Runtime::release(Handle handle) {
  const size_t at = placeOf(handle);
  if (at < objects_.size() && objects_[at]->handle == handle) objects_.erase(objects_.begin() + static_cast<std::ptrdiff_t>(at));
}

// --- vocabularies

namespace {

template <typename Build>
Result<std::shared_ptr<const Vocabulary>> buildVocabulary(Build build, uint8_t* file, size_t bytes, std::string_view dtype_name, double size,
                                                          std::string name) {
  auto buffer = Buffer<uint8_t>::adopt(file, bytes);
  const auto dtype = dtypeFromName(dtype_name);
  if (!dtype || isFloating(*dtype))
    return error(ErrorCode::InvalidDefinition, "{}: dtype must be string or integer. dtype: {}", name, dtype_name);
  std::optional<uint64_t> limit;
  if (size >= 0) {
    if (!(size < 4294967296.0)) return error(ErrorCode::InvalidVocabulary, "{}: Invalid vocabulary_size {}", name, size);
    limit = static_cast<uint64_t>(size);
  }
  return build(std::move(buffer), isInteger(*dtype) ? DType::Int64 : DType::String, limit, std::move(name));
}

}  // namespace

Handle Runtime::vocabularyFromText(uint8_t* file, size_t bytes, std::string dtype, double size, std::string name, EarlyLines* early) {
  const auto build = [&](Buffer<uint8_t> text, DType type, std::optional<uint64_t> lines, std::string called) {
    return Vocabulary::fromText(std::move(text), type, lines, std::move(called), early);
  };
  return keep(buildVocabulary(build, file, bytes, dtype, size, std::move(name)));
}

Handle Runtime::vocabularyFromRecords(uint8_t* file, size_t bytes, std::string dtype, double size, std::string name) {
  return keep(buildVocabulary(Vocabulary::fromRecords, file, bytes, dtype, size, std::move(name)));
}

Handle Runtime::vocabularyFromPrebuilt(uint8_t* file, size_t bytes, std::string dtype, double size, std::string name) {
  return keep(buildVocabulary(Vocabulary::fromPrebuilt, file, bytes, dtype, size, std::move(name)));
}

double Runtime::prebuiltSize(Handle handle) {
  const auto* object = find<VocabularyPointer>(handle, "vocabulary");
  if (!object) return 0;
  auto size = fcol::prebuiltSize(**object);
  if (!size) return fail(size.takeFailure());
  return static_cast<double>(*size);
}

void Runtime::prebuiltWrite(Handle handle, uint8_t* file) {
  if (const auto* object = find<VocabularyPointer>(handle, "vocabulary")) writePrebuilt(**object, file);
}

uint32_t Runtime::vocabularySize(Handle handle) {
  const auto* object = find<VocabularyPointer>(handle, "vocabulary");
  return object ? (*object)->size() : 0;
}

// --- checkpoints

Handle Runtime::checkpointOpen(const uint8_t* index, size_t bytes, std::string name) {
  return keep(Checkpoint::open({index, bytes}, std::move(name)));
}

std::string Runtime::checkpointEntries(Handle handle) {
  const auto* object = find<CheckpointPointer>(handle, "checkpoint");
  if (!object) return {};
  std::string json = joined({"{\"shards\":", toText((*object)->shards()), ",\"tensors\":{"});
  for (const auto& [name, entry] : (*object)->entries()) {
    if (json.back() != '{') json += ',';
    appendJsonString(json, name);
    (json += ':') += tensorJson(entry);
  }
  return json += "}}";
}

std::string Runtime::objectGraphPlan(Handle handle) {
  const auto* object = find<CheckpointPointer>(handle, "checkpoint");
  if (!object) return {};
  auto entry = (*object)->find(kObjectGraphKey);
  if (!entry) return fail(entry.takeFailure()), "";
  if ((*entry)->pieces.size() != 1)
    return fail(error(ErrorCode::InvalidCheckpoint, "{}: {} is no scalar", (*object)->name(), kObjectGraphKey)), "";
  return pieceJson((*entry)->pieces[0]);
}

std::string Runtime::objectGraphRead(Handle handle, const uint8_t* bytes, size_t size) {
  const auto* object = find<CheckpointPointer>(handle, "checkpoint");
  if (!object) return {};
  auto entry = (*object)->find(kObjectGraphKey);
  if (!entry) return fail(entry.takeFailure()), "";
  auto graph = readStringTensor(**entry, {bytes, size});
  if (!graph) return fail(graph.takeFailure()), "";
  auto names = objectGraphNames(*graph);
  if (!names) return fail(names.takeFailure()), "";
  std::string json = "{";
  for (const auto& [name, key] : *names) appendMember(json, name, key);
  return json += '}';
}

Handle Runtime::tensorOpen(Handle handle, std::string tensor) {
  const auto* object = find<CheckpointPointer>(handle, "checkpoint");
  if (!object) return 0;
  auto entry = (*object)->find(tensor);
  if (!entry) return fail(entry.takeFailure());
  return keep(TensorReader::open(*object, **entry));
}

std::string Runtime::tensorPlan(Handle handle) {
  const auto* object = find<TensorPointer>(handle, "tensor");
  if (!object) return {};
  return tensorJson((*object)->entry());
}

uint8_t* Runtime::tensorRoom(Handle handle, uint32_t piece, size_t size) {
  const auto* object = find<TensorPointer>(handle, "tensor");
  if (!object) return nullptr;
  auto room = (*object)->room(piece, size);
  if (!room) return fail(room.takeFailure()), nullptr;
  return *room;
}

bool Runtime::tensorWritten(Handle handle, uint32_t piece, size_t size) {
  const auto* object = find<TensorPointer>(handle, "tensor");
  if (!object) return false;
  auto result = (*object)->written(piece, size);
  return result ? true : fail(result.takeFailure());
}

void Runtime::tensorRewind(Handle handle, uint32_t piece) {
  if (const auto* object = find<TensorPointer>(handle, "tensor")) (*object)->rewind(piece);
}

Handle Runtime::tensorFinish(Handle handle) {
  const auto* object = find<TensorPointer>(handle, "tensor");
  if (!object) return 0;
  const Handle table = keep((*object)->finish());
  release(handle);
  return table;
}

// --- tables

namespace {

// What a table is to be, if that is possible at all.
Result<std::pair<uint64_t, uint64_t>> tableSize(double rows, double dimension, std::string_view name, [[maybe_unused]] uint32_t format) {
  FCOL_ASSERT(format <= static_cast<uint32_t>(TableFormat::Int4));
  const auto fits = [](double size) { return size >= 0 && size < 4294967296.0 && size == static_cast<double>(static_cast<uint64_t>(size)); };
  if (!fits(rows) || !fits(dimension))
    return error(ErrorCode::ShapeMismatch, "table {}: a table of {} rows of {} is not possible", quoted(name), rows, dimension);
  return std::pair(static_cast<uint64_t>(rows), static_cast<uint64_t>(dimension));
}

}  // namespace

Handle Runtime::tableMake(double rows, double dimension, std::string name, uint32_t format) {
  auto size = tableSize(rows, dimension, name, format);
  if (!size) return fail(size.takeFailure());
  return keep(EmbeddingTable::make(size->first, size->second, std::move(name), static_cast<TableFormat>(format)));
}

Handle Runtime::partialTableMake(double rows, double slots, double dimension, std::string name, uint32_t format) {
  auto size = tableSize(rows, dimension, name, format);
  if (!size) return fail(size.takeFailure());
  return keep(EmbeddingTable::makePartial(size->first, static_cast<uint64_t>(slots), size->second, std::move(name), static_cast<TableFormat>(format)));
}

bool Runtime::tableHold(Handle handle, const uint8_t* words, uint32_t count) {
  const auto object = table(handle);
  if (!object) return fail(noSuchHandle("table", handle));
  const auto* ids = reinterpret_cast<const uint32_t*>(words);
  object->hold({ids, count}, {ids + count, count});
  return true;
}

const uint32_t* Runtime::tableMissing(Handle handle) {
  const auto object = table(handle);
  if (!object) return fail(noSuchHandle("table", handle)), nullptr;
  const auto missing = object->missing();
  table_words_[0] = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(missing.data()));
  table_words_[1] = static_cast<uint32_t>(missing.size());
  return table_words_;
}

uint8_t* Runtime::tableData(Handle handle) {
  const auto object = table(handle);
  if (!object) return fail(noSuchHandle("table", handle)), nullptr;
  return const_cast<EmbeddingTable&>(*object).memory();
}

const uint32_t* Runtime::tableShape(Handle handle) {
  const auto object = table(handle);
  if (!object) return fail(noSuchHandle("table", handle)), nullptr;
  table_words_[0] = object->rows();
  table_words_[1] = object->dimension();
  return table_words_;
}

// --- layers

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
    appendMember(json, "name", slice.name);
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
  std::vector<DType> wanted;
  if (auto spec = layer.parseSpec())
    for (const auto& feature : *spec) wanted.push_back(feature.dtype);
  auto rows = parseJsonRows({reinterpret_cast<const char*>(memory), bytes}, layer.inputs(), wanted);
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

const double* Runtime::stats() {
  std::fill(std::begin(stats_), std::end(stats_), 0.0);
  for (const auto& held : objects_) {
    const Object& object = held->object;
    if (const auto* vocabulary = std::get_if<VocabularyPointer>(&object)) {
      ++stats_[0];
      stats_[1] += static_cast<double>((*vocabulary)->bytes());
    } else if (std::holds_alternative<CheckpointPointer>(object)) {
      ++stats_[4];
    } else if (std::holds_alternative<TensorPointer>(object)) {
      ++stats_[5];
    } else if (std::holds_alternative<LayerPointer>(object)) {
      ++stats_[6];
    } else {
      ++stats_[2];
      stats_[3] += static_cast<double>(table(held->handle)->bytes());
    }
  }
  return stats_;
}

}  // namespace fcol
