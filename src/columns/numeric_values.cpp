#include "columns/numeric_values.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <type_traits>

#include "columns/integer_values.hpp"

namespace fcol {
namespace {

using Operation = NumericValues::Operation;
using Step = NumericValues::Step;

constexpr uint32_t kChunk = 256;  // values in hand at a time

struct OperationName {
  std::string_view name;
  Operation operation;
};
constexpr OperationName kOperations[] = {
    {"add", Operation::Add},         {"sub", Operation::Sub},         {"mul", Operation::Mul}, {"div", Operation::Div},
    {"minimum", Operation::Minimum}, {"maximum", Operation::Maximum}, {"log", Operation::Log}, {"log1p", Operation::Log1p},
    {"sqrt", Operation::Sqrt},       {"abs", Operation::Abs},
};

constexpr bool hasOperand(Operation operation) { return operation < Operation::Log; }
constexpr bool takesIntegers(Operation operation) { return hasOperand(operation) || operation == Operation::Abs; }

template <typename T>
void load(const Feature& feature, uint32_t begin, uint32_t count, T* out) {
  const auto copy = [&](auto values) {
    for (uint32_t i = 0; i < count; ++i) out[i] = static_cast<T>(values[begin + i]);
  };
  switch (feature.dtype) {
    case DType::Int64: return copy(feature.as<int64_t>());
    case DType::Int32: return copy(feature.as<int32_t>());
    case DType::Float32: return copy(feature.as<float>());
    default: return copy(feature.as<double>());
  }
}

// One step over numbers of T: float, double, or int64, which stands for int32 too.
template <typename T>
T apply(Operation operation, T x, T operand) {
  if constexpr (std::is_integral_v<T>) {
    // Integers wrap around as in numpy and TensorFlow; unsigned arithmetic does so without undefined behaviour.
    const auto a = static_cast<uint64_t>(x), b = static_cast<uint64_t>(operand);
    switch (operation) {
      case Operation::Add: return static_cast<T>(a + b);
      case Operation::Sub: return static_cast<T>(a - b);
      case Operation::Mul: return static_cast<T>(a * b);
      case Operation::Abs: return static_cast<T>(x < 0 ? 0 - a : a);
      default: break;
    }
  } else {
    switch (operation) {
      case Operation::Add: return x + operand;
      case Operation::Sub: return x - operand;
      case Operation::Mul: return x * operand;
      case Operation::Div: return x / operand;
      case Operation::Log: return std::log(x);
      case Operation::Log1p: return std::log1p(x);
      case Operation::Sqrt: return std::sqrt(x);
      case Operation::Abs: return std::fabs(x);
      default: break;
    }
  }
  // NaN stays, and of two equal zeros the value's own.
  if (operation == Operation::Minimum) return operand < x ? operand : x;
  return operand > x ? operand : x;
}

template <typename T>
void finish(std::span<const Step> steps, T* values, uint32_t count, float* out) {
  for (const Step& step : steps) {
    const T operand = static_cast<T>(step.operand);
    for (uint32_t i = 0; i < count; ++i) values[i] = apply(step.operation, values[i], operand);
  }
  for (uint32_t i = 0; i < count; ++i) out[i] = static_cast<float>(values[i]);
}

// `narrow`: the raw dtype is int32, so that each step wraps around at 32 bits.
void finishIntegers(std::span<const Step> steps, bool narrow, int64_t* values, uint32_t count, float* out) {
  for (size_t k = 0; k < steps.size(); ++k) {
    if (steps[k].operation == Operation::Div) {  // TensorFlow's true division: float64 from here on
      double quotients[kChunk];
      for (uint32_t i = 0; i < count; ++i) quotients[i] = static_cast<double>(values[i]);
      return finish(steps.subspan(k), quotients, count, out);
    }
    const int64_t operand = steps[k].integer.value_or(0);
    for (uint32_t i = 0; i < count; ++i) {
      values[i] = apply(steps[k].operation, values[i], operand);
      if (narrow) values[i] = static_cast<int32_t>(values[i]);
    }
  }
  for (uint32_t i = 0; i < count; ++i) out[i] = static_cast<float>(values[i]);
}

}  // namespace

Result<NumericValues> NumericValues::fromSpec(const ColumnSpec& spec, DType dtype) {
  NumericValues values;
  values.dtype_ = dtype;
  const Json& steps = spec["normalizer_fn"];
  if (steps.isNull()) return values;
  const auto wrong = [&](const Json& what) {
    return spec.invalid("normalizer_fn must be a callable. Given: {}; in a spec it is a list of steps such as [[\"sub\", 3.0], [\"div\", 2.0]] of "
                        "add sub mul div minimum maximum, and [\"log\"] log1p sqrt abs", shown(what));
  };
  if (!steps.isArray()) return wrong(steps);
  for (const Json& step : steps.items()) {
    if (!step.isArray() || step.items().empty() || !step.items()[0].isString()) return wrong(step);
    const auto known = std::find_if(std::begin(kOperations), std::end(kOperations),
                                    [&](const OperationName& each) { return each.name == step.items()[0].string(); });
    if (known == std::end(kOperations)) return wrong(step);
    const bool operand = hasOperand(known->operation);
    if (step.items().size() != (operand ? 2 : 1) || (operand && !step.items()[1].isNumber())) return wrong(step);
    const double number = operand ? step.items()[1].number() : 0;
    auto integer = operand ? step.items()[1].integer() : std::nullopt;
    if (operand && !integer && isExactInteger(number)) integer = static_cast<int64_t>(number);  // 3.0: JavaScript has no other 3
    values.steps_.push_back({known->operation, number, integer});
  }
  return values;
}

DType NumericValues::rawDtype(const Feature& feature, bool autocast) const {
  const DType raw = feature.dtype == DType::Number ? dtype_ : feature.dtype;
  return raw == DType::Float64 && autocast ? DType::Float32 : raw;
}

Result<void> NumericValues::check(const Feature& feature, std::string_view column) const {
  if (feature.dtype == DType::String)
    return about(feature.count > 0 ? feature.text(0).substr(0, 64) : std::string_view(),
                 columnErrorAt(feature.rows > 0 ? 0 : -1, ErrorCode::DtypeMismatch, column, "Cast string to float is not supported: give numbers"));
  for (uint32_t i = 0; i < feature.nulls.size(); ++i) {
    if (feature.nulls[i]) return about("null", columnErrorAt(feature.rowOf(i), ErrorCode::MissingFeature, column, "{}", kNull));
  }
  const DType raw = rawDtype(feature, true);
  if (!isInteger(raw)) return {};
  if (feature.dtype == DType::Number) {
    const auto values = feature.as<double>();
    for (uint32_t i = 0; i < values.size(); ++i) {
      const bool fits = raw == DType::Int64 ? isExactInteger(values[i]) : values[i] >= INT32_MIN && values[i] <= INT32_MAX && isExactInteger(values[i]);
      if (!fits)
        return about(values[i], columnErrorAt(feature.rowOf(i), ErrorCode::DtypeMismatch, column, "{} is not an {}, the dtype of the column",
                                              values[i], dtypeName(raw)));
    }
  }
  return checkSteps(feature, column, raw);
}

Result<void> NumericValues::checkSteps(const Feature& feature, std::string_view column, DType raw) const {
  for (const Step& step : steps_) {
    const bool fits = !hasOperand(step.operation) || (step.integer && (raw == DType::Int64 || *step.integer == static_cast<int32_t>(*step.integer)));
    if (!fits)
      return columnError(ErrorCode::DtypeMismatch, column, "normalizer_fn: Cannot convert {} to EagerTensor of dtype {}; the feature holds integers, "
                                                           "so give floats or use integer operands", step.operand, dtypeName(raw));
    if (!takesIntegers(step.operation))
      return columnError(ErrorCode::DtypeMismatch, column, "normalizer_fn: logarithms and roots take no {} (Value for attr 'T' of {} is not in the "
                                                           "list of allowed values); give floats", dtypeName(feature.dtype), dtypeName(raw));
    if (step.operation == Operation::Div) return {};  // float64 from here on
  }
  return {};
}

void NumericValues::explain(JsonWriter& json) const {
  if (steps_.empty()) return;
  json.key("normalizerFn").open('[');
  for (const Step& step : steps_) {
    json.open('[').text(kOperations[static_cast<size_t>(step.operation)].name);  // listed in the order of Operation
    if (hasOperand(step.operation)) json.float64(step.operand);
    json.close(']');
  }
  json.close(']');
}

void NumericValues::read(const Feature& feature, bool autocast, uint32_t begin, uint32_t count, float* out) const {
  if (areKept(feature)) return void(std::copy_n(feature.as<float>().data() + begin, count, out));
  const DType raw = rawDtype(feature, autocast);
  for (uint32_t done = 0; done < count;) {
    const uint32_t n = std::min(count - done, kChunk);
    if (isInteger(raw)) {
      int64_t values[kChunk];
      load(feature, begin + done, n, values);
      finishIntegers(steps_, raw == DType::Int32, values, n, out + done);
    } else if (raw == DType::Float64) {
      double values[kChunk];
      load(feature, begin + done, n, values);
      finish<double>(steps_, values, n, out + done);
    } else {
      load(feature, begin + done, n, out + done);
      finish<float>(steps_, out + done, n, out + done);
    }
    done += n;
  }
}

}  // namespace fcol
