// Gzip by the program of that name: tests may use it, the core inflates nothing.
#pragma once

#include <optional>
#include <string>

namespace fcol::test {

// The content of a gzip file; nullopt if it is none, or is not there.
std::optional<std::string> gunzipFile(const std::string& path);
// The same of bytes.
std::optional<std::string> gunzip(const std::string& bytes);

}  // namespace fcol::test
