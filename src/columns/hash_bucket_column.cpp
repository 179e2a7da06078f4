// categorical_column_with_hash_bucket: Fingerprint64 modulo the number of buckets (spec 2.3). TensorFlow: HashedCategoricalColumn.
#include "base/inline.hpp"
#include "base/json_writer.hpp"
#include "base/room.hpp"
#include "columns/column_maker.hpp"
#include "columns/integer_values.hpp"
#include "columns/key_column.hpp"
#include "text/fingerprint64.hpp"
#include "text/integer_text.hpp"

namespace fcol {
namespace {

class HashBucketColumn final : public KeyColumn {
 public:
  HashBucketColumn(std::string key, DType dtype, int64_t buckets, uint32_t slot, uint32_t input)
      : KeyColumn(std::move(key), dtype, slot, input), buckets_(buckets) {}

  std::string_view type() const override { return "categorical_column_with_hash_bucket"; }
  int64_t numBuckets() const override { return buckets_; }

 private:
  Result<void> mapValues(const Feature& feature, Scratch&, Unknown, std::vector<int64_t>& ids) const override {
    FCOL_TRY(checkDtype(feature));
    const auto buckets = static_cast<uint64_t>(buckets_);
    if (dtype() == DType::String) {
      FCOL_TRY(makeRoom(ids, feature.count));
      hashBuckets(feature.strings, buckets, ids.data());
      return {};
    }
    FCOL_ASSIGN(values, integerValues(feature, name(), kIncompatible, ids));
    FCOL_TRY(makeRoom(ids, values.size()));
    // Integers are hashed as decimal text.
    for (size_t i = 0; i < values.size(); ++i) ids[i] = static_cast<int64_t>(fingerprint64(Int64Text(values[i]).view()) % buckets);
    return {};
  }

  void explainValue(const Feature& feature, uint32_t i, int64_t, JsonWriter& json) const override {
    explainHash(feature, i, json);
    json.key("modulus").integer(buckets_);
  }

  void coverValue(int64_t, bool&, bool&) const override {}  // every value has a bucket

  int64_t buckets_;
};

}  // namespace

FCOL_SMALL Result<ColumnPointer> makeHashBucketColumn(const ColumnSpec& spec, ColumnMaker& maker) {
  FCOL_TRY(spec.checkFields({"key", "hash_bucket_size", "dtype"}));
  FCOL_ASSIGN(size, spec.integer("hash_bucket_size"));
  if (!size) return spec.invalid("hash_bucket_size must be set. key: {}", spec.label());
  if (*size < 1) return spec.invalid("hash_bucket_size must be at least 1. hash_bucket_size: {}, key: {}", *size, spec.label());
  FCOL_ASSIGN(key, spec.key());
  const DType dtype = spec.dtype().value_or(DType::String);
  if (dtype != DType::String && !isInteger(dtype))
    return spec.invalid("column_name: {} dtype must be string or integer. dtype: {}.", key, shownDtype(spec["dtype"], dtype));
  const uint32_t input = maker.inputs().slotOf(key);
  return ColumnPointer(std::make_shared<HashBucketColumn>(std::move(key), dtype, *size, maker.inputs().addCategorical(), input));
}

}  // namespace fcol
