// The plain reading of a vocabulary file: a line at a time, as the specification words it (spec 2.6).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace fcol::reference {

// Keys to ids; nullopt where TensorFlow refuses the file.
std::optional<std::map<std::string, int64_t>> vocabularyOfText(std::string_view file, std::optional<uint64_t> size);

}  // namespace fcol::reference
