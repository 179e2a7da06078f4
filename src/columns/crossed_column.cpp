#include "columns/crossed_column.hpp"

#include <algorithm>
#include <numeric>

#include "base/room.hpp"
#include "columns/column_maker.hpp"
#include "columns/coverage.hpp"
#include "columns/explain.hpp"
#include "columns/integer_values.hpp"
#include "columns/missing.hpp"
#include "columns/name_order.hpp"
#include "columns/raw_value.hpp"
#include "text/fingerprint64.hpp"

namespace fcol {
namespace {

constexpr uint64_t kDefaultHashKey = 0xDECAFCAFFE;

// A float as SparseCross takes it: cast to int64, towards zero; what does not fit is what x86 makes of it.
int64_t truncate(double value) {
  return value >= -9223372036854775808.0 && value < 9223372036854775808.0 ? static_cast<int64_t>(value) : INT64_MIN;
}

// An integer stays exact; only a fraction makes TensorFlow's tensor a float one, of float32 under Keras.
int64_t truncateNumber(double value, bool autocast) {
  if (isExactInteger(value)) return static_cast<int64_t>(value);
  return truncate(autocast ? static_cast<double>(static_cast<float>(value)) : value);
}

}  // namespace

void CrossedColumn::parseSpec(ParseSpec& features) const {
  for (const auto& leaf : leaves_) {
    if (leaf.column) leaf.column->parseSpec(features);
    else features.varLen(leaf.name, DType::String);
  }
}

Result<void> CrossedColumn::readRaw(const CrossLeaf& leaf, const Feature& feature, bool autocast, Scratch& scratch, IdBatch& out) const {
  const auto refuse = [&](ErrorCode code, std::string_view message) { return columnError(code, name(), "key {}: {}", quoted(leaf.name), message); };
  if (feature.rank > 2)
    return refuse(ErrorCode::ShapeMismatch, format("Dense inputs should be a matrix but received rank {}; give flat arrays", feature.rank));
  out.clear();
  if (feature.absent) {  // among rows that have a value each would be the cell that TensorFlow fills in; so it is alone
    const int64_t missing = feature.dtype == DType::String ? static_cast<int64_t>(fingerprint64({})) : -1;
    out.rows = feature.rows;
    out.width = 1;
    FCOL_TRY(makeRoom(out.ids, feature.rows));
    FCOL_TRY(makeRoom(out.row_splits, uint64_t{feature.rows} + 1));
    std::fill(out.ids.begin(), out.ids.end(), missing);
    std::iota(out.row_splits.begin(), out.row_splits.end(), 0u);
    return {};
  }
  FCOL_TRY(makeRoom(out.ids, feature.count));
  auto* fingerprints = out.ids.data();
  const auto take = [&](auto values, auto convert) {
    for (uint32_t i = 0; i < feature.count; ++i) fingerprints[i] = convert(values[i]);
  };
  switch (feature.dtype) {
    case DType::String:
      if (feature.keys.empty()) {
        take(feature.strings, [](std::string_view text) { return static_cast<int64_t>(fingerprint64(text)); });
      } else {  // an entry is hashed once
        FCOL_TRY(makeRoom(scratch.integers, feature.strings.size()));
        for (size_t i = 0; i < feature.strings.size(); ++i) scratch.integers[i] = static_cast<int64_t>(fingerprint64(feature.strings[i]));
        for (uint32_t i = 0; i < feature.count; ++i) fingerprints[i] = scratch.integers[feature.keys[i]];
      }
      break;
    case DType::Int64: take(feature.as<int64_t>(), [](int64_t value) { return value; }); break;
    case DType::Int32: take(feature.as<int32_t>(), [](int32_t value) { return int64_t{value}; }); break;
    case DType::Float32: take(feature.as<float>(), [](float value) { return truncate(value); }); break;
    case DType::Float64:
      take(feature.as<double>(), [=](double value) { return truncate(autocast ? static_cast<double>(static_cast<float>(value)) : value); });
      break;
    default: take(feature.as<double>(), [=](double value) { return truncateNumber(value, autocast); });
  }
  if (feature.dtype == DType::Number && !feature.sparse) {  // null numbers are stored as 0, and stand for a missing integer
    for (uint32_t i = 0; i < feature.nulls.size(); ++i)
      if (feature.nulls[i]) fingerprints[i] = -1;
  }
  FCOL_ASSIGN(missing, findMissing(feature, MissingRule::Cells, scratch.missing));
  return takeShape(feature, missing, out);
}

Result<void> CrossedColumn::readInputs(Transformation& features, std::vector<const IdBatch*>& inputs, std::vector<const CrossLeaf*>* order) const {
  // Ids first: making them may use the scratch memory that raw keys stay in.
  for (const auto& leaf : leaves_)
    if (leaf.column) FCOL_TRY(features.ids(*leaf.column->categorical()));
  Scratch& scratch = features.scratch();
  if (scratch.crossed.size() < leaves_.size()) scratch.crossed.resize(leaves_.size());
  inputs.clear();
  for (const bool sparse : {true, false}) {
    for (size_t i = 0; i < leaves_.size(); ++i) {
      const CrossLeaf& leaf = leaves_[i];
      if (leaf.column) {
        if (sparse) {
          inputs.push_back(*features.ids(*leaf.column->categorical()));
          if (order) order->push_back(&leaf);
        }
        continue;
      }
      FCOL_ASSIGN(feature, features.feature(leaf.input));
      if (feature->sparse != sparse) continue;
      FCOL_TRY(readRaw(leaf, *feature, features.autocast(), scratch, scratch.crossed[i]));
      inputs.push_back(&scratch.crossed[i]);
      if (order) order->push_back(&leaf);
    }
  }
  for (const IdBatch* input : inputs) {
    if (input->rank > 2) return columnError(ErrorCode::ShapeMismatch, name(), "ids of rank {} cannot be crossed; give flat arrays", input->rank);
    if (input->moved) return columnError(ErrorCode::InvalidBatch, name(), "indices are out of order: a cross needs sparse tensors whose rows are in order");
  }
  return {};
}

Result<void> CrossedColumn::countCrosses(Inputs inputs, IdBatch& out) const {
  FCOL_TRY(makeRoom(out.row_splits, uint64_t{out.rows} + 1));
  out.row_splits[0] = 0;
  uint64_t total = 0;
  for (uint32_t row = 0; row < out.rows; ++row) {
    uint64_t crosses = 1;
    bool empty = false;
    for (const IdBatch* input : inputs) {
      const uint64_t size = input->row_splits[row + 1] - input->row_splits[row];
      empty |= size == 0;
      // Past 2^32 the product only has to stay past it; each factor is below 2^32.
      crosses = crosses >= UINT32_MAX && size ? UINT32_MAX : crosses * size;
    }
    if (empty) crosses = 0;
    total += crosses;
    if (crosses >= UINT32_MAX || total >= UINT32_MAX)
      return columnErrorAt(row, ErrorCode::OutOfMemory, name(),
                           "its keys have more than 2^32 combinations in a batch; use shorter lists or smaller batches");
    out.width = std::max(out.width, static_cast<uint32_t>(crosses));
    out.row_splits[row + 1] = static_cast<uint32_t>(total);
  }
  return makeRoom(out.ids, total);
}

// An odometer over the inputs whose last wheel is fastest; hashes[j] is the hash of the values before wheel j.
void CrossedColumn::hashRow(Inputs inputs, uint32_t row, uint64_t* hashes, uint32_t* at, int64_t* out) const {
  const size_t last = inputs.size() - 1;
  const auto buckets = static_cast<uint64_t>(buckets_);
  hashes[0] = hash_key_;
  for (size_t j = 0; j < last; ++j) {
    at[j] = inputs[j]->row_splits[row];
    hashes[j + 1] = fingerprintCat64(hashes[j], static_cast<uint64_t>(inputs[j]->ids[at[j]]));
  }
  const int64_t* fastest = inputs[last]->ids.data();
  const uint32_t begin = inputs[last]->row_splits[row], end = inputs[last]->row_splits[row + 1];
  for (;;) {
    for (uint32_t i = begin; i < end; ++i)
      *out++ = static_cast<int64_t>(fingerprintCat64(hashes[last], static_cast<uint64_t>(fastest[i])) % buckets);
    size_t wheel = last;
    while (wheel > 0 && ++at[wheel - 1] == inputs[wheel - 1]->row_splits[row + 1]) {
      --wheel;
      at[wheel] = inputs[wheel]->row_splits[row];
    }
    if (wheel == 0) return;
    for (size_t j = wheel - 1; j < last; ++j) hashes[j + 1] = fingerprintCat64(hashes[j], static_cast<uint64_t>(inputs[j]->ids[at[j]]));
  }
}

Result<void> CrossedColumn::transform(Transformation& features, IdBatch& out) const {
  auto& inputs = features.scratch().inputs;
  FCOL_TRY(readInputs(features, inputs));
  out.rows = features.rows();
  FCOL_TRY(countCrosses(inputs, out));
  auto& hashes = features.scratch().hashes;
  auto& at = features.scratch().indices;
  FCOL_TRY(makeRoom(hashes, inputs.size()));
  FCOL_TRY(makeRoom(at, inputs.size()));
  for (uint32_t row = 0; row < out.rows; ++row)
    if (out.row_splits[row] < out.row_splits[row + 1]) hashRow(inputs, row, hashes.data(), at.data(), out.ids.data() + out.row_splits[row]);
  return {};
}

Result<void> CrossedColumn::explain(Transformation& features, JsonWriter& json) const {
  FCOL_ASSIGN(ids, features.ids(*this));
  std::vector<const CrossLeaf*> order;
  auto& inputs = features.scratch().inputs;
  FCOL_TRY(readInputs(features, inputs, &order));
  json.key("hashKey").hash(hash_key_).key("modulus").integer(buckets_).key("crosses").open('[');
  for (size_t cross = 0; cross < ids->ids.size(); ++cross) {  // the last key runs fastest
    json.open('{').key("parts").open('[');
    uint64_t hash = hash_key_;
    size_t combinations = ids->ids.size();
    for (const IdBatch* input : inputs) {
      combinations /= input->ids.size();
      const int64_t part = input->ids[cross / combinations % input->ids.size()];
      hash = fingerprintCat64(hash, static_cast<uint64_t>(part));
      json.integer(part);
    }
    json.close(']').key("hash").hash(hash).key("id").integer(ids->ids[cross]).close('}');
  }
  json.close(']').key("keys").open('[');  // in the order in which they are hashed
  for (const CrossLeaf* leaf : order) {
    if (leaf->column) {
      FCOL_TRY(explainColumn(*leaf->column, features, json));
      continue;
    }
    FCOL_ASSIGN(feature, features.feature(leaf->input));
    json.open('{').key("key").text(leaf->name).key("values");
    writeRawValues(*feature, json);
    json.close('}');
  }
  json.close(']');
  return {};
}

Result<void> CrossedColumn::cover(Coverage& coverage) const {
  for (const auto& leaf : leaves_) {
    if (leaf.column) FCOL_TRY(leaf.column->cover(coverage));
    else if (coverage.isNew(type(), leaf.name)) coverage.write(type(), leaf.name, coverage.features().raw(leaf.input), {}, {});
  }
  return {};
}

namespace {

// A key's leaves: itself, or those of a nested cross (whose size and hash_key do not count).
Result<void> addLeaves(const ColumnSpec& spec, const Json& key, ColumnMaker& maker, std::vector<CrossLeaf>& leaves) {
  if (key.isString()) {
    leaves.push_back({key.string(), maker.inputs().slotOf(key.string()), nullptr});
    return {};
  }
  const auto unsupported = [&](const TextPart& given) {
    return spec.invalid("Unsupported key type. All keys must be either string, or categorical column except HashedCategoricalColumn. Given: {}", given);
  };
  if (!key.isObject()) return unsupported(shown(key));
  FCOL_ASSIGN(column, maker.make(key));
  const CategoricalColumn* categorical = column->categorical();
  if (!categorical) return unsupported(column->type());
  if (column->type() == "categorical_column_with_hash_bucket")
    return spec.invalid("categorical_column_with_hash_bucket is not supported for crossing. Hashing before crossing will increase probability of "
                        "collision. Instead, use the feature name as a string. Given: {}", column->name());
  // TensorFlow notices these two only when the column is used.
  if (categorical->isWeighted())
    return spec.invalid("crossed_column does not support weight_tensor, but the given column populates weight_tensor. Given column: {}", column->name());
  if (categorical->isSequence()) return unsupported(format("the sequence column {}; a cross takes ids of rank 2", column->name()));
  if (column->type() != "crossed_column") {
    leaves.push_back({column->name(), 0, column});
    return {};
  }
  const auto& nested = static_cast<const CrossedColumn&>(*column).leaves();
  leaves.insert(leaves.end(), nested.begin(), nested.end());
  return {};
}

}  // namespace

Result<ColumnPointer> makeCrossedColumn(const ColumnSpec& spec, ColumnMaker& maker) {
  FCOL_TRY(spec.checkFields({"keys", "hash_bucket_size", "hash_key"}));
  FCOL_ASSIGN(size, spec.integer("hash_bucket_size"));
  if (!size || *size < 1) return spec.invalid("hash_bucket_size must be > 1. hash_bucket_size: {}", shown(spec["hash_bucket_size"]));
  const Json& keys = spec["keys"];
  if (!keys.isArray() || keys.items().size() < 2) return spec.invalid("keys must be a list with length > 1. Given: {}", shown(keys));
  std::vector<CrossLeaf> leaves;
  for (const Json& key : keys.items()) FCOL_TRY(addLeaves(spec, key, maker, leaves));
  FCOL_ASSIGN(hash_key, spec.integer("hash_key"));
  std::vector<const std::string*> names;
  for (const auto& leaf : leaves) names.push_back(&leaf.name);
  const auto order = orderByName(names);
  std::string name;
  for (size_t i = 0; i < order.size(); ++i) name.append(i ? "_X_" : "").append(*names[order[i]]);
  const uint64_t seed = hash_key.value_or(0) == 0 ? kDefaultHashKey : static_cast<uint64_t>(*hash_key);
  return ColumnPointer(std::make_shared<CrossedColumn>(std::move(name), std::move(leaves), *size, seed, maker.inputs().addCategorical()));
}

}  // namespace fcol
