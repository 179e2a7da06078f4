// make_parse_example_spec of a layer: one entry for each of its inputs. Spec 2.11.
#pragma once

#include <span>

#include "columns/column.hpp"

namespace fcol {

using ColumnLists = std::vector<std::span<const ColumnPointer>>;

// Errors: InvalidDefinition if two columns read one feature in two ways, or if an input is made by JavaScript (a normalizer_fn
// that is a function), which bytes never pass.
Result<std::vector<ParsedFeature>> parseSpecOf(std::span<const std::string> inputs, const ColumnLists& lists);

// The dtype of each input's entry; None where columns disagree, and for what is made by JavaScript.
std::vector<DType> parsedDtypesOf(std::span<const std::string> inputs, const ColumnLists& lists);

}  // namespace fcol
