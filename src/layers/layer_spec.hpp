// Reading the fields of a layer's spec.
#pragma once

#include <initializer_list>

#include "columns/from_spec.hpp"

namespace fcol {

// Errors: InvalidSpec for a member that is none of `known`, naming it and them.
Result<void> checkMembers(const Json& spec, std::string_view what, std::span<const std::string_view> known);
inline Result<void> checkMembers(const Json& spec, std::string_view what, std::initializer_list<std::string_view> known) {
  return checkMembers(spec, what, std::span(known.begin(), known.size()));
}
// A whole number of at least 1 below 2^32; `fallback` where it is absent or null. Errors: InvalidDefinition.
Result<uint32_t> wholeNumber(const Json& spec, std::string_view field, uint32_t fallback);
// The table of a handle, as float32. Errors: InvalidSpec, OutOfMemory.
Result<std::shared_ptr<const EmbeddingTable>> tableOf(const Json& handle, std::string_view what, const Resources& resources);

}  // namespace fcol
