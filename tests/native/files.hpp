// Files for tests: the repository's own and, where they are, TensorFlow's answers in the folder `shared` beside it.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

namespace fcol::test {

inline std::optional<std::string> readFile(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (!file) return std::nullopt;
  std::string content;
  char part[65536];
  for (size_t n; (n = std::fread(part, 1, sizeof part, file)) > 0;) content.append(part, n);
  std::fclose(file);
  return content;
}

// The folder of goldens, ending in '/'; FCOL_SHARED names it if it is not beside the repository.
inline std::string sharedFolder() {
  const char* named = std::getenv("FCOL_SHARED");
  return named ? std::string(named) + "/" : std::string(FCOL_SOURCE_DIR) + "/../shared/";
}

}  // namespace fcol::test
