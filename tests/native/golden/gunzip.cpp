#include "golden/gunzip.hpp"

#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace fcol::test {

std::optional<std::string> gunzipFile(const std::string& path) {
  std::FILE* pipe = popen(("gzip -dc '" + path + "' 2>/dev/null").c_str(), "r");
  if (!pipe) return std::nullopt;
  std::string content;
  char part[65536];
  for (size_t n; (n = std::fread(part, 1, sizeof part, pipe)) > 0;) content.append(part, n);
  if (pclose(pipe) != 0) return std::nullopt;
  return content;
}

std::optional<std::string> gunzip(const std::string& bytes) {
  const char* folder = std::getenv("TMPDIR");
  std::string path = std::string(folder ? folder : "/tmp") + "/fcol_testXXXXXX";
  const int file = mkstemp(path.data());
  if (file < 0) return std::nullopt;
  const bool written = write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
  close(file);
  auto content = written ? gunzipFile(path) : std::nullopt;
  unlink(path.c_str());
  return content;
}

}  // namespace fcol::test
