// Sorting by name. One function for all lists that need it: each instance of std::sort weighs kilobytes in wasm.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace fcol {

// The places of the names in their order by bytes, which for UTF-8 is Python's order by code points; equal names keep theirs.
std::vector<uint32_t> orderByName(const std::vector<const std::string*>& names);

}  // namespace fcol
