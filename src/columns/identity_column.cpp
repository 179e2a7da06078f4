// categorical_column_with_identity: ids as they are (spec 2.4). TensorFlow: IdentityCategoricalColumn.
#include "base/inline.hpp"
#include "base/json_writer.hpp"
#include "base/room.hpp"
#include "columns/column_maker.hpp"
#include "columns/integer_values.hpp"
#include "columns/key_column.hpp"

namespace fcol {
namespace {

class IdentityColumn final : public KeyColumn {
 public:
  IdentityColumn(std::string key, int64_t num_buckets, std::optional<int64_t> default_value, uint32_t slot, uint32_t input)
      : KeyColumn(std::move(key), DType::Int64, slot, input), num_buckets_(num_buckets), default_value_(default_value) {}

  std::string_view type() const override { return "categorical_column_with_identity"; }
  int64_t numBuckets() const override { return num_buckets_; }

 private:
  Result<void> mapValues(const Feature& feature, Scratch&, Unknown unknown, std::vector<int64_t>& ids) const override {
    constexpr std::string_view phrase = "Invalid input, not integer";
    if (!canBeInteger(feature.dtype))
      return columnError(ErrorCode::DtypeMismatch, name(), "{}. key: {} dtype: {}", phrase, name(), dtypeText(feature.dtype));
    FCOL_ASSIGN(values, integerValues(feature, name(), phrase, ids));
    FCOL_TRY(makeRoom(ids, values.size()));
    const auto limit = static_cast<uint64_t>(num_buckets_);
    // Without a default the value stays: the lookup prunes negative ids and refuses those that are too large.
    if (!default_value_ || unknown == Unknown::Keep) {
      if (values.data() != ids.data()) std::copy(values.begin(), values.end(), ids.begin());
      return {};
    }
    const int64_t fallback = *default_value_;
    FCOL_PLAIN_LOOP
    for (size_t i = 0; i < values.size(); ++i) ids[i] = static_cast<uint64_t>(values[i]) < limit ? values[i] : fallback;
    return {};
  }

  bool knows(int64_t id) const { return static_cast<uint64_t>(id) < static_cast<uint64_t>(num_buckets_); }

  void explainValue(const Feature&, uint32_t, int64_t found, JsonWriter& json) const override {
    json.key("found").text(knows(found) ? "in range" : default_value_ ? "out of range, default_value" : "out of range");
    json.key("numBuckets").integer(num_buckets_);
  }

  void coverValue(int64_t found, bool&, bool& out_of_range) const override { out_of_range = !knows(found); }

  int64_t num_buckets_;
  std::optional<int64_t> default_value_;
};

}  // namespace

FCOL_SMALL Result<ColumnPointer> makeIdentityColumn(const ColumnSpec& spec, ColumnMaker& maker) {
  FCOL_TRY(spec.checkFields({"key", "num_buckets", "default_value"}));
  FCOL_ASSIGN(num_buckets, spec.integer("num_buckets"));
  FCOL_ASSIGN(default_value, spec.integer("default_value"));
  if (!num_buckets || *num_buckets < 1)
    return spec.invalid("num_buckets {} < 1, column_name {}", shown(spec["num_buckets"]), spec.label());
  if (default_value && (*default_value < 0 || *default_value >= *num_buckets))
    return spec.invalid("default_value {} not in range [0, {}), column_name {}", *default_value, *num_buckets, spec.label());
  FCOL_ASSIGN(key, spec.key());
  const uint32_t input = maker.inputs().slotOf(key);
  return ColumnPointer(std::make_shared<IdentityColumn>(std::move(key), *num_buckets, default_value, maker.inputs().addCategorical(), input));
}

}  // namespace fcol
