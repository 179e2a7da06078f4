// Lines that are put into their table while the file arrives: the vocabulary is that of the whole file, whatever arrives how.
#include "vocabulary/early_lines.hpp"

#include <random>

#include "catch.hpp"
#include "text_bytes.hpp"
#include "vocabulary/vocabulary.hpp"

using namespace fcol;
using test::bytesOf;

namespace {

std::string manyLines(size_t lines, std::string_view end, std::mt19937& random, size_t first = 0) {
  std::string text;
  for (size_t i = 0; i < lines; ++i) text += "key " + std::to_string(first + i) + std::string(random() % 12, 'x') + std::string(end);
  return text;
}

// Told of `text` in random pieces, each time elsewhere: a block that grows moves.
void arrive(EarlyLines& early, std::string_view text, size_t most, std::mt19937& random) {
  for (size_t at = 0; at < text.size();) {
    at = std::min<size_t>(text.size(), at + 1 + random() % most);
    const auto moved = bytesOf(text.substr(0, at));
    early.arrived(std::as_const(moved).span());
  }
}

std::string described(const Result<std::shared_ptr<const Vocabulary>>& made, const std::vector<std::string>& keys) {
  if (!made) return made.error().message + " at " + std::to_string(made.error().row);
  std::string ids = std::to_string((*made)->size()) + ":";
  std::string bytes;
  std::vector<uint32_t> offsets{0};
  for (const auto& key : keys) {
    bytes += key;
    offsets.push_back(static_cast<uint32_t>(bytes.size()));
  }
  std::vector<int64_t> found(keys.size());
  (*made)->find({bytes.data(), offsets}, found.data());
  for (const int64_t id : found) ids += " " + std::to_string(id);
  return ids;
}

}  // namespace

TEST_CASE("a vocabulary that was begun early is that of the file", "[vocabulary]") {
  std::mt19937 random(7);
  const auto with = [](std::string text, size_t at, std::string_view what) { return text.insert(text.find('\n', at) + 1, what); };
  const std::string plain = manyLines(20000, "\n", random), returns = manyLines(20000, "\r\n", random);
  const std::string texts[] = {
      plain, returns, plain.substr(0, plain.size() - 1), plain + "last\r", plain + "\r",
      with(plain, 1000, "key 7\n"), with(plain, plain.size() / 2, "\n"), with(plain, plain.size() - 100, "\r\n"),
      with(plain, plain.size() - 10, plain.substr(0, plain.find('\n') + 1)), std::string(70000, '\n'), std::string(200000, 'x'),
      manyLines(3000, "\n", random) + std::string(100000, 'y') + "\n" + manyLines(10, "z\n", random),
  };
  std::vector<std::string> keys{"", "key", "key 7", "last", "last\r", "key 19999x"};
  for (size_t at = 0; at < plain.size(); at += plain.size() / 500) {
    const size_t line = plain.find('\n', at) + 1, end = plain.find('\n', line);
    if (end != std::string::npos) keys.push_back(plain.substr(line, end - line));
  }
  for (const auto& text : texts) {
    for (const std::optional<uint64_t> size : {std::optional<uint64_t>(), std::optional<uint64_t>(20000), std::optional<uint64_t>(100), std::optional<uint64_t>(30000)}) {
      const std::string expected = described(Vocabulary::fromText(bytesOf(text), DType::String, size, "file"), keys);
      for (const uint64_t bytes : {uint64_t{text.size()}, uint64_t{0}, uint64_t{text.size() * 3}, uint64_t{text.size() / 3}}) {
        EarlyLines early(bytes, size);
        arrive(early, text, random() % 2 ? 50000 : 300000, random);
        CHECK(described(Vocabulary::fromText(bytesOf(text), DType::String, size, "file", &early), keys) == expected);
      }
    }
  }
}

TEST_CASE("lines of about one length are all in their table when the file is there", "[vocabulary]") {
  std::mt19937 random(8);
  const std::string text = manyLines(50000, "\n", random, 100000);
  for (const std::optional<uint64_t> size : {std::optional<uint64_t>(), std::optional<uint64_t>(50000)}) {
    EarlyLines early(text.size(), size);
    arrive(early, text, 100000, random);
    CHECK(early.lines() == 50000);
    CHECK(early.end() == text.size());
    CHECK(early.fits(50000));
    CHECK_FALSE(early.fits(49999));
    CHECK_FALSE(early.fits(60000));
  }
  EarlyLines boundless(uint64_t{1} << 40, std::nullopt);  // a server's word, of which too little has come
  arrive(boundless, text, 100000, random);
  CHECK(boundless.lines() == 0);
}
