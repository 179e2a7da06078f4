// The lookup natively, with prefetch, and absl::flat_hash_map: contenders that npm run bench lets take turns with the wasm.
//
//   lookup_bench vocabulary.txt keys.bin
//
// keys.bin as keysOf reads it. Prints "ready", the digest of its own ids, and that of absl's or "none"; then, for each line "own",
// "absl" or "lines" that it reads, looks all keys up once and prints "done". "lines" is what no exact lookup can do without: for each
// key a line of a table as large as ours, and one of the text that the first one names; no hash, no comparison, no id.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/touch.hpp"
#include "lookup_case.hpp"
#ifdef FCOL_HAS_ABSL
#include <absl/container/flat_hash_map.h>
#endif

using namespace fcol;

namespace {

Buffer<uint8_t> read(const char* path) {
  std::FILE* file = std::fopen(path, "rb");
  if (!file) return {};
  std::fseek(file, 0, SEEK_END);
  auto bytes = Buffer<uint8_t>::make(static_cast<uint64_t>(std::ftell(file)));
  std::rewind(file);
  if (!bytes || std::fread(bytes->data(), 1, bytes->size(), file) != bytes->size()) std::exit(1);
  std::fclose(file);
  return std::move(*bytes);
}

#ifdef FCOL_HAS_ABSL
// As one writes it by hand: keys are views of the file's lines.
class AbslMap {
 public:
  explicit AbslMap(Buffer<uint8_t> text) : text_(std::move(text)) {
    const absl::string_view all(reinterpret_cast<const char*>(text_.data()), text_.size());
    for (size_t at = 0; at < all.size();) {
      size_t end = all.find('\n', at);
      if (end == absl::string_view::npos) end = all.size();
      map_.emplace(all.substr(at, end - at), static_cast<uint32_t>(map_.size()));
      at = end + 1;
    }
  }
  void find(const Utf8Batch& keys, std::span<int64_t> ids) const {
    for (size_t i = 0; i < ids.size(); ++i) {
      const auto at = map_.find(absl::string_view(keys[i].data(), keys[i].size()));
      ids[i] = at == map_.end() ? -1 : int64_t{at->second};
    }
  }

 private:
  Buffer<uint8_t> text_;
  absl::flat_hash_map<absl::string_view, uint32_t> map_;
};
#endif

class TwoLines {
 public:
  TwoLines(size_t text_bytes, size_t keys, size_t lookups) : text_(text_bytes, 1), lines_(keys / kKeysALine + 1), order_(lookups) {
    for (auto& line : lines_) line.offset = random() % text_.size();
    for (auto& at : order_) at = static_cast<uint32_t>(random() % lines_.size());
  }
  void touch() const {
    constexpr size_t kGroup = 64;
    for (size_t from = 0; from < order_.size(); from += kGroup) {
      const size_t to = std::min(from + kGroup, order_.size());
      Toucher first, second;
      for (size_t i = from; i < to; ++i) first.touch(&lines_[order_[i]]);
      for (size_t i = from; i < to; ++i) second.touch(&text_[lines_[order_[i]].offset]);
      unsigned sum = 0;  // read, as a lookup would
      for (size_t i = from; i < to; ++i) sum += text_[lines_[order_[i]].offset];
      keepAlive(sum);
    }
  }

 private:
  static constexpr size_t kKeysALine = 9;  // KeyTable's mean
  struct alignas(64) Line {
    uint64_t offset;
  };
  uint64_t random() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    return state_ ^= state_ << 17;
  }

  uint64_t state_ = 88172645463325252u;
  std::vector<uint8_t> text_;
  std::vector<Line> lines_;
  std::vector<uint32_t> order_;
};

}  // namespace

int main(int argc, char* argv[]) {
  if (argc != 3) return 2;
  const auto packed = read(argv[2]);
  if (packed.size() < 8) return 1;
  const Utf8Batch keys = keysOf(packed.data());
  auto lookup = LookupCase::make(read(argv[1]), keys.size());
  if (!lookup) return 1;
  lookup->find(keys);
  const uint32_t own = digestOf(lookup->ids());
#ifdef FCOL_HAS_ABSL
  const AbslMap absl_map(read(argv[1]));
  absl_map.find(keys, lookup->ids());
  std::printf("ready %u %u\n", own, digestOf(lookup->ids()));
#else
  std::printf("ready %u none\n", own);
#endif
  std::fflush(stdout);
  const size_t text_bytes = read(argv[1]).size();
  const TwoLines two_lines(text_bytes, text_bytes / 13, keys.size());  // lines of 12 characters
  char line[16];
  while (std::fgets(line, sizeof line, stdin)) {
    if (std::string_view(line) == "own\n") lookup->find(keys);
    else if (std::string_view(line) == "lines\n") two_lines.touch();
#ifdef FCOL_HAS_ABSL
    else if (std::string_view(line) == "absl\n") absl_map.find(keys, lookup->ids());
#endif
    else return 2;
    std::puts("done");
    std::fflush(stdout);
  }
  return 0;
}
