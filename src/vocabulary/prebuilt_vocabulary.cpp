#include "vocabulary/prebuilt_vocabulary.hpp"

#include <cstring>

#include "base/crc32c.hpp"
#include "vocabulary/string_vocabulary.hpp"
#include "vocabulary/text_lines.hpp"

namespace fcol {
namespace {

// The first byte begins no UTF-8 text. Then what is in it, and the version, which the hash of keys is a part of.
constexpr std::string_view kMagic = "\x89" "fcvocab" "strings1";
constexpr size_t kLine = 64;
constexpr size_t kHeader = kLine;
constexpr size_t kChecksumAt = kHeader - 8;  // the checksum is of all bytes but its own
constexpr size_t kChecked = 1024;            // of so many lines, one is looked up

struct Shape {
  uint64_t keys, text, buckets, seed;

  uint64_t indexBegin() const { return (kHeader + text + kLine - 1) / kLine * kLine; }
  uint32_t textEnd() const { return static_cast<uint32_t>(kHeader + text); }
};

bool readHex(std::string_view& rest, size_t digits, uint64_t& value) {
  value = 0;
  for (const char c : rest.substr(0, digits)) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit && (c < 'a' || c > 'f')) return false;
    value = value << 4 | static_cast<uint64_t>(digit ? c - '0' : c - 'a' + 10);
  }
  rest.remove_prefix(digits);
  return true;
}

uint8_t* writeHex(uint8_t* at, size_t digits, uint64_t value) {
  for (size_t i = digits; i-- > 0; value >>= 4) at[i] = static_cast<uint8_t>("0123456789abcdef"[value & 15]);
  return at + digits;
}

uint32_t checksumOf(Bytes file) { return crc32c(file.subspan(kHeader), crc32c(file.first(kChecksumAt))); }

// Where the text of a vocabulary ends that needs no further line.
size_t usedText(const StringVocabulary& vocabulary) {
  const std::string nameless;
  TextLines lines(vocabulary.text(), vocabulary.size(), nameless);
  KeyTable::Entry entries[KeyTable::kGroup];
  while (lines.next(entries)) {}
  return lines.end();
}

Shape shapeOf(const StringVocabulary& vocabulary) {
  return {vocabulary.size(), usedText(vocabulary), vocabulary.index().buckets(), vocabulary.index().seed()};
}

uint64_t sizeOf(const Shape& shape) { return shape.indexBegin() + KeyTable::packedSize(shape.keys, shape.buckets, shape.textEnd()); }

const StringVocabulary& stringsOf(const Vocabulary& vocabulary) { return static_cast<const StringVocabulary&>(vocabulary); }

// Whether the lines of the arena are just those of the index, and keys as a text file may have them.
Result<void> checkLines(const KeyArena& arena, const KeyTable& index, const Shape& shape, uint64_t places, const std::string& name) {
  const Bytes text = arena.bytes.span().subspan(kHeader);
  TextLines lines(text, shape.keys, name);
  KeyTable::Entry entries[KeyTable::kGroup];
  uint64_t sum = 0;
  bool found = true;
  while (const size_t count = lines.next(entries)) {
    for (size_t i = 0; i < count; ++i) sum += KeyTable::placeOf(entries[i].offset + kHeader);
    const uint64_t first = lines.lines() - count;
    if (first % kChecked == 0) found &= index.find(arena, {arena.at(entries[0].offset + kHeader), entries[0].length}) == static_cast<int64_t>(first);
  }
  if (auto problem = lines.problem()) return problem;
  if (sum != places || !found || lines.end() != text.size()) return error(ErrorCode::InvalidVocabulary, "{}: the index is not that of the text; make the file anew", name);
  return {};
}

}  // namespace

Result<uint64_t> prebuiltSize(const Vocabulary& vocabulary) {
  if (vocabulary.dtype() != DType::String || stringsOf(vocabulary).arena().framing != KeyFraming::Lines)
    return error(ErrorCode::Unsupported, "a prebuilt vocabulary is made of a text file of strings");
  const uint64_t size = sizeOf(shapeOf(stringsOf(vocabulary)));
  if (size > UINT32_MAX) return error(ErrorCode::Unsupported, "a prebuilt vocabulary must be smaller than 4 GB");
  return size;
}

void writePrebuilt(const Vocabulary& vocabulary, uint8_t* file) {
  const StringVocabulary& strings = stringsOf(vocabulary);
  const Shape shape = shapeOf(strings);
  std::memcpy(file, kMagic.data(), kMagic.size());
  uint8_t* at = writeHex(file + kMagic.size(), 8, shape.keys);
  at = writeHex(at, 8, shape.text);
  at = writeHex(at, 8, shape.buckets);
  writeHex(at, 16, shape.seed);
  std::memcpy(file + kHeader, strings.text().data(), static_cast<size_t>(shape.text));
  std::memset(file + shape.textEnd(), 0, static_cast<size_t>(shape.indexBegin() - shape.textEnd()));
  const auto shift = static_cast<uint32_t>(kHeader - static_cast<size_t>(strings.text().data() - strings.arena().bytes.data()));
  strings.index().pack(file + shape.indexBegin(), shape.keys, shift, shape.textEnd());
  writeHex(file + kChecksumAt, 8, checksumOf({file, static_cast<size_t>(sizeOf(shape))}));
}

Result<std::shared_ptr<const Vocabulary>> Vocabulary::fromPrebuilt(Buffer<uint8_t> file, DType dtype, std::optional<uint64_t> size, std::string name) {
  const Bytes bytes = std::as_const(file).span();
  const auto refuse = [&](std::string_view what) { return error(ErrorCode::InvalidVocabulary, "{}: {}", name, what); };
  std::string_view rest{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  if (rest.substr(0, kMagic.size()) != kMagic) return refuse("this is no prebuilt vocabulary of this version: make it anew of the text file, or if it is that file, say fileFormat 'text'");
  const auto cut = [&] { return refuse("the prebuilt vocabulary is cut off or damaged: its size is not what its header says; fetch it again"); };
  if (bytes.size() < kHeader) return cut();
  rest.remove_prefix(kMagic.size());
  Shape shape{};
  uint64_t checksum = 0;
  if (!readHex(rest, 8, shape.keys) || !readHex(rest, 8, shape.text) || !readHex(rest, 8, shape.buckets) || !readHex(rest, 16, shape.seed) || !readHex(rest, 8, checksum))
    return refuse("the header of the prebuilt vocabulary is damaged; fetch it again");
  // All of these are of 32 bits: no sum of them overflows.
  if (kHeader + shape.text > UINT32_MAX || bytes.size() != sizeOf(shape)) return cut();
  if (checksumOf(bytes) != checksum) return error(ErrorCode::ChecksumMismatch, "{}: the prebuilt vocabulary does not match its checksum: it is damaged; fetch it again", name);
  if (dtype != DType::String) return refuse("a prebuilt vocabulary has strings; integers are read from text");
  if (size && *size > shape.keys)
    return refuse(format("Invalid vocab_size in {}: expected {} but got {}: the file has fewer lines than vocabulary_size; correct one of them", name, *size, shape.keys));
  if (size && *size != shape.keys)
    return refuse(format("vocabulary_size is {}, but the prebuilt vocabulary is of {} lines: make one with convert --vocabulary-size {}", *size, shape.keys, *size));
  uint64_t places = 0;
  auto index = KeyTable::unpack(bytes.subspan(static_cast<size_t>(shape.indexBegin())), shape.keys, shape.buckets, shape.textEnd(), shape.seed, places);
  if (!index) return error(index.error().code, "{}: {}", name, index.error().message);
  // Of the block, header and text stay.
  if (!file.resize(shape.textEnd())) return error(ErrorCode::OutOfMemory, "{}: out of memory", name);
  KeyArena arena{std::move(file), KeyFraming::Lines, {}};
  if (!arena.number()) return error(ErrorCode::OutOfMemory, "{}: out of memory", name);
  if (shape.keys == 0) return refuse("the file has no lines");
  FCOL_TRY(checkLines(arena, *index, shape, places, name));
  return StringVocabulary::hold(std::move(arena), kHeader, std::move(*index), static_cast<uint32_t>(shape.keys), name);
}

}  // namespace fcol
