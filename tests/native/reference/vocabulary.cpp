#include "reference/vocabulary.hpp"

namespace fcol::reference {
namespace {

// Takes the next line off `rest`; false at the end.
bool takeLine(std::string_view& rest, std::string& line) {
  line.clear();
  bool ended = false;
  while (!rest.empty() && !ended) {
    const char c = rest[0];
    rest.remove_prefix(1);
    if (c == '\n') ended = true;
    else line += c;
  }
  return ended || !line.empty();
}

uint64_t countLines(std::string_view file) {
  std::string visible, line;
  for (const char c : file)
    if (c != '\r') visible += c;
  std::string_view rest = visible;
  uint64_t count = 0;
  while (takeLine(rest, line)) ++count;
  return count;
}

}  // namespace

std::optional<std::map<std::string, int64_t>> vocabularyOfText(std::string_view file, std::optional<uint64_t> size) {
  const uint64_t wanted = size ? *size : countLines(file);
  if (wanted == 0) return std::nullopt;
  std::map<std::string, int64_t> ids;
  std::string line;
  for (uint64_t id = 0; id < wanted; ++id) {
    if (!takeLine(file, line)) return std::nullopt;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty() || !ids.emplace(line, static_cast<int64_t>(id)).second) return std::nullopt;
  }
  return ids;
}

}  // namespace fcol::reference
