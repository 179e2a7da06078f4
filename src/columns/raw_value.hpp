// Values of a feature as the caller gave them, for explanations.
#pragma once

#include "base/json_writer.hpp"
#include "batch/feature.hpp"

namespace fcol {

// Value i: text, an integer, a float, or null.
void writeRawValue(const Feature& feature, uint32_t i, JsonWriter& json);

// All values of a feature in their order.
void writeRawValues(const Feature& feature, JsonWriter& json);

}  // namespace fcol
