// categorical_column_with_vocabulary_file and _list: keys to ids, with out-of-vocabulary rules (spec 2.5, 2.6).
// TensorFlow: VocabularyFileCategoricalColumn, VocabularyListCategoricalColumn.
#include "base/inline.hpp"
#include "base/join.hpp"
#include "base/room.hpp"
#include "columns/column_maker.hpp"
#include "columns/coverage.hpp"
#include "columns/integer_values.hpp"
#include "columns/key_column.hpp"
#include "text/fingerprint64.hpp"
#include "text/integer_text.hpp"

namespace fcol {
namespace {

// What becomes of a key that is not in the vocabulary.
struct OutOfVocabulary {
  int64_t default_value = -1;
  int64_t buckets = 0;  // more than 0: vocabulary size + hash modulo buckets; default_value is then -1
};

class VocabularyColumn final : public KeyColumn {
 public:
  VocabularyColumn(std::string_view type, std::string key, DType dtype, std::shared_ptr<const Vocabulary> vocabulary, OutOfVocabulary rule,
                   uint32_t slot, uint32_t input)
      : KeyColumn(std::move(key), dtype, slot, input), type_(type), vocabulary_(std::move(vocabulary)), rule_(rule) {}

  std::string_view type() const override { return type_; }
  int64_t numBuckets() const override { return vocabulary_->size() + rule_.buckets; }

 private:
  Result<void> mapValues(const Feature& feature, Scratch& scratch, Unknown unknown, std::vector<int64_t>& ids) const override {
    FCOL_TRY(checkDtype(feature));
    if (dtype() == DType::String) {
      FCOL_TRY(makeRoom(ids, feature.count));
      vocabulary_->find(feature.strings, ids.data());
      if (unknown == Unknown::Replace) replaceUnknown(ids, [&](size_t i) { return fingerprint64(feature.strings[i]); });
      return {};
    }
    FCOL_ASSIGN(values, integerValues(feature, name(), kIncompatible, scratch.integers));
    FCOL_TRY(makeRoom(ids, values.size()));
    vocabulary_->find(values, ids.data());
    if (unknown == Unknown::Replace) replaceUnknown(ids, [&](size_t i) { return fingerprint64(Int64Text(values[i]).view()); });
    return {};
  }

  void explainValue(const Feature& feature, uint32_t i, int64_t found, JsonWriter& json) const override {
    json.key("found").text(found >= 0 ? "in the vocabulary" : rule_.buckets > 0 ? "out of vocabulary, hashed to a bucket"
                           : rule_.default_value != -1 ? "out of vocabulary, default_value" : "out of vocabulary");
    if (found >= 0 || rule_.buckets == 0) return;
    explainHash(feature, i, json);
    json.key("modulus").integer(rule_.buckets).key("offset").count(vocabulary_->size());
  }

  void coverValue(int64_t found, bool& out_of_vocabulary, bool&) const override { out_of_vocabulary = found < 0; }

  template <typename Hash>
  void replaceUnknown(std::vector<int64_t>& ids, Hash hash) const {
    if (rule_.buckets > 0) {
      const auto buckets = static_cast<uint64_t>(rule_.buckets);
      for (size_t i = 0; i < ids.size(); ++i)
        if (ids[i] < 0) ids[i] = static_cast<int64_t>(hash(i) % buckets) + vocabulary_->size();
    } else if (rule_.default_value != -1) {
      FCOL_PLAIN_LOOP
      for (int64_t& id : ids)
        if (id < 0) id = rule_.default_value;
    }
  }

  std::string_view type_;
  std::shared_ptr<const Vocabulary> vocabulary_;
  OutOfVocabulary rule_;
};

// `default_allowed`: the default that may stand beside OOV buckets, if any.
FCOL_SMALL Result<OutOfVocabulary> readRule(const ColumnSpec& spec, std::optional<int64_t> default_allowed) {
  FCOL_ASSIGN(default_value, spec.integer("default_value"));
  FCOL_ASSIGN(buckets, spec.integer("num_oov_buckets"));
  OutOfVocabulary rule{default_value.value_or(-1), buckets.value_or(0)};
  if (rule.buckets != 0) {
    if (default_value && default_value != default_allowed)
      return spec.invalid("Can't specify both num_oov_buckets and default_value in {}.", spec.label());
    if (rule.buckets < 0) return spec.invalid("Invalid num_oov_buckets {} in {}.", rule.buckets, spec.label());
    // The sum with any vocabulary is an int64; tables of this size do not exist.
    if (rule.buckets > INT64_MAX - UINT32_MAX) return spec.invalid("num_oov_buckets {} is too large", rule.buckets);
  }
  return rule;
}

FCOL_SMALL Failure notStringOrInteger(const ColumnSpec& spec, DType dtype) {
  return spec.invalid("column_name: {} dtype must be string or integer. dtype: {}.", spec.label(), shownDtype(spec["dtype"], dtype));
}

FCOL_SMALL Failure mixedKeys(const ColumnSpec& spec, const Json& key) {
  return spec.invalid("Failed to convert elements of vocabulary_list to Tensor: {} is of another type than the "
                      "first; give strings only or integers only", shown(key));
}

// The list's own dtype as numpy infers it, if it is one that TensorFlow takes.
FCOL_SMALL Result<DType> listDtype(const ColumnSpec& spec) {
  const auto& keys = spec["vocabulary_list"].items();
  bool text = false, integers = false;
  for (const Json& key : keys) {
    if (key.isString()) {
      text = true;
    } else if (key.isNumber() && key.integer()) {
      integers = true;
    } else {
      return spec.invalid("column_name: {} vocabulary dtype must be string or integer. dtype: {}, found {}", spec.label(),
                          key.isBool() ? "<dtype: 'bool'>" : key.isNumber() ? "<dtype: 'float64'>" : "object", shown(key));
    }
    if (text && integers) return mixedKeys(spec, key);
  }
  return text ? DType::String : DType::Int64;
}

FCOL_SMALL Result<std::shared_ptr<const Vocabulary>> listVocabulary(const ColumnSpec& spec, DType dtype) {
  const auto& keys = spec["vocabulary_list"].items();
  const std::string name = joined({"vocabulary_list of ", spec.label()});
  if (dtype == DType::Int64) {
    std::vector<int64_t> integers;
    for (const Json& key : keys) integers.push_back(*key.integer());
    return Vocabulary::fromIntegers(integers, name);
  }
  std::string bytes;
  std::vector<uint32_t> offsets{0};
  for (const Json& key : keys) {
    bytes += key.string();
    if (bytes.size() > UINT32_MAX) return spec.invalid("vocabulary_list is longer than 4 GiB");
    offsets.push_back(static_cast<uint32_t>(bytes.size()));
  }
  return Vocabulary::fromStrings(Utf8Batch{bytes.data(), offsets}, name);
}

}  // namespace

FCOL_SMALL Result<ColumnPointer> makeVocabularyListColumn(const ColumnSpec& spec, ColumnMaker& maker) {
  FCOL_TRY(spec.checkFields({"key", "vocabulary_list", "dtype", "default_value", "num_oov_buckets"}));
  const Json& list = spec["vocabulary_list"];
  if (!list.isArray() || list.items().empty())
    return spec.invalid("vocabulary_list {} must be non-empty, column_name: {}", shown(list), spec.label());
  FCOL_ASSIGN(rule, readRule(spec, -1));
  FCOL_ASSIGN(list_dtype, listDtype(spec));
  const DType dtype = spec.dtype().value_or(list_dtype);
  if (isInteger(dtype) != isInteger(list_dtype))
    return spec.invalid("dtype {} and vocabulary dtype {} do not match, column_name: {}", shownDtype(spec["dtype"], dtype), dtypeText(list_dtype),
                        spec.label());
  if (dtype != DType::String && !isInteger(dtype)) return notStringOrInteger(spec, dtype);
  FCOL_ASSIGN(key, spec.key());
  auto vocabulary = listVocabulary(spec, list_dtype);
  if (!vocabulary) {
    const Error& problem = vocabulary.error();
    if (problem.code != ErrorCode::InvalidVocabulary) return vocabulary.takeFailure();
    return about(problem.value, invalidDefinition(key, "Duplicate keys in vocabulary_list, column_name: {}: {}", key, problem.message));
  }
  const uint32_t input = maker.inputs().slotOf(key);
  return ColumnPointer(std::make_shared<VocabularyColumn>("categorical_column_with_vocabulary_list", std::move(key), dtype, std::move(*vocabulary),
                                                          rule, maker.inputs().addCategorical(), input));
}

FCOL_SMALL Result<ColumnPointer> makeVocabularyFileColumn(const ColumnSpec& spec, ColumnMaker& maker) {
  FCOL_TRY(spec.checkFields({"key", "vocabulary_file", "vocabulary_size", "dtype", "default_value", "num_oov_buckets", "file_format", "vocabulary"}));
  const Json& file = spec["vocabulary_file"];
  if (!file.isString() || file.string().empty()) return spec.invalid("Missing vocabulary_file in {}.", spec.label());
  FCOL_ASSIGN(handle, spec.handle("vocabulary"));
  const auto vocabulary = handle ? maker.resources().vocabulary(*handle) : nullptr;
  FCOL_ASSIGN(size, spec.integer("vocabulary_size"));
  if (!size && !vocabulary)
    return spec.invalid("vocabulary_file in {} does not exist: {} is not loaded", spec.label(), quoted(file.string()));
  if (size ? *size < 1 : vocabulary->size() < 1) return spec.invalid("Invalid vocabulary_size in {}.", spec.label());
  FCOL_ASSIGN(rule, readRule(spec, std::nullopt));
  const DType dtype = spec.dtype().value_or(DType::String);
  if (dtype != DType::String && !isInteger(dtype)) return notStringOrInteger(spec, dtype);
  FCOL_ASSIGN(key, spec.key());
  if (!spec["file_format"].isNull() && !spec["file_format"].isString())
    return spec.invalid("file_format must be 'text' or 'tfrecord_gzip'. Given: {}", shown(spec["file_format"]));
  if (!vocabulary)
    return columnError(ErrorCode::NotFound, key, "{}; No such file or directory: it is not loaded", quoted(file.string()));
  if (size && static_cast<uint64_t>(*size) != vocabulary->size())
    return columnError(ErrorCode::InvalidVocabulary, key, "Invalid vocab_size in {}: expected {} but got {}", file.string(), *size, vocabulary->size());
  if (isInteger(vocabulary->dtype()) != isInteger(dtype))
    return spec.invalid("dtype {} and vocabulary dtype {} do not match, column_name: {}", dtypeText(dtype), dtypeText(vocabulary->dtype()), key);
  const uint32_t input = maker.inputs().slotOf(key);
  return ColumnPointer(std::make_shared<VocabularyColumn>("categorical_column_with_vocabulary_file", std::move(key), dtype, vocabulary, rule,
                                                          maker.inputs().addCategorical(), input));
}

}  // namespace fcol
