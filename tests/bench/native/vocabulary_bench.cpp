// Vocabulary natively: building from a file's bytes, and lookups, against std::unordered_map in the same run. The same program
// compiles to wasm, which shows what the missing prefetch costs.
//
//   vocabulary_bench [lines …]      default: 1000000 10000000
//
// Rounds take turns; printed are the minimum and the median of the nanoseconds a key, and the ratio of the medians.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "text/newline_scan.hpp"
#include "vocabulary/vocabulary.hpp"

using namespace fcol;

namespace {

constexpr int kRounds = 7;
constexpr size_t kTokenBytes = 12;

uint64_t state = 88172645463325252u;
uint64_t nextRandom() {
  state ^= state << 13;
  state ^= state >> 7;
  return state ^= state << 17;
}

// Distinct tokens: a number in base 36 behind eight characters that are random but follow from it.
void appendToken(std::string& out, uint64_t number) {
  static constexpr char kDigits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
  uint64_t noise = number * 0x9e3779b97f4a7c15u;
  char token[kTokenBytes];
  for (size_t i = 0; i < 6; ++i, noise /= 36) token[i] = kDigits[noise % 36];
  for (size_t i = 6; i < kTokenBytes; ++i, number /= 36) token[i] = kDigits[number % 36];
  out.append(token, kTokenBytes);
}

// Time of the processor, so that other programs count little. In wasm it is time passed.
double now() { return static_cast<double>(std::clock()) * (1e9 / CLOCKS_PER_SEC); }

struct Times {
  std::vector<double> rounds;
  void add(double nanoseconds, size_t keys) { rounds.push_back(nanoseconds / static_cast<double>(keys)); }
  double min() const { return *std::min_element(rounds.begin(), rounds.end()); }
  double median() const {
    auto sorted = rounds;
    std::sort(sorted.begin(), sorted.end());
    return sorted[sorted.size() / 2];
  }
};

void report(const char* what, const Times& ours, const Times& theirs) {
  std::printf("  %-28s ours %6.1f / %6.1f ns   unordered_map %7.1f / %7.1f ns   ratio %5.2f\n", what, ours.min(), ours.median(), theirs.min(),
              theirs.median(), theirs.median() / ours.median());
}

using Map = std::unordered_map<std::string_view, uint32_t>;

// As one writes it by hand: split on '\n', reserve, insert.
Map mapOf(std::string_view text, size_t lines) {
  Map map;
  map.reserve(lines);
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at);
    map.emplace(text.substr(at, end - at), static_cast<uint32_t>(map.size()));
    at = end + 1;
  }
  return map;
}

int run(size_t lines) {
  std::string text;
  text.reserve(lines * (kTokenBytes + 1));
  for (uint64_t i = 0; i < lines; ++i) {
    appendToken(text, i);
    text += '\n';
  }
  const size_t asked = std::min<size_t>(std::max<size_t>(lines, 1000000), 4000000);
  std::string queries;
  std::vector<uint32_t> offsets{0};
  std::vector<int64_t> expected;
  for (size_t i = 0; i < asked; ++i) {  // uniform, the worst case; a tenth is out of the vocabulary
    const uint64_t number = nextRandom() % lines + (nextRandom() % 10 == 0 ? lines : 0);
    appendToken(queries, number);
    offsets.push_back(static_cast<uint32_t>(queries.size()));
    expected.push_back(number < lines ? static_cast<int64_t>(number) : -1);
  }
  const Utf8Batch batch{queries.data(), offsets};
  std::vector<int64_t> ids(asked);

  Times count, build, map_build, find, map_find;
  size_t bytes = 0;
  for (int round = 0; round < kRounds; ++round) {
    auto file = Buffer<uint8_t>::make(text.size());
    if (!file) return 1;
    std::memcpy(file->data(), text.data(), text.size());
    double start = now();
    const size_t newlines = countNewlines(file->span());
    count.add(now() - start, lines);
    if (newlines != lines) return 1;
    start = now();
    const auto vocabulary = Vocabulary::fromText(std::move(*file), DType::String, {}, "bench");
    build.add(now() - start, lines);
    if (!vocabulary || (*vocabulary)->size() != lines) return 1;
    bytes = (*vocabulary)->bytes();
    start = now();
    (*vocabulary)->find(batch, ids.data());
    find.add(now() - start, asked);
    if (ids != expected) return std::puts("wrong ids"), 1;

    start = now();
    const Map map = mapOf(text, lines);
    map_build.add(now() - start, lines);
    start = now();
    for (size_t i = 0; i < asked; ++i) {
      const auto at = map.find(batch[i]);
      ids[i] = at == map.end() ? -1 : int64_t{at->second};
    }
    map_find.add(now() - start, asked);
    if (ids != expected) return std::puts("wrong ids of the map"), 1;
  }
  std::printf("%zu lines of %zu bytes, %.1f resident bytes a key, text included; newline count alone %.2f ns a line\n", lines, kTokenBytes,
              static_cast<double>(bytes) / static_cast<double>(lines), count.median());
  report("bytes to ready table", build, map_build);
  report("lookup, uniform, 10 % OOV", find, map_find);
  return 0;
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc < 2) return run(1000000) || run(10000000);
  for (int i = 1; i < argc; ++i)
    if (const int failed = run(std::strtoull(argv[i], nullptr, 10))) return failed;
  return 0;
}
